"""Reads of results: sittings of an enrolment, who passed and when."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from courses.catalogue.enums import KINDS_WITH_EXAM
from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment

from .enums import ImportState
from .models import Result, ScoreImport, Sitting


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


def imports_waiting() -> QuerySet[ScoreImport]:
    """Return score files that were previewed and neither applied nor discarded, without their rows."""
    return ScoreImport.objects.filter(state=ImportState.PREVIEWED).defer("rows").select_related("uploaded_by__person")
