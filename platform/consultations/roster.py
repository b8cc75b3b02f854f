"""Who answers the hotline and when: reads of officers, shifts and swaps."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from common.officedays import is_working_day, working_days
from qualifications.enums import Level
from qualifications.selectors import valid_records

from . import hours
from .enums import ShiftPart, SwapState
from .models import DutyShift, HotlineOfficer, ShiftSwap

LOOK_AHEAD = timedelta(days=60)
"""How far the next officer on duty is looked for, and my coming shifts are shown."""


def with_qualification() -> QuerySet[HotlineOfficer]:
    """Return all officers in rotation order, each with `is_qualified`: a valid certificate, basic or advanced."""
    officers = HotlineOfficer.objects.select_related("person__agency").annotate(is_qualified=_is_qualified())
    return officers.order_by("order", "pk")


def ready_officers() -> QuerySet[HotlineOfficer]:
    """Return who may be planned today: they take turns and hold a valid qualification; in rotation order."""
    return with_qualification().filter(_is_qualified(), is_active=True)


def unqualified_officers() -> QuerySet[HotlineOfficer]:
    """Return officers who take turns although their qualification was lost, cancelled or revoked."""
    return with_qualification().filter(~_is_qualified(), is_active=True)


def _is_qualified() -> Exists:
    return Exists(valid_records(Level.BASIC).filter(person=OuterRef("person")))


def is_ready(officer: HotlineOfficer) -> bool:
    """Whether `officer` may answer the hotline today."""
    return ready_officers().filter(pk=officer.pk).exists()


def officer_on_duty(at: datetime) -> HotlineOfficer | None:
    """Return who answers the hotline at `at` (aware).

    None outside office hours, on days off, in half days nobody was planned for, and where the officer planned
    may not answer any more (no valid qualification, or taken out of the rotation).
    """
    part = hours.part_at(at)
    day = timezone.localtime(at).date()
    if part is None or not is_working_day(day):
        return None
    return ready_officers().filter(shifts__day=day, shifts__part=part).first()


def next_officer_on_duty(at: datetime, *, but: HotlineOfficer | None = None) -> HotlineOfficer | None:
    """Return who answers in the next half day that begins after `at` (aware), looking 60 days ahead.

    Half days without an officer who may answer are passed over, and so are those of `but`. None where nobody
    is planned.
    """
    day = timezone.localtime(at).date()
    workdays = working_days(day, day + LOOK_AHEAD)
    shifts = DutyShift.objects.filter(day__in=workdays, officer__in=ready_officers())
    if but is not None:
        shifts = shifts.exclude(officer=but)
    for shift in shifts.filter(ahead(at)).select_related("officer__person")[:1]:
        return shift.officer
    return None


def ahead(at: datetime, *, of: str = "") -> Q:
    """Return the condition that a shift has not begun at `at` (aware); `of` leads to the shift, as in `shift__`."""
    day = timezone.localtime(at).date()
    coming = [part for part in ShiftPart.values if hours.begins_at(day, part) > at]
    return Q(**{f"{of}day__gt": day}) | Q(**{f"{of}day": day, f"{of}part__in": coming})


def coming_shifts(officer: HotlineOfficer, *, at: datetime) -> QuerySet[DutyShift]:
    """Return the shifts of `officer` that have not begun at `at`, the next first."""
    return DutyShift.objects.filter(ahead(at), officer=officer)


def shift_now(officer: HotlineOfficer, *, at: datetime) -> list[DutyShift]:
    """Return the shifts of `officer` today that are not over at `at`: nothing on a day off."""
    day = timezone.localtime(at).date()
    shifts = list(DutyShift.objects.filter(officer=officer, day=day))
    return [shift for shift in shifts if hours.ends_at(shift.day, shift.part) > at and is_working_day(day)]


def proposals() -> QuerySet[ShiftSwap]:
    """Return the proposals that wait for an answer, with what their lines show."""
    return ShiftSwap.objects.filter(state=SwapState.PROPOSED).select_related(
        "shift", "in_exchange", "asked_by__person", "asked_of__person"
    )


def proposals_for(officer: HotlineOfficer, *, at: datetime) -> list[ShiftSwap]:
    """Return what other officers ask of `officer` and can still be agreed on, the nearest shift first."""
    waiting = proposals().filter(ahead(at, of="shift__"), asked_of=officer)
    return list(waiting.order_by("shift__day", "-shift__part"))


def half_days_without_officer(first: date, last: date) -> list[tuple[date, ShiftPart]]:
    """Return the half days of working days from `first` to `last` in which nobody answers who may; two queries."""
    workdays = working_days(first, last)
    manned = set(DutyShift.objects.filter(day__in=workdays, officer__in=ready_officers()).values_list("day", "part"))
    return [(day, part) for day in workdays for part in ShiftPart if (day, part.value) not in manned]


def shifts_on_days_off(first: date, last: date) -> list[DutyShift]:
    """Return the shifts from `first` to `last` on days that are not worked (any more): to be cleared; two queries."""
    shifts = list(DutyShift.objects.filter(day__range=(first, last)).select_related("officer__person"))
    workdays = set(working_days(first, last)) if shifts else set()
    return [shift for shift in shifts if shift.day not in workdays]


def last_planned_day() -> date | None:
    """Return the last day with a shift."""
    return DutyShift.objects.order_by("-day").values_list("day", flat=True).first()
