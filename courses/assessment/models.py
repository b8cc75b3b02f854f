"""Sittings, results, papers' scores, the national certificate that came of a run, and score files."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.catalogue.models import CourseRun, Paper
from courses.enrolment.models import Enrolment
from qualifications.models import QualificationRecord

from .enums import ImportState


class Sitting(models.Model):
    """The exam of a run on one day (場次): 0 is the first, n is make-up n (補考, Art. 15 III)."""

    run = models.ForeignKey(CourseRun, verbose_name=_("course run"), on_delete=models.PROTECT, related_name="sittings")
    number = models.PositiveSmallIntegerField(_("number"), default=0)
    held_on = models.DateField(_("held on"))

    class Meta:
        verbose_name = _("sitting")
        verbose_name_plural = _("sittings")
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "number"],
                name="sitting_once",
                violation_error_message=_("This run already has this sitting."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run.code} {self.number}"


class Result(models.Model):
    """What came of one sitting for one enrolment. Every sitting is kept.

    Written by `services.record_result`, which sets `total` (points) and `passed` by the curriculum's rule.
    """

    sitting = models.ForeignKey(Sitting, verbose_name=_("sitting"), on_delete=models.PROTECT, related_name="results")
    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="results"
    )
    absent = models.BooleanField(_("absent from the exam"), default=False)
    violation = models.CharField(_("violation"), max_length=200, blank=True)
    total = models.PositiveSmallIntegerField(_("total, points"), null=True, blank=True)
    passed = models.BooleanField(_("passed"), default=False)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now=True)

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["enrolment", "sitting"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "enrolment"],
                name="one_result_per_sitting",
                violation_error_message=_("This person already has a result of this sitting."),
            ),
            models.CheckConstraint(
                condition=models.Q(absent=True, total__isnull=True, passed=False)
                | models.Q(absent=False, total__isnull=False),
                name="absent_has_no_score",
                violation_error_message=_("Somebody absent has no score; somebody present has one."),
            ),
        ]
        indexes = [models.Index(fields=["enrolment", "passed"], name="result_of_enrolment")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.total}"


class PaperScore(models.Model):
    """The points of one paper in one result."""

    result = models.ForeignKey(Result, verbose_name=_("result"), on_delete=models.CASCADE, related_name="scores")
    paper = models.ForeignKey(Paper, verbose_name=_("paper"), on_delete=models.PROTECT, related_name="scores")
    points = models.PositiveSmallIntegerField(_("points"))

    class Meta:
        verbose_name = _("score of a paper")
        verbose_name_plural = _("scores of papers")
        ordering = ["result", "paper__order"]
        constraints = [models.UniqueConstraint(fields=["result", "paper"], name="one_score_per_paper")]

    def __str__(self) -> str:
        return f"{self.paper_id}: {self.points}"


class Certification(models.Model):
    """The national certificate that an enrolment led to: what the reported pass rate counts."""

    enrolment = models.OneToOneField(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="certification"
    )
    record = models.OneToOneField(
        QualificationRecord, verbose_name=_("qualification record"), on_delete=models.PROTECT,
        related_name="certification",
    )  # fmt: skip

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.record)


class ScoreImport(models.Model):
    """One uploaded score file: read and judged row by row (`preview`), applied whole or not at all.

    Moved by `services.preview_scores`, `services.apply_scores` and `services.discard_scores`.
    """

    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    rows = models.JSONField(_("rows with verdicts"), default=list)
    notes = models.JSONField(_("notes on the file"), default=list)
    counts = models.JSONField(_("counts"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.PREVIEWED)
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("score file")
        verbose_name_plural = _("score files")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
