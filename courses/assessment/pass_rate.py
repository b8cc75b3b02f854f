"""The counts behind the pass rate: trained, examined, passed, certified, in one query.

Only kinds with an exam. Each fact counts from its own day on, up to `as_of`:

* trained: enrolments not withdrawn before the first session, from the day of that session; the barred and
  the absent are among them. A run without sessions counts from its first day. Who was enrolled when the run had
  begun and withdrew again counts only with at least one minute of attendance, and who was enrolled when it was over
  and withdrew counts not at all. A person has one enrolment in a run, so people are counted.
* examined: trained, and sat at least once (a sitting they were absent from is none).
* passed: trained, and met the rule in some sitting.
* certified: trained, and holds the national certificate that came of this enrolment. One revoked for deception (資格
  辦法 §17) was never rightly held: it counts no more from that day on. A lost or cancelled one (§10) was: it counts.

Beside them stand `REMARKS`, which say what the counts must not be read without.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from accounts.models import Agency
from common.moments import end_of_day
from courses.attendance.models import AttendanceRecord
from courses.catalogue.enums import KINDS_WITH_EXAM
from courses.catalogue.models import CourseRun, Session
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from qualifications.enums import QualificationState

from .models import Certification, Result

MEASURES = ("trained", "examined", "passed", "certified")
REMARKS = ("unconfirmed", "lost", "revoked")
"""Trained under an agency that has not confirmed it; certified, but lost or cancelled since; revoked, not certified."""

_LOST = (QualificationState.LOST, QualificationState.CANCELLED)


@dataclass(frozen=True)
class Scope:
    """What is counted: facts up to `as_of`, narrowed by whatever is given."""

    as_of: datetime.date
    year: int | None = None
    kind: str = ""
    run: str = ""
    agency: Agency | None = None


def counts(scope: Scope, keys: Mapping[str, str], *, measures: Sequence[str] = MEASURES) -> list[dict[str, Any]]:
    """Return the counts of `measures` (and `REMARKS`) for each group of `keys`, in one query.

    `keys`: name → field of `Enrolment`, or `is_finished`: whether the run was over before `as_of`. Ordered by the
    keys. A run that has begun without anybody in it has no row.
    """
    names = {**keys, **dict(zip(measures, measures, strict=True))}
    rows = (
        _trained(scope)
        .order_by()
        .values(*keys.values())
        .annotate(**{measure: Count("pk", filter=_counted(scope, measure)) for measure in measures})
        .order_by(*keys.values())
    )
    return [{name: row[path] for name, path in names.items()} for row in rows]


def people(scope: Scope, measure: str) -> QuerySet[Enrolment]:
    """Return the enrolments that `measure` counts: exactly as many as `counts` says.

    Raises KeyError for what is not in `MEASURES`.
    """
    if measure not in MEASURES:
        raise KeyError(measure)
    counted = _counted(scope, measure)
    return _trained(scope) if counted is None else _trained(scope).filter(counted)


def _counted(scope: Scope, measure: str) -> Q | None:
    """Return who of the trained `measure` counts; None for all of them.

    Questions about each enrolment, answered by an index: nobody is counted twice for two sittings. (As a set of keys,
    `id IN (SELECT …)`, PostgreSQL scans the set again for each enrolment once it outgrows its working memory.)
    """
    sat = Result.objects.filter(enrolment=OuterRef("pk"), absent=False, sitting__held_on__lte=scope.as_of)
    record = "certification__record__"
    issued = Q(**{f"{record}issued_on__lte": scope.as_of})
    revoked = _in_state_by(scope.as_of, record, QualificationState.REVOKED)
    measured: dict[str, Q | None] = {
        "trained": None,
        "examined": Q(Exists(sat)),
        "passed": Q(Exists(sat.filter(passed=True))),
        "certified": issued & ~revoked,
        "unconfirmed": Q(is_agency_confirmed=False),
        "lost": issued & _in_state_by(scope.as_of, record, *_LOST),
        "revoked": issued & revoked,
    }
    return measured[measure]


def _in_state_by(as_of: datetime.date, path: str, *states: QualificationState) -> Q:
    """Return the condition for certificates that were in one of `states` by the day; without a day, ever since."""
    by_then = Q(**{f"{path}state_since__lte": as_of}) | Q(**{f"{path}state_since__isnull": True})
    return Q(**{f"{path}state__in": states}) & by_then


def _trained(scope: Scope) -> QuerySet[Enrolment]:
    """Return the enrolments that count as trained; only the few withdrawn ones are looked at one by one."""
    enrolments = Enrolment.objects.filter(
        Q(state=EnrolmentState.CONFIRMED) | (Q(state=EnrolmentState.WITHDRAWN) & _left_later()),
        run__in=_begun(scope),
    ).annotate(is_finished=ExpressionWrapper(Q(run__ends_on__lt=scope.as_of), BooleanField()))
    if scope.agency is not None:
        enrolments = enrolments.filter(agency=scope.agency)
    return enrolments


def _begun(scope: Scope) -> QuerySet[CourseRun]:
    """Return the runs whose first session's day (or, without sessions, first day) has come by `as_of`."""
    sessions = Session.objects.filter(run=OuterRef("pk"))
    runs = CourseRun.objects.filter(
        Exists(sessions.filter(starts_at__lt=end_of_day(scope.as_of)))
        | (Q(starts_on__lte=scope.as_of) & ~Exists(sessions)),
        course__kind__in=KINDS_WITH_EXAM,
        cancelled_at__isnull=True,
    )
    if scope.year is not None:
        runs = runs.filter(roc_year=scope.year)
    if scope.kind:
        runs = runs.filter(course__kind=scope.kind)
    if scope.run:
        runs = runs.filter(code=scope.run)
    return runs


