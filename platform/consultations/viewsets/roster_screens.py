"""The roster in the back office: the month, planning, one shift."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from accounts.permissions import signed_in
from common.errors import DomainError
from common.officedays import next_working_day, working_days
from common.templatetags.common_tags import shortdate

from ..hours import begins_at, ends_at
from ..models import DutyShift, HotlineOfficer
from ..month import month_grid
from ..permissions import can_change_shift, can_log_consultations, can_plan_roster, officer_of
from ..roster import (
    LOOK_AHEAD,
    ahead,
    last_planned_day,
    proposals,
    proposals_for,
    ready_officers,
    shift_now,
    shifts_on_days_off,
    unqualified_officers,
)
from ..roster_forms import ClearForm, RangeForm, ReassignForm, SwapForm, month_of
from ..services.roster import LONGEST_RANGE, clear_shifts, plan_rotation, reassign_shift
from ..services.swaps import propose_swap


class RosterView(WagtailAdminTemplateMixin):
    """A screen of the roster; for those who answer the hotline."""

    header_icon = "calendar-alt"
    page_title = _("Duty roster")
    request: HttpRequest

    def is_allowed(self) -> bool:
        """Whether the one who asks may open this screen."""
        return can_log_consultations(self.request.user)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse everybody else. Raises PermissionDenied."""
        if not self.is_allowed():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the month."""
        items = [*self.breadcrumbs_items, {"url": reverse("hotline_roster:index"), "label": RosterView.page_title}]
        subtitle = self.get_page_subtitle()
        return [*items, {"url": "", "label": subtitle}] if subtitle else items

    @cached_property
    def mine(self) -> HotlineOfficer | None:
        """The officer that the one who asks is."""
        return officer_of(self.request.user)


class MonthView(RosterView, TemplateView):
    """A month as a table of weeks and days; `month` is as 2026-07."""

    template_name = "consultations/backoffice/roster_month.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the month, and what has to be set right."""
        now = timezone.now()
        today = timezone.localdate()
        plans = can_plan_roster(self.request.user)
        return super().get_context_data(
            grid=month_grid(month_of(self.request.GET.get("month", ""), today), mine=self.mine, at=now),
            mine=self.mine,
            now_on_duty=shift_now(self.mine, at=now) if self.mine else [],
            asked=proposals_for(self.mine, at=now) if self.mine else [],
            can_plan=plans,
            to_clear=shifts_on_days_off(today, today + LONGEST_RANGE) if plans else [],
            unqualified=list(unqualified_officers()) if plans else [],
            **kwargs,
        )


