"""The amounts by which procurement is divided into bands, with the days they hold for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..enums import ProcurementKind, ThresholdKind
from .laws import Article


class Threshold(models.Model):
    """One amount (NT$) of one kind, for one kind of procurement, from a day on.

    The row in force on a day is the newest whose `effective_from` is not later. An empty
    `procurement_kind` holds for works, goods and services alike. Amounts of the past are never changed: an
    amendment is a new row. A purchase is judged by the amounts of its own day (工程企字第1110100848號).
    """

    kind = models.CharField(_("threshold"), max_length=20, choices=ThresholdKind.choices)
    procurement_kind = models.CharField(
        _("kind of procurement"), max_length=10, choices=ProcurementKind.choices, blank=True,
        help_text=_("Empty: works, goods and services alike."),
    )  # fmt: skip
    amount = models.PositiveBigIntegerField(_("amount, NT$"))
    effective_from = models.DateField(_("in force from"))
    article = models.ForeignKey(
        Article, verbose_name=_("article"), null=True, blank=True, on_delete=models.PROTECT, related_name="thresholds"
    )
    source = models.CharField(_("source"), max_length=250)

    class Meta:
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        ordering = ["kind", "procurement_kind", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "procurement_kind", "effective_from"],
                name="threshold_once_a_day",
                violation_error_message=_("There is already an amount of this kind from this day on."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="threshold_positive",
                violation_error_message=_("An amount is more than 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:,}"
