"""Old spreadsheets on their way into the log."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ConsultationImport(models.Model):
    """A spreadsheet that was read: its columns are mapped, its rows judged, then applied all or nothing, and once.

    Written by `services.importing`. `headings` is the row of headings, `rows` are lists of cells as text with the
    row's number in front, `mapping` tells by our field which heading it comes from; the verdicts are computed when
    they are looked at.
    """

    file_name = models.CharField(_("file name"), max_length=200)
    headings = models.JSONField(_("headings"), default=list)
    rows = models.JSONField(_("rows"), default=list)
    notes = models.JSONField(_("notes"), default=list)
    mapping = models.JSONField(_("mapping"), default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of cases")
        verbose_name_plural = _("imports of cases")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