class PlanView(RosterView, TemplateView):
    """Plan a range in rotation, or take shifts out of the roster; for who plans."""

    template_name = "consultations/backoffice/roster_plan.html"
    page_subtitle = _("Plan")

    def is_allowed(self) -> bool:
        """Only who plans."""
        return can_plan_roster(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the first days that are not planned, to the end of their month."""
        today = timezone.localdate()
        planned = last_planned_day()
        first = next_working_day(planned) if planned and planned >= today else today
        last = (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        forms = {
            "plan_form": RangeForm(initial={"first": first, "last": last}, prefix="plan"),
            "clear_form": ClearForm(prefix="clear"),
        }
        return super().get_context_data(
            **(forms | kwargs),
            officers=list(ready_officers()),
            planned=planned,
            to_clear=shifts_on_days_off(today, today + LONGEST_RANGE),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Plan, clear, or clear days off alone."""
        deed = request.POST.get("deed", "")
        user = signed_in(request)
        today = timezone.localdate()
        if deed == "clear_days_off":
            count = clear_shifts(first=today, last=today + LONGEST_RANGE, only_days_off=True, by=user)
            return self._done(self._cleared(count))
        form = RangeForm(request.POST, prefix="plan") if deed == "plan" else ClearForm(request.POST, prefix="clear")
        if form.is_valid():
            first, last = form.cleaned_data["first"], form.cleaned_data["last"]
            try:
                if deed == "plan":
                    count = len(plan_rotation(first=first, last=last, by=user))
                    text = ngettext("%(count)d half day was planned.", "%(count)d half days were planned.", count)
                    return self._done(text % {"count": count}, month=f"{first:%Y-%m}")
                return self._done(self._cleared(clear_shifts(first=first, last=last, by=user)), month=f"{first:%Y-%m}")
            except DomainError as refusal:
                form.add_error(None, str(refusal))
        context = self.get_context_data(**{f"{'plan' if deed == 'plan' else 'clear'}_form": form})
        return self.render_to_response(context, status=422)

    def _cleared(self, count: int) -> str:
        text = ngettext("%(count)d shift was taken out.", "%(count)d shifts were taken out.", count)
        return text % {"count": count}

    def _done(self, message: str, month: str = "") -> HttpResponse:
        messages.success(self.request, message)
        query = f"?month={month}" if month else ""
        return redirect(reverse("hotline_roster:index") + query)


class ShiftView(RosterView, FormView):
    """One shift: who plans gives it to somebody else; its officer asks a colleague to swap."""

    template_name = "consultations/backoffice/roster_shift.html"

    @cached_property
    def shift(self) -> DutyShift:
        """The shift shown."""
        return get_object_or_404(DutyShift.objects.select_related("officer__person"), pk=self.kwargs["pk"])

    @cached_property
    def is_own(self) -> bool:
        """Whether it is one of mine: then it is swapped, otherwise it is given away."""
        return self.mine is not None and self.mine.pk == self.shift.officer_id

    def is_allowed(self) -> bool:
        """Who plans, and the officer whose it is."""
        return can_change_shift(self.request.user, self.shift)

    def get_page_subtitle(self) -> str:
        """Name the shift."""
        return f"{shortdate(self.shift.day)} {self.shift.get_part_display()}"

    @property
    def is_reassigning(self) -> bool:
        """Which of the two forms was sent, or is shown where only one is."""
        sent = self.request.POST.get("deed")
        return sent == "reassign" if sent else not self.is_own

    def get_form(self, form_class: Any = None) -> Any:
        """The form that was sent, or the only one."""
        return self._reassign_form() if self.is_reassigning else self._swap_form()

    def form_valid(self, form: Any) -> HttpResponse:
        """Give the shift to somebody else, or ask; or say why not."""
        user = signed_in(self.request)
        try:
            if isinstance(form, ReassignForm):
                if not can_plan_roster(user):
                    raise PermissionDenied
                officer = form.cleaned_data["officer"]
                reassign_shift(shift=self.shift, officer=officer, by=user)
                text = _("%(name)s has this shift now; both officers were told.")
                messages.success(self.request, text % {"name": officer.person.name})
                return redirect(reverse("hotline_roster:index") + f"?month={self.shift.day:%Y-%m}")
            officer, in_exchange = form.asked()
            propose_swap(
                shift=self.shift, asked_of=officer, in_exchange=in_exchange, note=form.cleaned_data["note"], by=user
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        text = _("%(name)s was asked. The shift stays yours until they accept.")
        messages.success(self.request, text % {"name": officer.person.name})
        return redirect("hotline_roster:mine")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the forms that this user may send, with what was typed."""
        form = kwargs.pop("form", None) or self.get_form()
        forms: dict[str, Any] = {}
        is_ahead = begins_at(self.shift.day, self.shift.part) > timezone.now()
        if is_ahead and can_plan_roster(self.request.user):
            forms["reassign_form"] = form if isinstance(form, ReassignForm) else self._reassign_form(bound=False)
        asked = proposals().filter(shift=self.shift).first()
        if is_ahead and self.is_own and asked is None:
            forms["swap_form"] = form if isinstance(form, SwapForm) else self._swap_form(bound=False)
        return super().get_context_data(
            shift=self.shift,
            begins=begins_at(self.shift.day, self.shift.part),
            ends=ends_at(self.shift.day, self.shift.part),
            asked=asked,
            is_own=self.is_own,
            form=form,
            **forms,
            **kwargs,
        )

    def _reassign_form(self, *, bound: bool = True) -> ReassignForm:
        data = self.request.POST if bound and self.request.method == "POST" else None
        return ReassignForm(data, officers=ready_officers().exclude(pk=self.shift.officer_id))

    def _swap_form(self, *, bound: bool = True) -> SwapForm:
        now = timezone.now()
        others = ready_officers().exclude(pk=self.shift.officer_id)
        today = timezone.localdate(now)
        days = working_days(today, today + LOOK_AHEAD)
        theirs = DutyShift.objects.filter(ahead(now), day__in=days).exclude(officer=self.shift.officer)
        data = self.request.POST if bound and self.request.method == "POST" else None
        return SwapForm(data, officers=others, shifts=theirs)
