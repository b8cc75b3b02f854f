"""Agencies, name rules and the import of agencies in the back office."""

from __future__ import annotations

import re
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from common.backoffice import SavedByServiceMixin

from .. import services
from ..enums import AgencyKind
from ..models import Agency, AgencyNameRule, District
from ..selectors import canonical_name
from .choosers import SearchForm


class AgencyCreateView(SavedByServiceMixin, generic.CreateView):
    """Record an agency."""

    log_action = "wagtail.create"

    def save_by_service(self, form: Any) -> Agency:
        """Save what was entered."""
        return services.record_agency_edit(agency=form.save(commit=False), by=self.request.user)


class AgencyEditView(SavedByServiceMixin, generic.EditView):
    """Correct an agency; a new name leaves the old one behind as a former name."""

    def save_by_service(self, form: Any) -> Agency:
        """Save what was entered."""
        return services.record_agency_edit(agency=form.save(commit=False), by=self.request.user)


class AgencyFilterSet(WagtailFilterSet):
    """Narrows the list of agencies."""

    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=AgencyKind.choices)
    is_confirmed = django_filters.BooleanFilter(label=_("Kind and superior confirmed"))
    district = django_filters.ModelChoiceFilter(label=_("District"), queryset=District.objects.all())
    parent = django_filters.ModelChoiceFilter(
        label=_("Superior agency"), queryset=Agency.objects.filter(subordinates__isnull=False).distinct()
    )
    ceased = django_filters.BooleanFilter(
        label=_("Exists no more"), field_name="ceased_on", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Agency
        fields: list[str] = []


def _found(agencies: QuerySet[Agency], text: str) -> QuerySet[Agency]:
    part = canonical_name(text)
    named_so = Agency.objects.filter(Q(name__icontains=part) | Q(former_names__name__icontains=part))
    return agencies.filter(pk__in=named_so.values("pk"))


class AgencyIndexView(generic.IndexView):
    """The list of agencies."""

    def get_base_queryset(self) -> QuerySet[Agency]:
        """Fetch superior and district with the agencies."""
        return Agency.objects.select_related("parent", "district")

    def search_queryset(self, queryset: QuerySet[Agency]) -> QuerySet[Agency]:
        """Search names and former names; 台 and 臺 are alike."""
        return _found(queryset, self.search_query) if self.search_query else queryset


class AgencyViewSet(ModelViewSet):
    """Agencies, schools and enterprises in their tree. None is deleted: one that ceased gets the date."""

    model = Agency
    icon = "home"
    menu_label = _("Agencies")
    menu_hook = "register_people_menu_item"
    menu_order = 30
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = AgencyIndexView
    add_view_class = AgencyCreateView
    edit_view_class = AgencyEditView
    filterset_class = AgencyFilterSet
    search_fields = ["name"]
    list_per_page = 50
    list_display = [
        TitleColumn("name", label=_("Agency"), sort_key="name", url_name="agency:edit"),
        Column("get_kind_display", label=_("Kind"), sort_key="kind"),
        Column("parent", label=_("Superior agency")),
        Column("district", label=_("District")),
        BooleanColumn("is_confirmed", label=_("Confirmed")),
    ]
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("district")]),
        FieldPanel("parent"),
        FieldRowPanel([FieldPanel("founded_on"), FieldPanel("ceased_on")]),
        MultiFieldPanel(
            [
                InlinePanel(
                    "former_names",
                    panels=[
                        FieldPanel("name"),
                        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
                    ],
                    label=_("Former name"),
                )
            ],
            heading=_("Former names"),
            help_text=_("Imports and searches find the agency by them. A changed name is added by itself."),
        ),
    ]


