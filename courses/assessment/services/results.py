"""Recording results: one rule, one path, for a single result and for twenty thousand."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from common.imports import Outcome
from common.templatetags.common_tags import rocdate
from courses.catalogue.models import CourseRun
from courses.enrolment.models import Enrolment

from ..judging import Judged, judge
from ..models import Certification, PaperScore, Result, Sitting
from ..score_sheet import ScoreRow
from ..signals import result_recorded

BATCH = 500


@dataclass(frozen=True)
class ResultEntry:
    """What came of one sitting for one enrolment. `scores` holds points by the paper's name.

    `sitting` is 0 for the first exam, n for make-up n.
    """

    enrolment: Enrolment
    sitting: int
    held_on: datetime.date
    scores: Mapping[str, int] = field(default_factory=dict)
    absent: bool = False
    violation: str = ""


@dataclass(frozen=True)
class Written:
    """What recording did."""

    made: list[Result] = field(default_factory=list)
    changed: list[Result] = field(default_factory=list)
    unchanged: int = 0


def record_result(
    *,
    enrolment: Enrolment,
    sitting: int,
    held_on: datetime.date,
    scores: Mapping[str, int] | None = None,
    absent: bool = False,
    violation: str = "",
    by: User | None,
) -> Result:
    """Record one result and return it; total and pass follow from the run's curriculum (資格辦法 §15 II).

    Idempotent; a different result for the same sitting is a correction, audited with what it said before.
    Raises DomainError with the code of the first rule that forbids it (`problems.MESSAGES`): `barred`,
    `out_of_range`, `missing`, `held_differs`, …
    """
    entry = ResultEntry(enrolment, sitting, held_on, scores or {}, absent, violation)
    record_results(entries=[entry], by=by)
    return Result.objects.select_related("sitting").get(enrolment=enrolment, sitting__number=sitting)


def record_results(*, entries: Sequence[ResultEntry], by: User | None) -> Written:
    """Record many results, all or none, in a number of queries that grows only with the batches.

    Raises DomainError as `record_result` does, naming the trainee.
    """
    rows = [
        ScoreRow(
            row=index,
            run=entry.enrolment.run.code,
            number=entry.enrolment.number,
            name="",
            sitting=entry.sitting,
            held_on=entry.held_on,
            scores=dict(entry.scores),
            absent=entry.absent,
            violation=entry.violation,
            certificate="",
            issued_on=None,
        )
        for index, entry in enumerate(entries, 1)
    ]
    with transaction.atomic():
        lock_runs({row.run for row in rows})
        judged = judge(rows)
        for item in judged:
            if item.problems:
                problem = item.problems[0]
                text = ": ".join(part for part in (problem.column, problem.message) if part)
                raise DomainError(f"{item.given.run} #{item.given.number} {text}", code=problem.code)
        written = write_results(judged, by=by)
        if written.made:
            audit("assessment.results_recorded", by=by, results=len(written.made), runs=sorted({r.run for r in rows}))
    return written


def lock_runs(codes: Iterable[str]) -> None:
    """Let one writer of results at a time work on these runs; the caller is inside a transaction."""
    list(CourseRun.objects.select_for_update(of=("self",)).filter(code__in=codes).order_by("pk").values_list("pk"))


def write_results(judged: Sequence[Judged], *, by: User | None) -> Written:
    """Write judged results; the caller holds the locks, and no row is refused. Corrections are audited one by one."""
    sittings = _sittings(judged, by=by)
    known = {
        result.pk: result
        for start in range(0, len(judged), BATCH)
        for result in Result.objects.filter(
            pk__in=[item.known.pk for item in judged[start : start + BATCH] if item.known and item.writes_result]
        ).select_related("sitting")
    }
    written = Written()
    unchanged = 0
    scores: list[PaperScore] = []
    for item in judged:
        if item.outcome is Outcome.UNCHANGED or not item.writes_result or item.enrolment is None or item.grade is None:
            unchanged += 1
            continue
        if item.known is None:
            result = Result(sitting=sittings[item.enrolment.run_id, item.given.sitting or 0], enrolment=item.enrolment)
            written.made.append(result)
        else:
            result = known[item.known.pk]
            _audit_correction(result, item, by=by)
            written.changed.append(result)
        result.absent, result.violation = item.given.absent, item.given.violation
        result.total, result.passed = item.grade.total, item.grade.passed
        result.recorded_at = timezone.now()
        scores.extend(PaperScore(result=result, paper_id=paper, points=n) for paper, n in item.points.items())
    Result.objects.bulk_create(written.made, batch_size=BATCH)
    Result.objects.bulk_update(
        written.changed, ["absent", "violation", "total", "passed", "recorded_at"], batch_size=BATCH
    )
    PaperScore.objects.filter(result__in=[result.pk for result in written.changed]).delete()
    for score in scores:
        score.result_id = score.result.pk
    PaperScore.objects.bulk_create(scores, batch_size=BATCH)
    _announce(written)
    return Written(written.made, written.changed, unchanged)


def _sittings(judged: Sequence[Judged], *, by: User | None) -> dict[tuple[int, int], Sitting]:
    """Return the sittings that the rows speak of, opening the new ones."""
    wanted = {
        (item.enrolment.run_id, item.given.sitting): item.given.held_on
        for item in judged
        if item.enrolment is not None and item.given.sitting is not None and item.known is None
    }
    known = {
        (sitting.run_id, sitting.number): sitting
        for sitting in Sitting.objects.filter(run__in={run_id for run_id, _number in wanted})
    }
    for key, held_on in sorted(wanted.items()):
        if key not in known and held_on is not None:
            known[key] = Sitting.objects.create(run_id=key[0], number=key[1], held_on=held_on)
            audit("assessment.sitting_opened", obj=known[key], by=by, held_on=held_on.isoformat())
    return known


def _audit_correction(result: Result, item: Judged, *, by: User | None) -> None:
    changes = [list(change) for change in item.changes]
    audit("assessment.result_corrected", obj=result, by=by, enrolment=result.enrolment_id, changes=changes)


def _announce(written: Written) -> None:
    touched = sorted({result.enrolment_id for result in [*written.made, *written.changed]})
    if touched:
        after_commit(result_recorded.send_robust, sender=Result, enrolment_ids=touched)


def move_sitting(*, sitting: Sitting, held_on: datetime.date, by: User) -> Sitting:
    """Correct the day on which a sitting was held; audited.

    Raises DomainError `held_in_future`, `held_before_run`, `out_of_order` (a make-up before the first exam) or
    `pass_is_certified` (a national certificate would be older than the exam that it rests on).
    """
    with transaction.atomic():
        sitting = Sitting.objects.select_for_update(of=("self",)).select_related("run").get(pk=sitting.pk)
        if held_on > timezone.localdate():
            raise DomainError(_("The day of a sitting cannot lie in the future."), code="held_in_future")
        if held_on < sitting.run.starts_on:
            raise DomainError(_("The day of a sitting cannot lie before the run."), code="held_before_run")
        _check_order(sitting, held_on)
        _check_certificates(sitting, held_on)
        if sitting.held_on != held_on:
            before, sitting.held_on = sitting.held_on, held_on
            sitting.save(update_fields=["held_on"])
            audit("assessment.sitting_moved", obj=sitting, by=by, before=before.isoformat(), after=held_on.isoformat())
    return sitting


def _check_order(sitting: Sitting, held_on: datetime.date) -> None:
    """Refuse a make-up before the first exam."""
    others = Sitting.objects.filter(run=sitting.run_id)
    if sitting.number:
        wrong = others.filter(number=0, held_on__gt=held_on).first()
    else:
        wrong = others.filter(number__gt=0, held_on__lt=held_on).order_by("held_on").first()
    if wrong is not None:
        raise DomainError(
            _("A make-up cannot be held before the first exam; the other sitting was held on %(day)s.")
            % {"day": rocdate(wrong.held_on)},
            code="out_of_order",
        )


def _check_certificates(sitting: Sitting, held_on: datetime.date) -> None:
    """Refuse a day after which somebody's national certificate would be older than the pass that it rests on."""
    passed_here = Result.objects.filter(sitting=sitting, passed=True)
    passed_in_time = Result.objects.filter(
        enrolment=OuterRef("enrolment"), passed=True, sitting__held_on__lte=OuterRef("record__issued_on")
    ).exclude(sitting=sitting)
    older = (
        Certification.objects.filter(enrolment__in=passed_here.values("enrolment"), record__issued_on__lt=held_on)
        .filter(~Exists(passed_in_time))
        .select_related("record")
        .order_by("record__issued_on")
        .first()
    )
    if older is not None:
        raise DomainError(
            _("The certificate %(number)s of %(day)s would be older than the exam that it rests on.")
            % {"number": older.record.number, "day": rocdate(older.record.issued_on)},
            code="pass_is_certified",
        )
