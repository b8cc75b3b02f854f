"""Checklists that buyers fill before they publish a tender."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from library.enums import ProcurementKind

from .taxonomy import TaxonomyEdition


class Checklist(models.Model):
    """A buyer's checklist before publishing, saved as it is filled. Only its owner sees it.

    Written by `services.checklists`. `answers` tell by the cause's code {"answer": `ChecklistAnswer`, "note": text}.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), on_delete=models.CASCADE, related_name="checklists"
    )
    title = models.CharField(_("title of the tender"), max_length=200)
    kind = models.CharField(_("kind of procurement"), max_length=10, choices=ProcurementKind.choices)
    edition = models.ForeignKey(TaxonomyEdition, verbose_name=_("edition"), on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    created_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.title
