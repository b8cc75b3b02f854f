"""Reads of attendance: ledgers, what a roll call holds, which sessions still lack one."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.catalogue.models import CourseRun, Session
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment

from .ledger import AbsenceRule, Ledger, Marked, reckon
from .models import AttendanceRecord

FEW = 300
"""Up to so many enrolments are named one by one in a query."""


def attendance_ledger(run: CourseRun, *, now: datetime.datetime | None = None) -> dict[int, Ledger]:
    """Return the ledger of every active enrolment of `run`, by enrolment id, in constant queries."""
    enrolments = Enrolment.objects.filter(run=run, state=EnrolmentState.CONFIRMED)
    return ledgers_of(enrolments.values_list("pk", "run_id"), now=now)


def ledger_of(enrolment: Enrolment, *, now: datetime.datetime | None = None) -> Ledger:
    """Return the ledger of one enrolment."""
    return ledgers_of([(enrolment.pk, enrolment.run_id)], now=now)[enrolment.pk]


def ledgers_of(enrolments: Iterable[tuple[int, int]], *, now: datetime.datetime | None = None) -> dict[int, Ledger]:
    """Return the ledgers of many enrolments, given as (enrolment id, run id), over any number of runs.

    Constant queries: runs with their curricula, subjects, sessions, records.
    """
    pairs = list(enrolments)
    moment = now or timezone.now()
    run_ids = {run_id for _, run_id in pairs}
    runs = {
        run.pk: run
        for run in CourseRun.objects.filter(pk__in=run_ids)
        .select_related("curriculum")
        .prefetch_related("curriculum__subjects")
    }
    sessions: dict[int, list[Session]] = defaultdict(list)
    for session in Session.objects.filter(run__in=run_ids).select_related("subject").order_by("starts_at", "number"):
        sessions[session.run_id].append(session)
    marks = _marks({pk for pk, _ in pairs}, run_ids)
    rules = {run_id: _rule_of(run, sessions[run_id]) for run_id, run in runs.items()}
    begun = {item.pk for items in sessions.values() for item in items if item.starts_at <= moment}
    over = {run_id: [item.pk for item in sessions[run_id] if item.ends_at <= moment] for run_id in run_ids}
    return {
        # a session that has not begun bars nobody, whatever is on record (its roll was called before it was moved)
        pk: reckon(
            rules[run_id], sessions[run_id], over[run_id],
            {session_id: mark for session_id, mark in marks.get(pk, {}).items() if session_id in begun},
        )
        for pk, run_id in pairs
    }  # fmt: skip


def _marks(enrolment_ids: Collection[int], run_ids: Collection[int]) -> dict[int, dict[int, Marked]]:
    """Return each enrolment's records by session. Many are asked for by run: a list of 20,000 ids is no query."""
    marks: dict[int, dict[int, Marked]] = defaultdict(dict)
    records = AttendanceRecord.objects.filter(session__run__in=run_ids)
    if len(enrolment_ids) <= FEW:
        records = records.filter(enrolment__in=enrolment_ids)
    for enrolment_id, session_id, present, excused in records.values_list(
        "enrolment_id", "session_id", "minutes_present", "minutes_excused"
    ):
        if enrolment_id in enrolment_ids:
            marks[enrolment_id][session_id] = Marked(present, excused)
    return marks


def _rule_of(run: CourseRun, sessions: Sequence[Session]) -> AbsenceRule:
    """Return the rule of a run; where its table of subjects is still empty, its sessions are the whole.

    The whole stays the curriculum's where the sessions have more: the law measures absence by the hours of the
    course (資格辦法 §15), and an extra lesson must not move the bar.
    """
    curriculum = run.curriculum
    return AbsenceRule(
        required_minutes=curriculum.total_minutes or sum(session.minutes for session in sessions),
        share=curriculum.absence_share if curriculum.has_bar else 1 - Fraction(curriculum.attendance_percent, 100),
        closes_exam=curriculum.has_bar,
        excused_counts_as_missed=curriculum.excused_counts_as_missed,
    )


def enrolments_to_call(session: Session) -> list[Enrolment]:
    """Return who is called in `session`, by number, each with `record_here` (this session's, or None)."""
    enrolments = list(
        Enrolment.objects.filter(run=session.run_id, state=EnrolmentState.CONFIRMED)
        .select_related("person", "agency")
        .order_by("number")
    )
    records = {
        record.enrolment_id: record
        for record in AttendanceRecord.objects.filter(session=session).select_related("recorded_by__person")
    }
    for enrolment in enrolments:
        enrolment.record_here = records.get(enrolment.pk)  # type: ignore[attr-defined]  # for the roll call's rows
    return enrolments


def with_roll_call_counts(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Annotate `recorded_count` and `enrolled_count` (active enrolments), without a query per row."""
    enrolled = (
        Enrolment.objects.filter(run=OuterRef("run"), state=EnrolmentState.CONFIRMED)
        .order_by()
        .values("run")
        .annotate(n=Count("pk"))
        .values("n")
    )
    recorded = (
        AttendanceRecord.objects.filter(session=OuterRef("pk"), enrolment__state=EnrolmentState.CONFIRMED)
        .order_by()
        .values("session")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return sessions.annotate(
        enrolled_count=Coalesce(Subquery(enrolled, output_field=IntegerField()), 0),
        recorded_count=Coalesce(Subquery(recorded, output_field=IntegerField()), 0),
    )


def sessions_without_roll_call(*, now: datetime.datetime | None = None) -> QuerySet[Session]:
    """Return the sessions that are over and lack at least one record of an active enrolment, oldest first.

    Annotated as `with_roll_call_counts` does. Cancelled runs are left out.
    """
    moment = now or timezone.now()
    unmarked = Enrolment.objects.filter(run=OuterRef("run"), state=EnrolmentState.CONFIRMED).exclude(
        Exists(AttendanceRecord.objects.filter(session=OuterRef(OuterRef("pk")), enrolment=OuterRef("pk")))
    )
    sessions = Session.objects.filter(Exists(unmarked), ends_at__lte=moment, run__cancelled_at__isnull=True)
    return with_roll_call_counts(sessions).select_related("run__course", "subject").order_by("starts_at", "number")


def sessions_of_day(sessions: QuerySet[Session], day: datetime.date) -> QuerySet[Session]:
    """Narrow `sessions` to those that start on `day` in Taipei."""
    begin = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
    return sessions.filter(starts_at__gte=begin, starts_at__lt=begin + datetime.timedelta(days=1))
