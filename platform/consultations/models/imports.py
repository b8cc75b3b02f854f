"""Old spreadsheets on their way into the log."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..enums import ImportState


class ConsultationImport(models.Model):
    """A spreadsheet that was read: its columns are mapped, its rows judged, then applied all or nothing, and once.

    Written by `services.importing`. `headings` is the row of headings (row `header_row` of the file), `rows` are
    lists of cells as text with the row's number in front; `merged` are the merged cells (first row, first column,
    last row, last column; columns from 0), `doubts` tell by "row:column" why a cell's value cannot be taken,
    and `held` what a cell held that was neither text nor a plain number (a letter of `common.spreadsheets.Held`).
    `mapping` tells by our field which column, from 0, it comes from; `fills` by our field what its blank cells
    mean (`Fill`). The verdicts are computed when they are looked at, and again before anything is written.

    uploaded → queued → running → done | failed. `written` are the keys of the cases that were made, in one commit
    with `applied_at`; `done` of them have been put into the search since.
    """

    file_name = models.CharField(_("file name"), max_length=200)
    headings = models.JSONField(_("headings"), default=list)
    header_row = models.PositiveIntegerField(_("row of headings"), default=1)
    rows = models.JSONField(_("rows"), default=list)
    merged = models.JSONField(_("merged cells"), default=list)
    doubts = models.JSONField(_("doubtful cells"), default=dict)
    held = models.JSONField(_("cells that were no text"), default=dict)
    notes = models.JSONField(_("notes"), default=list)
    mapping = models.JSONField(_("mapping"), default=dict)
    fills = models.JSONField(_("blank cells"), default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    is_partial = models.BooleanField(_("only the accepted rows"), default=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("applied by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    written = models.JSONField(_("cases written"), default=list)
    done = models.PositiveIntegerField(_("cases in the search"), default=0)
    total = models.PositiveIntegerField(_("cases to write"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    problem = models.TextField(_("why it failed"), blank=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("import of cases")
        verbose_name_plural = _("imports of cases")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
