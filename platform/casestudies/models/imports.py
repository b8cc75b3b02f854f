"""Files of notices on their way in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..enums import CaseSource, NoticeImportState


class NoticeImport(models.Model):
    """A file of notices: read and judged by the worker, looked at by a person, applied all or nothing, and once.

    Written by `services.importing`. uploaded → reading → read → queued → running → done | failed. The file
    is kept in private storage (`file`) until it is applied or thrown away. `headings` and `mapping` (our field →
    column, from 0) are a spreadsheet's. `counts` are the verdicts by `common.imports.Outcome`; `problems` hold the
    first refused rows as {row, field, label, reason}; `notes` what else the reader should know. The verdicts
    are computed again before anything is written. `done` of `total` rows have been gone through.
    """

    file_name = models.CharField(_("file name"), max_length=200)
    file = models.CharField(_("kept as"), max_length=200, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=14, choices=CaseSource.choices, default=CaseSource.API)
    headings = models.JSONField(_("headings"), default=list, blank=True)
    header_row = models.PositiveIntegerField(_("row of headings"), default=1)
    mapping = models.JSONField(_("mapping"), default=dict, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=NoticeImportState.choices, default=NoticeImportState.UPLOADED
    )
    counts = models.JSONField(_("verdicts"), default=dict, blank=True)
    problems = models.JSONField(_("refused rows"), default=list, blank=True)
    notes = models.JSONField(_("notes"), default=list, blank=True)
    is_partial = models.BooleanField(_("only the accepted rows"), default=False)
    done = models.PositiveIntegerField(_("rows gone through"), default=0)
    total = models.PositiveIntegerField(_("rows"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    problem = models.TextField(_("why it failed"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("applied by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("import of notices")
        verbose_name_plural = _("imports of notices")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
