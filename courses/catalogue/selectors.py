"""Reads of the catalogue that more than one caller needs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from common.rocdates import roc_year
from library.models import Subject

from .enums import RunState
from .models import Course, CourseRun, Curriculum, CurriculumSubject, Session


def current_curriculum(course: Course, on: date) -> Curriculum | None:
    """Return the curriculum of `course` in force on the day `on`, or None."""
    return course.curricula.filter(effective_from__lte=on).order_by("-effective_from").first()


def runs_visible() -> QuerySet[CourseRun]:
    """Return the runs that everybody may see, with what every list shows: all that were opened."""
    return with_beginning(CourseRun.objects.select_related("course", "curriculum", "district"))


def with_beginning(runs: QuerySet[CourseRun]) -> QuerySet[CourseRun]:
    """Annotate runs with `first_session_at`, so that `CourseRun.begins_at` and `state` ask nothing more."""
    first = Session.objects.filter(run=OuterRef("pk")).order_by("starts_at").values("starts_at")[:1]
    return runs.annotate(first_session_at=Subquery(first))


def has_begun(now: datetime | None = None, *, path: str = "") -> Q:
    """Return the condition for runs that have begun by `now`; the same rule as `CourseRun.has_begun`.

    `path` leads from the rows asked for to the run, as in `run__`.
    """
    now = now or timezone.now()
    sessions = Session.objects.filter(run=OuterRef(f"{path}pk"))
    started = Q(Exists(sessions.filter(starts_at__lte=now))) | ~Q(Exists(sessions))
    return Q(**{f"{path}starts_on__lte": timezone.localdate(now)}) & started


def in_state(state: str, *, day: date | None = None, now: datetime | None = None) -> Q:
    """Return the condition for runs that stand in `state`; the same rule as `CourseRun.state_on`."""
    day, now = day or timezone.localdate(), now or timezone.now()
    held = Q(cancelled_at__isnull=True)
    begun = has_begun(now)
    ahead = held & Q(ends_on__gte=day) & ~begun
    conditions = {
        RunState.CANCELLED: Q(cancelled_at__isnull=False),
        RunState.FINISHED: held & Q(ends_on__lt=day),
        RunState.RUNNING: held & Q(ends_on__gte=day) & begun,
        RunState.ANNOUNCED: ahead & Q(enrol_from__gt=now),
        RunState.OPEN: ahead & Q(enrol_from__lte=now, enrol_until__gt=now),
        RunState.CLOSED: ahead & Q(enrol_from__lte=now, enrol_until__lte=now),
    }
    return conditions[RunState(state)]


def next_term(course: Course, starts_on: date) -> int:
    """Return the term to propose: one after the last of this kind of course in the ROC year.

    Counted over the kind, not the course, because the code of a run names only its kind.
    """
    of_year = CourseRun.objects.filter(course__kind=course.kind, roc_year=roc_year(starts_on))
    return (of_year.aggregate(last=Max("term"))["last"] or 0) + 1


def run_code(course: Course, starts_on: date, term: int) -> str:
    """Return the code of a run, such as 107-basic-1: ROC year, kind, term."""
    return f"{roc_year(starts_on)}-{course.kind}-{term}"


def is_in_use(curriculum: Curriculum, *, day: date | None = None) -> bool:
    """Tell whether a run by this curriculum has begun: then it is history and must not be edited."""
    begun = curriculum.runs.filter(starts_on__lte=day or timezone.localdate(), cancelled_at__isnull=True)
    return begun.exists()


def sessions_of(run: CourseRun) -> QuerySet[Session]:
    """Return the sessions of a run with subject and instructor, in time."""
    return Session.objects.filter(run=run).select_related("subject", "instructor__person").order_by(
        "starts_at", "number"
    )  # fmt: skip


def required_minutes(run: CourseRun) -> int:
    """Return the minutes that count as the whole: the curriculum's, or where its table is empty, all sessions'."""
    return run.curriculum.total_minutes or sum(run.sessions.values_list("minutes", flat=True))


@dataclass(frozen=True)
class HoursCompared:
    """Minutes of teaching by the curriculum and by the sessions; `subject` None is the whole run."""

    subject: Subject | None
    by_curriculum: int
    by_sessions: int


def hours_that_differ(run: CourseRun) -> list[HoursCompared]:
    """Return where the sessions of `run` teach another time than its curriculum says: the whole first, then subjects.

    Subjects are compared only where every session has one. Nothing where the table or the timetable is empty.
    """
    per_hour = run.curriculum.minutes_per_hour
    by_curriculum = {
        row.subject: int(row.hours * per_hour) for row in run.curriculum.subjects.select_related("subject")
    }
    sessions = list(Session.objects.filter(run=run).select_related("subject").order_by("starts_at", "number"))
    if not by_curriculum or not sessions:
        return []
    by_sessions: dict[Subject | None, int] = defaultdict(int)
    for session in sessions:
        by_sessions[session.subject] += session.minutes
    compared = [HoursCompared(None, run.curriculum.total_minutes, sum(by_sessions.values()))]
    if None not in by_sessions:
        compared += [
            HoursCompared(subject, by_curriculum.get(subject, 0), by_sessions.get(subject, 0))
            for subject in dict.fromkeys([*by_curriculum, *by_sessions])
            if subject is not None
        ]
    return [row for row in compared if row.by_curriculum != row.by_sessions]


def with_hours(runs: QuerySet[CourseRun]) -> QuerySet[Any]:
    """Annotate runs with `table_hours` (of the curriculum, or None) and `session_minutes`; see `hours_of`."""
    subjects = CurriculumSubject.objects.filter(curriculum=OuterRef("curriculum")).order_by()
    sessions = Session.objects.filter(run=OuterRef("pk")).order_by()
    return runs.annotate(
        table_hours=Subquery(subjects.values("curriculum").annotate(total=Sum("hours")).values("total")),
        session_minutes=Subquery(sessions.values("run").annotate(total=Sum("minutes")).values("total")),
    )


def hours_of(run: Any) -> Decimal | None:
    """Return the hours of a run annotated by `with_hours`: the curriculum's, else its sessions', else None."""
    if run.table_hours:
        return Decimal(run.table_hours).normalize()
    if run.session_minutes:
        return (Decimal(run.session_minutes) / run.curriculum.minutes_per_hour).quantize(Decimal("0.1")).normalize()
    return None


def runs_without_sessions() -> QuerySet[CourseRun]:
    """Return the runs ahead or under way that nobody has laid out yet."""
    return runs_visible().filter(
        ~Exists(Session.objects.filter(run=OuterRef("pk"))),
        cancelled_at__isnull=True,
        ends_on__gte=timezone.localdate(),
    ).order_by("starts_on", "code")  # fmt: skip


def with_table(curricula: QuerySet[Curriculum]) -> QuerySet[Curriculum]:
    """Fetch subjects and papers with the curricula, and annotate `table_hours`."""
    rows = CurriculumSubject.objects.select_related("subject").order_by("order")
    return curricula.prefetch_related(Prefetch("subjects", rows), "papers").annotate(table_hours=Sum("subjects__hours"))
