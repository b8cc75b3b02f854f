"""An officer's own part of the roster: coming shifts, swaps, the calendar file, hand-over of open cases."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages

from accounts.permissions import signed_in
from common.calendarfiles import CONTENT_TYPE
from common.errors import DomainError
from common.officedays import working_days

from ..calendars import calendar_of_shifts
from ..models import Consultation, HotlineOfficer, ShiftSwap
from ..permissions import can_hand_over, can_log_consultations
from ..roster import coming_shifts, next_officer_on_duty, proposals, proposals_for, ready_officers, shift_now
from ..roster_forms import HandOverForm
from ..services.log import hand_over
from ..services.swaps import accept_swap, decline_swap, withdraw_swap
from .roster_screens import RosterView

COMING = 60
DECIDED = 10
MOST_CASES = 100

_DEEDS = {
    "accept": (accept_swap, _("The swap is made; the roster shows it already.")),
    "decline": (decline_swap, _("Declined; the other officer was told.")),
    "withdraw": (withdraw_swap, _("The proposal is withdrawn.")),
}


class MineView(RosterView, TemplateView):
    """My coming shifts, what I am asked, what I asked."""

    template_name = "consultations/backoffice/roster_mine.html"
    page_subtitle = _("My shifts")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather it; an administrator who is no officer sees that there is nothing."""
        if self.mine is None:
            return super().get_context_data(mine=None, **kwargs)
        now = timezone.now()
        asked_by_me = list(proposals().filter(asked_by=self.mine).order_by("shift__day", "-shift__part"))
        decided = (
            ShiftSwap.objects.filter(decided_at__isnull=False, asked_by=self.mine)
            .select_related("shift", "in_exchange", "asked_by__person", "asked_of__person")
            .order_by("-decided_at")
        )
        shifts = list(coming_shifts(self.mine, at=now)[:COMING])
        return super().get_context_data(
            mine=self.mine,
            now_on_duty=shift_now(self.mine, at=now),
            shifts=shifts,
            workdays=working_days(shifts[0].day, shifts[-1].day) if shifts else [],
            asked_of_me=proposals_for(self.mine, at=now),
            asked_by_me=asked_by_me,
            waiting={swap.shift_id for swap in asked_by_me},
            decided=list(decided[:DECIDED]),
            open_cases=Consultation.objects.waiting().filter(officer=self.mine).count(),
            **kwargs,
        )


class DecideView(RosterView, View):
    """POST `deed`: accept, decline or withdraw a proposal."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, or say why not."""
        swap = get_object_or_404(ShiftSwap, pk=pk)
        deed, said = _DEEDS.get(request.POST.get("deed", ""), (None, ""))
        if deed is not None:
            try:
                deed(swap=swap, by=signed_in(request))
            except DomainError as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, said)
        return redirect("hotline_roster:mine")


class CalendarFileView(RosterView, View):
    """My coming shifts as a calendar file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Send the file; empty for who is no officer."""
        shifts = coming_shifts(self.mine, at=timezone.now()) if self.mine else []
        response = HttpResponse(calendar_of_shifts(shifts), content_type=CONTENT_TYPE)
        response["Content-Disposition"] = 'attachment; filename="hotline.ics"'
        response["Cache-Control"] = "private, no-store"
        return response


class HandOverView(RosterView, FormView):
    """Hand open cases to a colleague: one's own, or for who plans those of an officer who cannot answer any more."""

    template_name = "consultations/backoffice/roster_hand_over.html"
    page_subtitle = _("Hand over open cases")

    @cached_property
    def officer(self) -> HotlineOfficer | None:
        """Whose cases they are: the officer named in the address, or oneself."""
        if "pk" in self.kwargs:
            return get_object_or_404(HotlineOfficer.objects.select_related("person"), pk=self.kwargs["pk"])
        return self.mine

    def is_allowed(self) -> bool:
        """Who answers the hotline; for another's cases, who plans."""
        if "pk" in self.kwargs and self.officer is not None:
            return can_hand_over(self.request.user, self.officer)
        return can_log_consultations(self.request.user)

    def get_form(self, form_class: Any = None) -> HandOverForm:
        """Offer the open cases, the oldest first, all of them chosen; to whoever is on duty next."""
        cases = Consultation.objects.waiting().filter(officer=self.officer) if self.officer else None
        shown = [case.pk for case in cases.order_by("asked_at")[:MOST_CASES]] if cases is not None else []
        others = ready_officers().exclude(pk=self.officer.pk) if self.officer else ready_officers()
        following = next_officer_on_duty(timezone.now(), but=self.officer)
        return HandOverForm(
            self.request.POST if self.request.method == "POST" else None,
            cases=Consultation.objects.filter(pk__in=shown).order_by("promised_for", "asked_at"),
            officers=others,
            initial={"cases": shown, "to": following},
        )

    def form_valid(self, form: HandOverForm) -> HttpResponse:
        """Hand them over, or say why not."""
        to = form.cleaned_data["to"]
        try:
            given = hand_over(
                consultations=form.cleaned_data["cases"],
                to=to,
                by=signed_in(self.request),
                note=form.cleaned_data["note"],
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        text = ngettext("%(count)d case went to %(name)s.", "%(count)d cases went to %(name)s.", len(given))
        messages.success(self.request, text % {"count": len(given), "name": to.person.name})
        return redirect(reverse("hotline_roster:mine" if self.officer == self.mine else "hotline_officers:index"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whose cases they are."""
        return super().get_context_data(
            officer=self.officer,
            is_own=self.officer == self.mine,
            following=next_officer_on_duty(timezone.now(), but=self.officer),
            most=MOST_CASES,
            **kwargs,
        )
