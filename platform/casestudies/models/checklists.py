"""Checklists that buyers fill before they publish a tender."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind
from library.enums import ProcurementKind

from .taxonomy import TaxonomyEdition


class Checklist(models.Model):
    """A buyer's checklist before publishing, saved as it is filled. Only its owner sees it.

    Written by `services.checklists`. `answers` tell by the cause's code {"answer": `ChecklistAnswer`, "note": text}.
    What is being prepared is confidential until it is published (採購法第 34 條), so the list never names its tender
    where others may read it: not in the audit trail, and not in addresses. `amount` is whole NT$.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), on_delete=models.CASCADE, related_name="checklists"
    )
    title = models.CharField(_("title of the tender"), max_length=200, blank=True)
    kind = models.CharField(_("kind of procurement"), max_length=10, choices=ProcurementKind.choices)
    amount = models.PositiveBigIntegerField(_("amount with options, NT$"), null=True, blank=True)
    agency_name = models.CharField(_("agency"), max_length=120, blank=True)
    agency_kind = models.CharField(_("kind of agency"), max_length=20, choices=AgencyKind.choices, blank=True)
    edition = models.ForeignKey(TaxonomyEdition, verbose_name=_("edition"), on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    created_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return gettext("Checklist %(number)s") % {"number": self.pk}

    def get_absolute_url(self) -> str:
        """Address where its owner goes on."""
        return reverse("casestudies:my-checklist", args=[self.pk])
