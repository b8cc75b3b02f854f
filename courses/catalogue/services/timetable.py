"""Laying out the sessions of a run from the hours of its curriculum."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.audit import audit
from common.errors import DomainError

from ..models import CourseRun, Session
from ..timetables import Timetable
from .runs import note_timetable_change

if TYPE_CHECKING:
    from accounts.models import User
    from faculty.models import Instructor
    from library.models import Subject

LONGEST_SEARCH = timedelta(days=370)
"""No timetable reaches further from its first day: a class that does is a mistake in the form."""


@dataclass(frozen=True)
class DayPart:
    """A stretch of a day in which is taught: from `starts` on, for `minutes` of teaching without a break."""

    starts: time
    minutes: int


MORNING = DayPart(time(9, 0), 180)
AFTERNOON = DayPart(time(13, 30), 180)
EVENING = DayPart(time(18, 30), 180)


@transaction.atomic
def lay_out_sessions(
    *,
    run: CourseRun,
    weekdays: Collection[int],
    day_parts: Sequence[DayPart],
    by: User | None,
    holidays: Collection[date] = (),
    instructor: Instructor | None = None,
    room: str = "",
    minutes: int | None = None,
) -> list[Session]:
    """Lay the sessions of `run` from its first day on, over `weekdays` (Monday is 0) and `day_parts`.

    The subjects follow each other in the curriculum's order; a subject may be split over sessions and a
    part of a day may hold two. The sessions' minutes are together exactly the curriculum's, or `minutes`
    where its table is empty. First and last day of the run become those of its sessions. Raises
    DomainError `has_sessions`, `no_days`, `no_hours`, `outside_year`, or `day_parts_overlap`.
    """
    run = CourseRun.objects.select_for_update().get(pk=run.pk)
    before = Timetable.of(run)
    if run.sessions.exists():
        raise DomainError(_("This run already has sessions."), code="has_sessions")
    if not weekdays or not day_parts:
        raise DomainError(_("Choose at least one weekday and one part of the day."), code="no_days")
    parts = sorted(day_parts, key=lambda part: part.starts)
    _check_parts(parts)
    stretches = _stretches(run.starts_on, set(weekdays), parts, set(holidays))
    sessions = [
        Session(
            run=run, number=number, subject=subject, starts_at=starts_at, minutes=length,
            ends_at=starts_at + timedelta(minutes=length), room=room, instructor=instructor,
        )
        for number, (subject, starts_at, length) in enumerate(_fill(_teaching(run, minutes), stretches), 1)
    ]  # fmt: skip
    Session.objects.bulk_create(sessions)
    run.starts_on = timezone.localdate(sessions[0].starts_at)
    run.ends_on = timezone.localdate(sessions[-1].starts_at)
    run.save(update_fields=["starts_on", "ends_on"])
    note_timetable_change(run, before=before)
    audit("run.laid_out", obj=run, by=by, sessions=len(sessions), minutes=sum(row.minutes for row in sessions))
    return sessions


def _teaching(run: CourseRun, minutes: int | None) -> list[tuple[Subject | None, int]]:
    """Return what is to be taught, in order, with its minutes."""
    per_hour = run.curriculum.minutes_per_hour
    rows: list[tuple[Subject | None, int]] = [
        (row.subject, int(row.hours * per_hour)) for row in run.curriculum.subjects.select_related("subject")
    ]
    if not rows and minutes:
        rows = [(None, minutes)]
    if not rows:
        raise DomainError(
            _("The curriculum has no subjects yet: fill its table, or say how many hours to lay out."),
            code="no_hours",
        )
    return rows


def _check_parts(parts: Sequence[DayPart]) -> None:
    for earlier, later in pairwise(parts):
        ends = datetime.combine(date.min, earlier.starts) + timedelta(minutes=earlier.minutes)
        if ends > datetime.combine(date.min, later.starts):
            raise DomainError(_("The parts of the day overlap."), code="day_parts_overlap")


def _stretches(
    first_day: date, weekdays: set[int], parts: Sequence[DayPart], holidays: set[date]
) -> Iterator[tuple[datetime, int]]:
    """Yield the stretches of time there are, as start and minutes, until the search is hopeless."""
    zone = timezone.get_current_timezone()
    for offset in range(LONGEST_SEARCH.days):
        day = first_day + timedelta(days=offset)
        if day.weekday() in weekdays and day not in holidays:
            for part in parts:
                yield datetime.combine(day, part.starts, zone), part.minutes
    raise DomainError(_("The sessions do not fit into one year."), code="outside_year")


def _fill(
    teaching: list[tuple[Subject | None, int]], stretches: Iterator[tuple[datetime, int]]
) -> Iterator[tuple[Subject | None, datetime, int]]:
    """Yield pieces of subjects as (subject, start, minutes), each as long as subject and stretch allow."""
    start, room_left = next(stretches)
    for subject, minutes in teaching:
        remaining = minutes
        while remaining:
            if not room_left:
                start, room_left = next(stretches)
            length = min(remaining, room_left)
            yield subject, start, length
            start += timedelta(minutes=length)
            room_left -= length
            remaining -= length