def _left_later() -> Q:
    """Withdrawn once the first session had begun (without sessions: from the first day on), having taken part.

    Whose enrolment was only recorded after they had left, as for classes of past years, counts by the withdrawal.
    """
    entered_late = Q(confirmed_at__lte=F("withdrawn_at"))
    attended = AttendanceRecord.objects.filter(enrolment=OuterRef("pk"), minutes_present__gt=0)
    after_the_end = entered_late & Q(run__ends_on__lt=TruncDate("confirmed_at"))
    after_the_start = entered_late & _begun_by("confirmed_at")
    return _begun_by("withdrawn_at") & ~after_the_end & (~after_the_start | Q(Exists(attended)))


def _begun_by(moment: str) -> Q:
    """Whether the run of an enrolment had begun at its `moment`, the name of a field."""
    sessions = Session.objects.filter(run=OuterRef("run"))
    return Q(Exists(sessions.filter(starts_at__lte=OuterRef(moment)))) | (
        Q(run__starts_on__lte=TruncDate(moment)) & ~Q(Exists(sessions))
    )


def latest_facts(enrolments: Sequence[Enrolment], as_of: datetime.date) -> dict[int, dict[str, Any]]:
    """Return, for a page of enrolments, best total, day of the pass and certificate as of a day, in two queries."""
    ids = [enrolment.pk for enrolment in enrolments]
    found: dict[int, dict[str, Any]] = {pk: {"total": None, "passed_on": None, "certified_on": None} for pk in ids}
    results = Result.objects.filter(enrolment__in=ids, sitting__held_on__lte=as_of).select_related("sitting")
    for result in results.order_by("-sitting__held_on", "-sitting__number"):
        facts = found[result.enrolment_id]
        if result.total is not None:
            facts["total"] = max(result.total, facts["total"] or 0)
        if result.passed:
            facts["passed_on"] = result.sitting.held_on
    held = Q(record__issued_on__lte=as_of) & ~_in_state_by(as_of, "record__", QualificationState.REVOKED)
    certifications = Certification.objects.filter(held, enrolment__in=ids)
    for certification in certifications.select_related("record"):
        found[certification.enrolment_id]["certified_on"] = certification.record.issued_on
    return found
