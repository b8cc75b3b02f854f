"""People in the back office."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from common.backoffice import SavedByServiceMixin
from common.strokes import Strokes

from .. import services
from ..forms import LookAlikesMixin
from ..models import Agency, Person
from ..selectors import address_of_account, search_people
from .agencies import agency_chooser
from .choosers import SearchForm


class PersonForm(LookAlikesMixin, WagtailAdminModelForm):
    """What an administrator enters about a person."""

    is_confirmed = forms.BooleanField(
        label=_("The agency is confirmed"),
        required=False,
        help_text=_("Tick it if you know that the person works there; otherwise the agency’s contact is asked."),
    )

    class Meta:
        model = Person
        fields = ["name", "email", "job_title", "agency"]
        widgets = {"agency": agency_chooser.widget_class}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_confirmed"].initial = self.instance.has_confirmed_agency
        if self.instance.pk and address_of_account(self.instance):
            self.fields["email"].disabled = True
            self.fields["email"].help_text = _("Follows the verified address of the person’s account.")

    def clean(self) -> dict[str, Any]:
        """Ask once before somebody new is recorded a second time."""
        data: dict[str, Any] = super().clean()
        if self.instance.pk is None and not self.errors:
            self.ask_about_look_alikes(name=data["name"], agency=data["agency"], email=data["email"])
        return data


class PersonCreateView(SavedByServiceMixin, generic.CreateView):
    """Record a person."""

    log_action = "wagtail.create"

    def save_by_service(self, form: Any) -> Person:
        """Save what was entered."""
        return services.record_person_edit(
            person=form.save(commit=False), is_confirmed=form.cleaned_data["is_confirmed"], by=self.request.user
        )


class PersonEditView(SavedByServiceMixin, generic.EditView):
    """Correct a person."""

    def save_by_service(self, form: Any) -> Person:
        """Save what was entered."""
        return services.record_person_edit(
            person=form.save(commit=False), is_confirmed=form.cleaned_data["is_confirmed"], by=self.request.user
        )

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """Lead to where two records of one person become one."""
        url = f"{reverse('people_merge:index')}?kept={self.object.pk}"
        return [HeaderButton(label=_("Recorded twice?"), url=url, icon_name="group")]


class PersonFilterSet(WagtailFilterSet):
    """Narrows the list of people."""

    agency = django_filters.ModelChoiceFilter(label=_("Agency"), queryset=Agency.objects.all())
    confirmed = django_filters.BooleanFilter(
        label=_("Agency confirmed"), field_name="agency_confirmed_at", lookup_expr="isnull", exclude=True
    )
    account = django_filters.BooleanFilter(
        label=_("Has an account"), field_name="user", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Person
        fields: list[str] = []


class PersonIndexView(generic.IndexView):
    """The list of people."""

    def get_base_queryset(self) -> QuerySet[Person]:
        """Fetch agency and account with the people."""
        return Person.objects.select_related("agency", "user")

    default_ordering = "name"

    def order_queryset(self, queryset: QuerySet[Person]) -> QuerySet[Person]:
        """Order by the strokes of the name, unless another column was asked for."""
        if self.ordering in {"name", "-name"}:
            by_name = Strokes("name")
            return queryset.order_by(by_name.desc() if self.ordering == "-name" else by_name.asc(), "pk")
        return queryset.order_by(self.ordering, "pk")

    def search_queryset(self, queryset: QuerySet[Person]) -> QuerySet[Person]:
        """Search name, e-mail and agency."""
        if not self.search_query:
            return queryset
        return queryset.filter(pk__in=search_people(self.search_query).values("pk"))


class PersonViewSet(ModelViewSet):
    """People: taught, listed, certified, quoted. Nobody is deleted here."""

    model = Person
    icon = "group"
    menu_label = _("People")
    menu_hook = "register_people_menu_item"
    menu_order = 10
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = PersonIndexView
    add_view_class = PersonCreateView
    edit_view_class = PersonEditView
    filterset_class = PersonFilterSet
    search_fields = ["name", "email"]
    list_per_page = 50
    list_display = [
        TitleColumn("name", label=_("Name"), sort_key="name", url_name="person:edit"),
        Column("job_title", label=_("Job title")),
        Column("agency", label=_("Agency")),
        BooleanColumn("has_confirmed_agency", label=_("Agency confirmed")),
        Column("email", label=_("E-mail")),
        BooleanColumn("has_account", accessor=lambda person: hasattr(person, "user"), label=_("Account")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[PersonForm]:
        """The same form for new and old."""
        return PersonForm


class PersonSearchForm(SearchForm):
    """Finds people by name, e-mail or agency."""

    def search(self, objects: QuerySet[Person], text: str) -> QuerySet[Person]:
        """Return the people whom `text` finds."""
        return objects.filter(pk__in=search_people(text).values("pk"))


class _PersonChoice:
    filter_form_class = PersonSearchForm
    ordering = [Strokes("name"), "pk"]

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]  # Wagtail's view stands beside this mixin
            Column("job_title", label=_("Job title")),
            Column("agency", label=_("Agency")),
            Column("email", label=_("E-mail")),
        ]

    def get_object_list(self) -> QuerySet[Person]:
        return Person.objects.select_related("agency")


class PersonChooseView(_PersonChoice, ChooseView):
    """The dialogue."""


class PersonChooseResultsView(_PersonChoice, ChooseResultsView):
    """What the search in the dialogue finds."""


class PersonChooserViewSet(ChooserViewSet):
    """Choose a person; for those who may see people."""

    model = Person
    icon = "user"
    choose_one_text = _("Choose a person")
    choose_another_text = _("Choose another person")
    choose_view_class = PersonChooseView
    choose_results_view_class = PersonChooseResultsView


person_chooser = PersonChooserViewSet("person_chooser")