class NameRuleForm(WagtailAdminModelForm):
    """A rule whose pattern can be read and whose superior uses only groups that the pattern has."""

    class Meta:
        model = AgencyNameRule
        fields = ["order", "pattern", "kind", "parent_name", "note"]
        help_texts = {
            "order": _("The first rule that matches wins."),
            "pattern": _("A regular expression over the name; ^ is its beginning, $ its end, .+ any text."),
            "parent_name": _(r"The superior’s full name; \1 is what the first brackets of the pattern found."),
        }

    def clean(self) -> dict[str, Any]:
        """Try the pattern. Adds an error to the field that cannot be used."""
        cleaned: dict[str, Any] = super().clean()
        try:
            pattern = re.compile(cleaned.get("pattern", ""))
        except re.error as error:
            self.add_error("pattern", ValidationError(_("This is no regular expression: %(why)s") % {"why": error}))
            return cleaned
        groups = [int(number) for number in re.findall(r"\\(\d)", cleaned.get("parent_name", ""))]
        if groups and max(groups) > pattern.groups:
            self.add_error(
                "parent_name", gettext(r"The pattern has no brackets number %(number)d.") % {"number": max(groups)}
            )
        elif "\\" in re.sub(r"\\\d", "", cleaned.get("parent_name", "")):
            self.add_error("parent_name", gettext(r"Only \1, \2 and so on may follow a backslash."))
        return cleaned


class NameRuleCreateView(SavedByServiceMixin, generic.CreateView):
    """Write a rule."""

    log_action = "wagtail.create"

    def save_by_service(self, form: Any) -> AgencyNameRule:
        """Save the rule."""
        return services.record_name_rule_edit(rule=form.save(commit=False), by=self.request.user)


class NameRuleEditView(SavedByServiceMixin, generic.EditView):
    """Change a rule; agencies that exist keep what they have."""

    def save_by_service(self, form: Any) -> AgencyNameRule:
        """Save the rule."""
        return services.record_name_rule_edit(rule=form.save(commit=False), by=self.request.user)


class AgencyNameRuleViewSet(ModelViewSet):
    """The rules that propose kind and superior from a name."""

    model = AgencyNameRule
    icon = "list-ol"
    menu_label = _("Name rules")
    menu_hook = "register_people_menu_item"
    menu_order = 50
    add_to_reference_index = False
    copy_view_enabled = False
    add_view_class = NameRuleCreateView
    edit_view_class = NameRuleEditView
    search_fields = ["pattern", "parent_name", "note"]
    list_per_page = 50
    ordering = ["order"]
    list_display = [
        Column("order", label=_("Order"), sort_key="order"),
        TitleColumn("pattern", label=_("Pattern"), url_name="agencynamerule:edit"),
        Column("get_kind_display", label=_("Kind")),
        Column("parent_name", label=_("Superior agency")),
        Column("note", label=_("Note")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[NameRuleForm]:
        """The same form for new and old."""
        return NameRuleForm


class AgencySearchForm(SearchForm):
    """Finds agencies by name or former name."""

    def search(self, objects: QuerySet[Agency], text: str) -> QuerySet[Agency]:
        """Return the agencies that `text` finds."""
        return _found(objects, text)


class _AgencyChoice:
    filter_form_class = AgencySearchForm
    ordering = ["name"]

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]  # Wagtail's view stands beside this mixin
            Column("get_kind_display", label=_("Kind")),
            Column("parent", label=_("Superior agency")),
        ]

    def get_object_list(self) -> QuerySet[Agency]:
        return Agency.objects.select_related("parent")


class AgencyChooseView(_AgencyChoice, ChooseView):
    """The dialogue."""


class AgencyChooseResultsView(_AgencyChoice, ChooseResultsView):
    """What the search in the dialogue finds."""


class AgencyChooserViewSet(ChooserViewSet):
    """Choose an agency."""

    model = Agency
    icon = "home"
    choose_one_text = _("Choose an agency")
    choose_another_text = _("Choose another agency")
    choose_view_class = AgencyChooseView
    choose_results_view_class = AgencyChooseResultsView


agency_chooser = AgencyChooserViewSet("agency_chooser")
