"""Why tenders fail: a taxonomy in editions, and what was found of each case."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from library.enums import ProcurementKind

from ..enums import Dimension
from .cases import TenderCase, TenderNotice


class TaxonomyEdition(models.Model):
    """One edition of the list of categories, stages, patterns, causes and measures; the newest in force is used.

    Written by `services.taxonomy`. An edition that a diagnosis uses is never changed: a revision copies it into a
    new one. The edition in force is the newest whose `effective_from` is not later than today and which is published.
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    effective_from = models.DateField(_("in force from"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=250)

    class Meta:
        verbose_name = _("edition of the taxonomy")
        verbose_name_plural = _("editions of the taxonomy")
        ordering = ["-effective_from", "-pk"]

    def __str__(self) -> str:
        return self.name


class TaxonomyEntry(models.Model):
    """One category, stage, pattern, cause or measure of an edition, with the source that it was taken from.

    `code` stays the same from edition to edition: figures over years go by it. A cause names the `measures` that
    answer it, and asks its `question` in the checklist before publishing; `kinds` narrows it to kinds of procurement
    (empty: all). A cause belongs to the stage in which a buyer can still do something about it.
    """

    edition = models.ForeignKey(
        TaxonomyEdition, verbose_name=_("edition"), on_delete=models.CASCADE, related_name="entries"
    )
    dimension = models.CharField(_("dimension"), max_length=10, choices=Dimension.choices)
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    source = models.CharField(_("source"), max_length=250)
    kinds = models.JSONField(_("kinds of procurement"), default=list, blank=True)
    stage = models.ForeignKey(
        "self", verbose_name=_("stage"), null=True, blank=True, on_delete=models.PROTECT, related_name="causes",
        limit_choices_to={"dimension": Dimension.STAGE},
    )  # fmt: skip
    measures = models.ManyToManyField(
        "self", verbose_name=_("measures"), blank=True, symmetrical=False, related_name="answers",
        limit_choices_to={"dimension": Dimension.MEASURE},
    )  # fmt: skip
    question = models.CharField(_("question of the checklist"), max_length=250, blank=True)
    question_en = models.CharField(_("English question"), max_length=350, blank=True)

    class Meta:
        verbose_name = _("entry of the taxonomy")
        verbose_name_plural = _("entries of the taxonomy")
        ordering = ["edition", "dimension", "order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "dimension", "code"],
                name="taxonomy_code_once",
                violation_error_message=_("This edition already has an entry of this code."),
            )
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name

    @property
    def asks(self) -> str:
        """The question of the checklist in the reader's language; empty where none is asked."""
        return self.question_en if self.question_en and get_language() == "en" else self.question

    def applies_to(self, kind: str) -> bool:
        """Whether the entry speaks of this kind of procurement (`ProcurementKind`, empty for any)."""
        return not self.kinds or not kind or ProcurementKind(kind).value in self.kinds


class Diagnosis(models.Model):
    """Why a case failed, as the review group's staff found it: one is current, earlier ones stay to be read.

    Written by `services.diagnosing.diagnose`. `evidence` is the notice that shows it. Nothing is diagnosed that
    did not fail.
    """

    case = models.ForeignKey(TenderCase, verbose_name=_("case"), on_delete=models.CASCADE, related_name="diagnoses")
    is_current = models.BooleanField(_("current"), default=True)
    edition = models.ForeignKey(TaxonomyEdition, verbose_name=_("edition"), on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(
        TaxonomyEntry, verbose_name=_("category (類別)"), on_delete=models.PROTECT, related_name="+"
    )
    stage = models.ForeignKey(TaxonomyEntry, verbose_name=_("stage (階段)"), on_delete=models.PROTECT, related_name="+")
    pattern = models.ForeignKey(
        TaxonomyEntry, verbose_name=_("pattern (態樣)"), on_delete=models.PROTECT, related_name="+"
    )
    cause = models.ForeignKey(
        TaxonomyEntry, verbose_name=_("main cause (主因)"), on_delete=models.PROTECT, related_name="diagnoses"
    )
    measures = models.ManyToManyField(TaxonomyEntry, verbose_name=_("measures (精進措施)"), related_name="+")
    evidence = models.ForeignKey(
        TenderNotice, verbose_name=_("evidence: the notice"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    explanation = models.TextField(_("what shows it"), max_length=2000)
    diagnosed_on = models.DateField(_("diagnosed on"), default=timezone.localdate)
    diagnosed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("diagnosed by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    DIMENSIONS: ClassVar[tuple[str, ...]] = ("category", "stage", "pattern", "cause")

    class Meta:
        verbose_name = _("diagnosis")
        verbose_name_plural = _("diagnoses")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(is_current=True), name="diagnosis_one_current"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.cause}"
