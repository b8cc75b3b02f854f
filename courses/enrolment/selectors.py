"""Reads of enrolments and queues. Everything that counts seats counts them here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.models import Agency, Person
from accounts.selectors import names_before
from common.moments import end_of_day, first_moment
from common.names import name_key
from courses.catalogue.models import CourseRun
from courses.catalogue.selectors import has_begun, runs_visible, with_hours

from .enums import EnrolmentState, WaitingState
from .models import Enrolment, WaitingListEntry


def count_taken(run: CourseRun) -> int:
    """Return how many seats of `run` are taken: its confirmed enrolments.

    The one place that says what a taken seat is; within `seats_locked` the number holds.
    """
    return Enrolment.objects.filter(run=run, state=EnrolmentState.CONFIRMED).count()


def seats_left(run: CourseRun) -> int:
    """Return how many seats of `run` are free; never negative."""
    return max(0, run.seats - count_taken(run))


def with_seats(runs: QuerySet[CourseRun]) -> QuerySet[Any]:
    """Annotate runs with `seats_taken`, `seats_free` and `waiting_count`, without further queries."""
    taken = Enrolment.objects.filter(run=OuterRef("pk"), state=EnrolmentState.CONFIRMED)
    waiting = WaitingListEntry.objects.filter(run=OuterRef("pk"), state=WaitingState.WAITING)
    return runs.annotate(
        seats_taken=_count(taken), waiting_count=_count(waiting)
    ).annotate(seats_free=Greatest(F("seats") - F("seats_taken"), 0, output_field=IntegerField()))  # fmt: skip


def runs_to_list() -> QuerySet[Any]:
    """Return the runs that everybody may see, annotated with all that a row of a list shows."""
    return with_hours(with_seats(runs_visible()))


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("run").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def active_enrolments(run: CourseRun) -> QuerySet[Enrolment]:
    """Return those who hold a seat in `run`, with person and agency, by their number."""
    return (
        Enrolment.objects.filter(run=run, state=EnrolmentState.CONFIRMED)
        .select_related("person", "agency")
        .order_by("number")
    )


def ended_enrolments(run: CourseRun) -> QuerySet[Enrolment]:
    """Return who withdrew from `run` or was entered in error, with person and agency, the last first."""
    return (
        Enrolment.objects.filter(run=run)
        .exclude(state=EnrolmentState.CONFIRMED)
        .select_related("person", "agency")
        .order_by("-withdrawn_at")
    )


def with_former_names(enrolments: Iterable[Enrolment]) -> list[Any]:
    """Return the enrolments with `former_name`: the name at enrolment, where the person bears another one now."""
    rows = list(enrolments)
    names = names_before({row.person_id: row.confirmed_at for row in rows})
    for row in rows:
        row.former_name = names.get(row.person_id, "")  # type: ignore[attr-defined]  # as the name says
    return rows


def waiting_list(run: CourseRun) -> QuerySet[WaitingListEntry]:
    """Return those who wait for `run`, first come first, with person and agency."""
    return (
        WaitingListEntry.objects.filter(run=run, state=WaitingState.WAITING)
        .select_related("person__agency")
        .order_by("pk")
    )


def active_enrolment(run: CourseRun, person: Person) -> Enrolment | None:
    """Return the enrolment by which `person` holds a seat in `run`, or None."""
    return Enrolment.objects.filter(run=run, person=person, state=EnrolmentState.CONFIRMED).first()


def has_left(run: CourseRun, person: Person) -> bool:
    """Whether `person` had a seat in `run` and withdrew: coming back needs no new reason."""
    return Enrolment.objects.filter(run=run, person=person, state=EnrolmentState.WITHDRAWN).exists()


def active_entry(run: CourseRun, person: Person) -> WaitingListEntry | None:
    """Return the place of `person` in the queue for `run`, or None."""
    return WaitingListEntry.objects.filter(run=run, person=person, state=WaitingState.WAITING).first()


def place_in_queue(entry: WaitingListEntry) -> int:
    """Return how manieth `entry` is in its queue, from 1."""
    ahead = WaitingListEntry.objects.filter(run=entry.run_id, state=WaitingState.WAITING, pk__lt=entry.pk)
    return ahead.count() + 1


def waiting_entries_of(person: Person) -> QuerySet[Any]:
    """Return the queues in which `person` waits, the next run first, annotated with their `place` (from 1)."""
    ahead = WaitingListEntry.objects.filter(run=OuterRef("run"), state=WaitingState.WAITING, pk__lte=OuterRef("pk"))
    return (
        WaitingListEntry.objects.filter(
            ~has_begun(path="run__"), person=person, state=WaitingState.WAITING, run__cancelled_at__isnull=True
        )
        .annotate(place=_count(ahead))
        .select_related("run__course")
        .order_by("run__starts_on", "pk")
    )  # fmt: skip


def standing_of(person: Person, runs: Iterable[CourseRun]) -> dict[int, str]:
    """Return, by key of run, "enrolled" or "waiting" for those of `runs` in which `person` is; two queries."""
    keys = [run.pk for run in runs]
    waiting = WaitingListEntry.objects.filter(run__in=keys, person=person, state=WaitingState.WAITING)
    enrolled = Enrolment.objects.filter(run__in=keys, person=person, state=EnrolmentState.CONFIRMED)
    standing = dict.fromkeys(waiting.values_list("run_id", flat=True), "waiting")
    standing.update(dict.fromkeys(enrolled.values_list("run_id", flat=True), "enrolled"))
    return standing


def overlapping_runs(run: CourseRun, person: Person) -> list[CourseRun]:
    """Return the other runs in which `person` holds a seat and that teach while `run` does: only a hint.

    A run without sessions teaches on all its days.
    """
    held = CourseRun.objects.filter(
        enrolments__person=person, enrolments__state=EnrolmentState.CONFIRMED, cancelled_at__isnull=True,
        ends_on__gte=run.starts_on, starts_on__lte=run.ends_on,
    ).exclude(pk=run.pk)  # fmt: skip
    others = list(held.select_related("course").prefetch_related("sessions").order_by("starts_on", "pk"))
    own = _times_of(run) if others else []
    return [other for other in others if _clash(own, _times_of(other))]


def other_runs_of_course(run: CourseRun, person: Person) -> list[CourseRun]:
    """Return the other runs of the same course, ahead or under way, in which `person` holds a seat: only a hint."""
    held = CourseRun.objects.filter(
        enrolments__person=person, enrolments__state=EnrolmentState.CONFIRMED, course=run.course_id,
        cancelled_at__isnull=True, ends_on__gte=timezone.localdate(),
    ).exclude(pk=run.pk)  # fmt: skip
    return list(held.select_related("course").order_by("starts_on", "pk"))


def _times_of(run: CourseRun) -> list[tuple[datetime, datetime]]:
    times = [(session.starts_at, session.ends_at) for session in run.sessions.all()]
    return times or [(first_moment(run.starts_on), end_of_day(run.ends_on))]


def _clash(one: list[tuple[datetime, datetime]], other: list[tuple[datetime, datetime]]) -> bool:
    return any(start < other_end and end > other_start for start, end in one for other_start, other_end in other)


def namesakes(run: CourseRun, name: str, *, but: Person | None = None) -> list[Person]:
    """Return who else of this name holds a seat in `run` or waits for it; `but` is left out."""
    people = Person.objects.filter(
        Q(enrolments__in=active_enrolments(run).order_by().values("pk"))
        | Q(waiting_entries__in=waiting_list(run).order_by().values("pk")),
        name_key=name_key(name),
    )
    return list((people.exclude(pk=but.pk) if but else people).distinct())


def runs_to_promote() -> list[int]:
    """Return the keys of runs whose queue asks for the promotion.

    A seat is free while somebody waits; or somebody still waits though the run began or was cancelled.
    """
    with_queue = CourseRun.objects.filter(
        Exists(WaitingListEntry.objects.filter(run=OuterRef("pk"), state=WaitingState.WAITING))
    )
    is_over = Q(cancelled_at__isnull=False) | has_begun()
    return list(
        with_seats(with_queue).filter(is_over | Q(seats_free__gt=0)).order_by("pk").values_list("pk", flat=True)
    )


def enrolments_of_agency(agency: Agency) -> QuerySet[Enrolment]:
    """Return the seats that confirmed people of `agency` hold in runs ahead or under way, by run."""
    return (
        Enrolment.objects.filter(
            state=EnrolmentState.CONFIRMED, agency=agency, person__agency=agency,
            person__agency_confirmed_at__isnull=False,
            run__cancelled_at__isnull=True, run__ends_on__gte=timezone.localdate(),
        )
        .select_related("run__course", "person")
        .order_by("run__starts_on", "run__code", "number")
    )  # fmt: skip


def announcements_due(*, before: Any) -> tuple[QuerySet[Enrolment], QuerySet[WaitingListEntry]]:
    """Return the changes older than `before` whose message was never written: a process died in between."""
    enrolments = Enrolment.objects.filter(is_announcement_due=True).filter(
        Q(withdrawn_at__lt=before) | Q(withdrawn_at__isnull=True, confirmed_at__lt=before)
    )
    entries = WaitingListEntry.objects.filter(is_announcement_due=True).filter(
        Q(settled_at__lt=before) | Q(settled_at__isnull=True, queued_at__lt=before)
    )
    return enrolments, entries


def timetables_due(*, before: Any) -> dict[int, tuple[list[int], list[int]]]:
    """Return, by run, the enrolments and the places in its queue that hold an older timetable.

    Only where it changed before `before`. Those that never got one (laid by an import) are left alone.
    """
    stale = {
        "timetable_version_sent__gt": 0, "timetable_version_sent__lt": F("run__timetable_version"),
        "run__timetable_changed_at__lt": before, "run__ends_on__gte": timezone.localdate(),
    }  # fmt: skip
    enrolments = Enrolment.objects.filter(state=EnrolmentState.CONFIRMED, **stale)
    entries = WaitingListEntry.objects.filter(state=WaitingState.WAITING, run__cancelled_at__isnull=True, **stale)
    due: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for kind, rows in enumerate((enrolments, entries)):
        for run_id, pk in rows.order_by("pk").values_list("run_id", "pk"):
            due[run_id][kind].append(pk)
    return due
