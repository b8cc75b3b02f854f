"""A month of the roster as a calendar: weeks of days, days of two half days."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from common.models import OfficeDay

from . import hours
from .enums import ShiftPart
from .models import DutyShift, HotlineOfficer
from .roster import proposals, ready_officers


@dataclass(frozen=True)
class HalfDay:
    """Half a day: who is planned, and what is to be said about it."""

    day: date
    part: ShiftPart
    shift: DutyShift | None
    is_mine: bool
    is_ready: bool
    """Whether the officer planned may answer: takes turns and holds a valid qualification."""
    is_asked: bool
    """Whether a proposal to swap it waits for an answer."""
    is_ahead: bool


@dataclass(frozen=True)
class Day:
    """A day of the calendar; `name` is its holiday, or the name of a working day that has one."""

    day: date
    is_in_month: bool
    is_working: bool
    name: str
    is_today: bool
    halves: Sequence[HalfDay]

    @property
    def is_bare(self) -> bool:
        """Whether the day is over and there is nothing to say about it."""
        return not (self.name or any(half.shift or half.is_ahead for half in self.halves))

    @property
    def is_to_clear(self) -> bool:
        """Whether shifts stand on a day that is not worked (any more)."""
        return not self.is_working and any(half.shift and half.is_ahead for half in self.halves)


@dataclass(frozen=True)
class MonthGrid:
    """A month in weeks from Monday to Sunday, with the months before and after it."""

    first: date
    weeks: Sequence[Sequence[Day]]

    @property
    def before(self) -> date:
        """The first day of the month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        """The first day of the month after."""
        return (self.first + timedelta(days=31)).replace(day=1)


def month_grid(first: date, *, mine: HotlineOfficer | None, at: datetime) -> MonthGrid:
    """Return the month that begins on `first`, as it stands at `at` (aware), in four queries; `mine` is marked."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    shown = (weeks[0][0], weeks[-1][-1])
    shifts = {
        (shift.day, shift.part): shift
        for shift in DutyShift.objects.filter(day__range=shown).select_related("officer__person")
    }
    office = {row.day: row for row in OfficeDay.objects.filter(day__range=shown)}
    ready = set(ready_officers().values_list("pk", flat=True))
    asked = set(proposals().filter(shift__day__range=shown).values_list("shift", flat=True))
    today = timezone.localtime(at).date()

    def half(day: date, part: ShiftPart) -> HalfDay:
        shift = shifts.get((day, part.value))
        return HalfDay(
            day=day,
            part=part,
            shift=shift,
            is_mine=shift is not None and mine is not None and shift.officer_id == mine.pk,
            is_ready=shift is not None and shift.officer_id in ready,
            is_asked=shift is not None and shift.pk in asked,
            is_ahead=hours.begins_at(day, part) > at,
        )

    def entry(day: date) -> Day:
        known = office.get(day)
        return Day(
            day=day,
            is_in_month=day.month == first.month,
            is_working=known.is_working if known else day.weekday() < 5,
            name=known.name if known else "",
            is_today=day == today,
            halves=[half(day, part) for part in ShiftPart],
        )

    return MonthGrid(first=first, weeks=[[entry(day) for day in week] for week in weeks])
