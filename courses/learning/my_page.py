"""What My learning shows: where a person stands in each class, day by day, and what to do next.

Everything is read at once, whatever the number of classes; the templates ask nothing of the database.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import floor
from typing import Any

from django.utils import timezone

from accounts.models import Person
from courses.assessment.grading import ExamRule
from courses.assessment.models import Result
from courses.attendance.ledger import Marked
from courses.attendance.models import AttendanceRecord
from courses.catalogue.enums import RunState
from courses.catalogue.models import CourseRun, Session
from courses.enrolment.models import Enrolment, WaitingListEntry
from courses.enrolment.selectors import waiting_entries_of
from qualifications.models import QualificationRecord

from .completion import EXAM_ARTICLE, CompletionVerdict
from .models import Material
from .selectors import (
    Listed,
    completion_of_enrolments,
    enrolments_of_person,
    lessons_of_courses,
    materials_of_runs,
    results_of_enrolments,
)

STAYS_OPEN = datetime.timedelta(days=366)
"""A class that was not completed stays on top for a year: make-up exams, hours taken in later runs."""


@dataclass(frozen=True)
class Day:
    """One day of a timetable. `state` is done, missed, unrecorded, now or later; minutes of teaching."""

    date: datetime.date
    state: str
    titles: list[str]
    minutes: int
    present: int
    sessions: list[Session]

    @property
    def missed(self) -> int:
        """Minutes of teaching missed on this day."""
        return self.minutes - self.present if self.state == "missed" else 0


@dataclass(frozen=True)
class Standing:
    """One class of a person, and where they stand in it."""

    enrolment: Enrolment
    run: CourseRun
    verdict: CompletionVerdict
    results: list[Result]
    days: list[Day] = field(default_factory=list)
    materials: list[Material] = field(default_factory=list)
    lessons: list[Listed] = field(default_factory=list)

    @property
    def state(self) -> RunState:
        """Where the run stands today."""
        return self.run.state

    @property
    def ledger(self) -> Any:
        """The attendance, in minutes."""
        return self.verdict.ledger

    @property
    def has_bar(self) -> bool:
        """Whether absence is measured against the bar in front of the exam (資格辦法 §15)."""
        return self.run.curriculum.has_bar

    @property
    def article(self) -> Any:
        """The article behind the bar."""
        return EXAM_ARTICLE

    @property
    def spare_minutes(self) -> int:
        """Minutes that may still be missed before the course cannot be completed; negative once it cannot."""
        return floor(self.ledger.remaining_minutes)

    @property
    def allowed_minutes(self) -> int:
        """Minutes that may be missed in all, rounded down."""
        return self.spare_minutes + self.ledger.missed_minutes

    @property
    def exam(self) -> ExamRule | None:
        """The rule of the exam, where there is one."""
        return ExamRule.of(self.run.curriculum) if self.has_bar else None

    @property
    def best(self) -> Result | None:
        """The passed result, or the one with most points."""
        sat = [result for result in self.results if not result.absent]
        return max(sat, key=lambda result: (result.passed, result.total or 0), default=None)

    @property
    def next_session(self) -> Session | None:
        """The session that runs now or comes next."""
        now = timezone.now()
        coming = [session for day in self.days for session in day.sessions if session.ends_at > now]
        return min(coming, key=lambda session: session.starts_at, default=None)


@dataclass(frozen=True)
class MyPage:
    """Everything that My learning shows of one person. The slot `my_next` receives it."""

    person: Person
    current: list[Standing]
    past: list[Standing]
    waiting: list[WaitingListEntry]
    qualifications: list[QualificationRecord]

    @property
    def is_empty(self) -> bool:
        """Whether this person has never had anything to do with a class."""
        return not (self.current or self.past or self.waiting or self.qualifications)


def my_page_of(person: Person, user: Any, *, language: str, today: datetime.date | None = None) -> MyPage:
    """Gather what My learning shows of `person` to `user` (themselves). Constant queries."""
    day = today or timezone.localdate()
    enrolments = list(enrolments_of_person(person))
    verdicts = completion_of_enrolments(enrolments)
    current = [verdict for verdict in verdicts if _is_current(verdict, day)]
    run_ids = [verdict.enrolment.run_id for verdict in current]
    results = results_of_enrolments(enrolments)
    days = _days_by_run([verdict.enrolment for verdict in current], day)
    materials = materials_of_runs(run_ids)
    lessons = lessons_of_courses({verdict.enrolment.run.course_id for verdict in current}, user, language=language)
    return MyPage(
        person=person,
        current=sorted(
            (
                Standing(
                    enrolment=verdict.enrolment,
                    run=verdict.enrolment.run,
                    verdict=verdict,
                    results=results.get(verdict.enrolment.pk, []),
                    days=days.get(verdict.enrolment.run_id, []),
                    materials=materials.get(verdict.enrolment.run_id, []),
                    lessons=lessons.get(verdict.enrolment.run.course_id, []),
                )
                for verdict in current
            ),
            key=lambda standing: _order(standing, day),
        ),
        past=[
            Standing(verdict.enrolment, verdict.enrolment.run, verdict, results.get(verdict.enrolment.pk, []))
            for verdict in verdicts
            if verdict not in current
        ],
        waiting=list(waiting_entries_of(person)),
        qualifications=list(person.qualifications.all()),
    )


def _is_current(verdict: CompletionVerdict, today: datetime.date) -> bool:
    run = verdict.enrolment.run
    if run.cancelled_at:
        return False
    if run.ends_on >= today:
        return True
    return run.ends_on >= today - STAYS_OPEN and not verdict.is_complete and verdict.ledger.remaining_minutes >= 0


def _order(standing: Standing, today: datetime.date) -> tuple[int, datetime.date]:
    """Running ones first, then those to come, then those that are over."""
    run = standing.run
    if run.starts_on <= today <= run.ends_on:
        return 0, run.ends_on
    return (1, run.starts_on) if run.starts_on > today else (2, run.ends_on)


def _days_by_run(enrolments: Sequence[Enrolment], today: datetime.date) -> dict[int, list[Day]]:
    counts_excused = {row.run_id: row.run.curriculum.excused_counts_as_missed for row in enrolments}
    sessions = list(
        Session.objects.filter(run__in=counts_excused)
        .select_related("subject", "instructor__person")
        .order_by("run", "starts_at", "number")
    )
    records = AttendanceRecord.objects.filter(enrolment__in=enrolments)
    marks = {
        session_id: Marked(present, excused)
        for session_id, present, excused in records.values_list("session_id", "minutes_present", "minutes_excused")
    }
    missed = {
        session.pk: marks[session.pk].missed_of(
            session.minutes, excused_counts_as_missed=counts_excused[session.run_id]
        )
        for session in sessions
        if session.pk in marks
    }
    days: dict[int, list[Day]] = defaultdict(list)
    for (run_id, date), group in groupby(
        sessions, key=lambda session: (session.run_id, timezone.localdate(session.starts_at))
    ):
        days[run_id].append(_day(date, list(group), missed, today))
    return days


def _day(date: datetime.date, sessions: list[Session], missed: dict[int, int], today: datetime.date) -> Day:
    now = timezone.now()
    minutes = sum(session.minutes for session in sessions)
    attended = sum(session.minutes - missed[session.pk] for session in sessions if session.pk in missed)
    recorded = all(session.pk in missed for session in sessions)
    if date == today and any(session.ends_at > now for session in sessions):
        state = "now"
    elif date > today:
        state = "later"
    elif not recorded:
        state = "unrecorded"
    else:
        state = "done" if attended == minutes else "missed"
    titles = list(dict.fromkeys(session.display_title for session in sessions if session.display_title))
    return Day(date=date, state=state, titles=titles, minutes=minutes, present=attended, sessions=sessions)
