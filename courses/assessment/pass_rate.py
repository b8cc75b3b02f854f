"""The counts behind the pass rate: trained, examined, passed, certified, in one query.

Only kinds with an exam. Each fact counts from its own day on, up to `as_of`:

* trained: enrolments not withdrawn before the first session, from the day of that session; the barred and
  the absent are among them. A run without sessions counts from its first day.
* examined: trained, and sat at least once (a sitting they were absent from is none).
* passed: trained, and met the rule in some sitting.
* certified: trained, and holds the national certificate that came of this enrolment.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Agency
from courses.catalogue.enums import KINDS_WITH_EXAM
from courses.catalogue.models import CourseRun, Session
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment

from .models import Certification, Result

MEASURES = ("trained", "examined", "passed", "certified")


@dataclass(frozen=True)
class Scope:
    """What is counted: facts up to `as_of`, narrowed by whatever is given."""

    as_of: datetime.date
    year: int | None = None
    kind: str = ""
    run: str = ""
    agency: Agency | None = None


def counts(scope: Scope, keys: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the four counts for each group of `keys` (name → field of `Enrolment`), in one query.

    Ordered by the keys. A run that has begun without anybody in it has no row.
    """
    names = {**keys, **dict(zip(MEASURES, MEASURES, strict=True))}
    rows = (
        _trained(scope)
        .order_by()
        .values(*keys.values())
        .annotate(**{measure: Count("pk", filter=_counted(scope, measure)) for measure in MEASURES})
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

    Sets of keys, not joins: nobody is counted twice for two sittings, and the database hashes each set once.
    """
    sat = Result.objects.filter(absent=False, sitting__held_on__lte=scope.as_of).order_by()
    certified = Certification.objects.filter(record__issued_on__lte=scope.as_of).order_by()
    sets: dict[str, QuerySet[Any] | None] = {
        "trained": None,
        "examined": sat.values("enrolment"),
        "passed": sat.filter(passed=True).values("enrolment"),
        "certified": certified.values("enrolment"),
    }
    found = sets[measure]
    return None if found is None else Q(pk__in=found)


def _trained(scope: Scope) -> QuerySet[Enrolment]:
    """Return the enrolments that count as trained; only the few withdrawn ones are looked at one by one."""
    stayed_at_first = Enrolment.objects.filter(_left_later(), state=EnrolmentState.WITHDRAWN)
    enrolments = Enrolment.objects.filter(
        Q(state=EnrolmentState.CONFIRMED) | Q(pk__in=stayed_at_first.order_by().values("pk")), run__in=_begun(scope)
    )
    if scope.agency is not None:
        enrolments = enrolments.filter(agency=scope.agency)
    return enrolments


def _begun(scope: Scope) -> QuerySet[CourseRun]:
    """Return the runs whose first session's day (or, without sessions, first day) has come by `as_of`."""
    midnight = timezone.make_aware(
        datetime.datetime.combine(scope.as_of + datetime.timedelta(days=1), datetime.time.min)
    )
    sessions = Session.objects.filter(run=OuterRef("pk"))
    runs = CourseRun.objects.filter(
        Exists(sessions.filter(starts_at__lt=midnight)) | (Q(starts_on__lte=scope.as_of) & ~Exists(sessions)),
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
    """Withdrawn once the first session had begun (without sessions: from the first day on)."""
    sessions = Session.objects.filter(run=OuterRef("run"))
    return Q(Exists(sessions.filter(starts_at__lte=OuterRef("withdrawn_at")))) | (
        Q(run__starts_on__lte=TruncDate("withdrawn_at")) & ~Q(Exists(sessions))
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
    certifications = Certification.objects.filter(enrolment__in=ids, record__issued_on__lte=as_of)
    for certification in certifications.select_related("record"):
        found[certification.enrolment_id]["certified_on"] = certification.record.issued_on
    return found
