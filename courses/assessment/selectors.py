"""Reads of results: sittings of an enrolment, who passed and when."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from common.templatetags.common_tags import rocdate
from courses.catalogue.enums import KINDS_WITH_EXAM
from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from qualifications.models import QualificationRecord

from .enums import LEVEL_OF_KIND, ImportState
from .models import Certification, Result, ScoreImport, Sitting


def _with_scores(results: QuerySet[Result]) -> QuerySet[Result]:
    return results.select_related("sitting").prefetch_related("scores__paper").order_by("sitting__number")


def results_of(enrolment: Enrolment) -> list[Result]:
    """Return every sitting's result of `enrolment`, the first exam first, with sitting and papers' scores."""
    return list(_with_scores(Result.objects.filter(enrolment=enrolment)))


def has_passed(enrolment: Enrolment, *, as_of: datetime.date | None = None) -> bool:
    """Whether any sitting up to `as_of` (default: ever) was passed."""
    results = Result.objects.filter(enrolment=enrolment, passed=True)
    if as_of is not None:
        results = results.filter(sitting__held_on__lte=as_of)
    return results.exists()


def best_result(enrolment: Enrolment) -> Result | None:
    """Return the passed result, else the one with most points; None for somebody who never sat."""
    sat = Result.objects.filter(enrolment=enrolment, absent=False).select_related("sitting")
    return sat.order_by("-passed", "-total", "sitting__number").first()


def first_passed_on(enrolment: Enrolment) -> datetime.date | None:
    """Return the day of the first sitting that was passed."""
    held_on: datetime.date | None = (
        Result.objects.filter(enrolment=enrolment, passed=True)
        .order_by("sitting__held_on")
        .values_list("sitting__held_on", flat=True)
        .first()
    )
    return held_on


def contradiction_of_certification(record: QualificationRecord) -> str:
    """Return in words what the certification that rests on `record` says otherwise; "" where all agrees."""
    tied = Certification.objects.filter(record=record).select_related("enrolment__person", "enrolment__run__course")
    certification = tied.first()
    if certification is None:
        return ""
    enrolment = certification.enrolment
    passed_on = first_passed_on(enrolment)
    if record.person_id != enrolment.person_id:
        contradicted = _("the trainee is %(name)s") % {"name": enrolment.person.name}
    elif record.level != LEVEL_OF_KIND.get(enrolment.run.course.kind):
        contradicted = _("this course leads to another level")
    elif passed_on is not None and record.issued_on < passed_on:
        contradicted = _("the exam was passed on %(day)s, after this day of issue") % {"day": rocdate(passed_on)}
    else:
        return ""
    return _(
        "The certificate is tied to number %(number)s of %(run)s, and that contradicts it: %(contradicted)s."
        " If it was tied to the wrong trainee, untie it first, under Results."
    ) % {"number": enrolment.number, "run": enrolment.run.code, "contradicted": contradicted}


def runs_without_results(*, day: datetime.date | None = None) -> QuerySet[CourseRun]:
    """Return finished runs with an exam and trainees of which no sitting is recorded, the oldest first."""
    return (
        CourseRun.objects.filter(
            Exists(Enrolment.objects.filter(run=OuterRef("pk"), state=EnrolmentState.CONFIRMED)),
            ~Exists(Sitting.objects.filter(run=OuterRef("pk"))),
            course__kind__in=KINDS_WITH_EXAM,
            ends_on__lt=day or timezone.localdate(),
            cancelled_at__isnull=True,
        )
        .select_related("course")
        .order_by("ends_on", "code")
    )


def sittings_offered(runs: Iterable[CourseRun]) -> dict[int, list[int]]:
    """Return by run the sittings to fill a template for: those recorded, and the next one. One query."""
    recorded: dict[int, set[int]] = defaultdict(set)
    ids = [run.pk for run in runs]
    for run_id, number in Sitting.objects.filter(run__in=ids).values_list("run", "number"):
        recorded[run_id].add(number)
    return {run_id: sorted({0, *recorded[run_id], max(recorded[run_id], default=-1) + 1}) for run_id in ids}


def imports_waiting() -> QuerySet[ScoreImport]:
    """Return score files that were previewed and neither applied nor discarded, without their rows."""
    return ScoreImport.objects.filter(state=ImportState.PREVIEWED).defer("rows").select_related("uploaded_by__person")
