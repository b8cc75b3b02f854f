"""People who may be recorded twice: the list, two records side by side, and making one of them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from common.errors import DomainError

from .. import services
from ..models import Person
from ..permissions import can_merge_people, signed_in
from ..selectors import possible_duplicates
from .people import person_chooser

PEOPLE_PER_PAGE = 100


class TwoRecordsForm(forms.Form):
    """Any two records, whatever they are called."""

    kept = forms.ModelChoiceField(
        label=gettext_lazy("Record that stays"), queryset=Person.objects.all(), widget=person_chooser.widget_class
    )
    gone = forms.ModelChoiceField(
        label=gettext_lazy("Record that goes"), queryset=Person.objects.all(), widget=person_chooser.widget_class
    )

    def clean(self) -> dict[str, Any]:
        """Refuse one record taken twice."""
        found = self.cleaned_data
        if found.get("kept") and found.get("kept") == found.get("gone"):
            raise forms.ValidationError(gettext_lazy("These are not two records but one."))
        return found


class _MergingView(WagtailAdminTemplateMixin):
    """A screen for those who may merge."""

    header_icon = "group"
    page_title = gettext_lazy("Recorded twice")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_merge_people(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("people_merge:index"), "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]


class DuplicatesView(_MergingView, FormView):
    """People of one name who may be one person, and a form for any other two."""

    form_class = TwoRecordsForm
    template_name = "accounts/backoffice/duplicates.html"

    def get_initial(self) -> dict[str, Any]:
        """Begin with the person from whose page the reader comes."""
        key = self.request.GET.get("kept", "")
        return {"kept": key} if key.isascii() and key.isdigit() and len(key) < 16 else {}

    def form_valid(self, form: TwoRecordsForm) -> HttpResponse:
        """Show the two side by side."""
        return redirect("people_merge:compare", form.cleaned_data["kept"].pk, form.cleaned_data["gone"].pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the people, name by name."""
        page = Paginator(possible_duplicates(), PEOPLE_PER_PAGE).get_page(self.request.GET.get("p"))
        groups = [list(people) for _name, people in groupby(page, key=lambda person: person.name_key)]
        context = super().get_context_data(page_obj=page, groups=groups, **kwargs)
        context["media"] = context["form"].media
        return context


class CompareView(_MergingView, TemplateView):
    """Two records and what making one of them would do; POST does it."""

    template_name = "accounts/backoffice/merge.html"

    @cached_property
    def records(self) -> tuple[Person, Person]:
        """The record that stays and the one that goes."""
        people = Person.objects.select_related("agency", "user")
        return get_object_or_404(people, pk=self.kwargs["kept"]), get_object_or_404(people, pk=self.kwargs["gone"])

    def get_page_subtitle(self) -> str:
        """Name who stays."""
        return self.records[0].name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what merging would do."""
        kept, gone = self.records
        report = services.preview_merge(kept=kept, gone=gone, by=signed_in(self.request))
        return super().get_context_data(**{**kwargs, "kept": kept, "gone": gone, "report": report})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the two, or why they cannot be compared."""
        try:
            return super().get(request, *args, **kwargs)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("people_merge:index")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make one record of them."""
        kept = get_object_or_404(Person, pk=self.kwargs["kept"])
        gone = Person(pk=self.kwargs["gone"])
        try:
            kept = services.merge_people(kept=kept, gone=gone, by=signed_in(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("people_merge:compare", self.kwargs["kept"], self.kwargs["gone"])
        messages.success(request, _("%(name)s is one record now.") % {"name": kept.name})
        return redirect("person:edit", kept.pk)


class _MergeMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_merge_people(request.user)


class MergePeopleViewSet(ViewSet):
    """The two screens."""

    name = "people_merge"
    url_prefix = "people-merge"
    icon = "group"
    menu_label = gettext_lazy("Recorded twice")
    menu_hook = "register_people_menu_item"
    menu_order = 15
    menu_item_class = _MergeMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, and two records."""
        return [
            path("", DuplicatesView.as_view(), name="index"),
            path("<int:kept>/<int:gone>/", CompareView.as_view(), name="compare"),
        ]
