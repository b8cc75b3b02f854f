"""Hotline officers in the back office: who takes turns, in which order, and whether they still may."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from accounts.enums import Role
from accounts.models import Person
from accounts.permissions import signed_in
from accounts.viewsets import person_chooser
from common.errors import DomainError

from ..enums import ConsultationState
from ..models import HotlineOfficer
from ..permissions import can_plan_roster
from ..roster import ahead, with_qualification
from ..services.officers import add_officer, move_officer, set_active
from .roster_screens import RosterView

PER_PAGE = 50


class OfficerForm(forms.Form):
    """Who shall take turns."""

    person = forms.ModelChoiceField(
        label=_("Person"),
        queryset=Person.objects.all(),
        widget=person_chooser.widget_class,
        help_text=_("Holds a valid certificate of the basic or advanced qualification."),
    )


class _OfficersView(RosterView):
    header_icon = "group"
    page_title = _("Officers")

    def is_allowed(self) -> bool:
        """Only who plans."""
        return can_plan_roster(self.request.user)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Name the list."""
        return [*self.breadcrumbs_items, {"url": reverse("hotline_officers:index"), "label": self.page_title}]


class OfficerListView(_OfficersView, FormView):
    """The officers in their order; POST adds one."""

    template_name = "consultations/backoffice/officers.html"
    form_class = OfficerForm

    def form_valid(self, form: OfficerForm) -> HttpResponse:
        """Add the person, or say what is missing."""
        try:
            officer = add_officer(person=form.cleaned_data["person"], by=signed_in(self.request))
        except DomainError as refusal:
            form.add_error("person", str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("%(name)s takes turns now.") % {"name": officer.person.name})
        return redirect("hotline_officers:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the list."""
        page = Paginator(officers_to_list(), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(page_obj=page, **kwargs)


def officers_to_list() -> QuerySet[HotlineOfficer]:
    """Return the officers in their order, with their coming shifts, open cases and whether they can sign in."""
    return with_qualification().annotate(
        coming=Count("shifts", filter=ahead(timezone.now(), of="shifts__"), distinct=True),
        open_cases=Count("consultations", filter=Q(consultations__state=ConsultationState.OPEN), distinct=True),
        roles=Count(
            "person__user__groups",
            filter=Q(
                person__user__is_active=True,
                person__user__groups__name__in=[Role.HOTLINE_OFFICER.value, Role.ADMINISTRATOR.value],
            ),
            distinct=True,
        ),
    )


class OfficerChangeView(_OfficersView, View):
    """POST `deed`: move up or down, take out of the rotation or back in."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, or say why not."""
        officer = get_object_or_404(HotlineOfficer, pk=pk)
        deed, by = request.POST.get("deed"), signed_in(request)
        try:
            if deed in {"up", "down"}:
                move_officer(officer=officer, up=deed == "up", by=by)
            elif deed in {"in", "out"}:
                set_active(officer=officer, is_active=deed == "in", by=by)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect(f"{reverse('hotline_officers:index')}#officer-{officer.pk}")


class _OfficersMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_plan_roster(request.user)


class OfficerViewSet(ViewSet):
    """The list of officers."""

    name = "hotline_officers"
    url_prefix = "hotline/officers"
    icon = "group"
    menu_label = _("Officers")
    menu_hook = "register_hotline_menu_item"
    menu_order = 70
    menu_item_class = _OfficersMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, and what is done to one of them."""
        return [
            path("", OfficerListView.as_view(), name="index"),
            path("<int:pk>/", OfficerChangeView.as_view(), name="change"),
        ]
