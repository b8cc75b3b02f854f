"""What is known about the runs and enrolments that rows speak of, read in a constant number of queries."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from courses.attendance.ledger import Ledger
from courses.attendance.selectors import FEW, ledgers_of
from courses.catalogue.models import CourseRun
from courses.enrolment.issued import issued_to
from courses.enrolment.models import Enrolment
from qualifications.models import QualificationRecord
from qualifications.services import normalise_number

from ..models import Certification, Result, Sitting
from ..score_sheet import ScoreRow


@dataclass(frozen=True)
class KnownResult:
    """A result that is recorded already."""

    pk: int
    points: Mapping[int, int]
    absent: bool
    violation: str
    passed: bool
    held_on: datetime.date


@dataclass
class Facts:
    """What is known about the runs and enrolments that the rows speak of."""

    runs: dict[str, CourseRun]
    enrolments: dict[tuple[int, int], Enrolment]
    ledgers: dict[int, Ledger]
    sittings: dict[tuple[int, int], datetime.date]
    results: dict[int, dict[int, KnownResult]]
    certifications: dict[int, Certification]
    records: dict[str, QualificationRecord]
    issued: dict[int, list[str]]


def gather_facts(rows: Sequence[ScoreRow]) -> Facts:
    """Read everything that judging `rows` needs; the number of queries does not depend on their number."""
    runs = {
        run.code: run
        for run in CourseRun.objects.filter(code__in={row.run for row in rows})
        .select_related("course", "curriculum")
        .prefetch_related("curriculum__papers")
    }
    run_ids = [run.pk for run in runs.values()]
    wanted = {(runs[row.run].pk, row.number) for row in rows if row.run in runs}
    enrolments = {
        (item.run_id, item.number): item
        for item in Enrolment.objects.filter(run__in=run_ids).select_related("person")
        if (item.run_id, item.number) in wanted
    }
    ids = {item.pk for item in enrolments.values()}
    return Facts(
        runs=runs,
        enrolments=enrolments,
        ledgers=ledgers_of((item.pk, item.run_id) for item in enrolments.values()),
        sittings={
            (sitting.run_id, sitting.number): sitting.held_on for sitting in Sitting.objects.filter(run__in=run_ids)
        },
        results=_known_results(run_ids, ids),
        certifications=_certifications(run_ids, ids),
        issued=issued_to(ids) if ids else {},
        records=_records({normalise_number(row.certificate) for row in rows if row.certificate}),
    )


def _known_results(run_ids: Collection[int], enrolment_ids: Collection[int]) -> dict[int, dict[int, KnownResult]]:
    """Return the recorded results by enrolment and sitting number."""
    found: dict[int, dict[int, KnownResult]] = defaultdict(dict)
    results = Result.objects.filter(sitting__run__in=run_ids)
    if len(enrolment_ids) <= FEW:
        results = results.filter(enrolment__in=enrolment_ids)
    for result in results.select_related("sitting").prefetch_related("scores"):
        if result.enrolment_id in enrolment_ids:
            found[result.enrolment_id][result.sitting.number] = KnownResult(
                result.pk,
                {score.paper_id: score.points for score in result.scores.all()},
                result.absent,
                result.violation,
                result.passed,
                result.sitting.held_on,
            )
    return found


def _certifications(run_ids: Collection[int], enrolment_ids: Collection[int]) -> dict[int, Certification]:
    found = Certification.objects.filter(enrolment__run__in=run_ids).select_related("record")
    return {item.enrolment_id: item for item in found if item.enrolment_id in enrolment_ids}


def _records(numbers: Collection[str]) -> dict[str, QualificationRecord]:
    """Return the certificates of these numbers, asked for in pieces (SQLite bounds the parameters of a query)."""
    if not numbers:
        return {}
    ordered = sorted(numbers)
    found: dict[str, QualificationRecord] = {}
    for start in range(0, len(ordered), 10_000):
        some = QualificationRecord.objects.filter(number__in=ordered[start : start + 10_000])
        for record in some.select_related("certification__enrolment__run"):
            found[record.number] = record
    return found
