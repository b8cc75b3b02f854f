"""Files of laws that were read and wait for a decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LawImport(models.Model):
    """Files of laws that an administrator uploaded: shown for a decision, then applied all or nothing, and once.

    Written by `services.prepare_law_import`, `services.apply_law_import` and `services.discard_law_import`. `laws`
    is what the files say, as `lawfiles.LawText.as_json` writes it; what applying would do is computed when it is
    looked at. Once applied, `laws` is empty (the library has the words) and `outcome` says what was done.
    """

    file_names = models.TextField(_("files"))
    laws = models.JSONField(_("laws"), default=list)
    outcome = models.JSONField(_("outcome"), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of laws")
        verbose_name_plural = _("imports of laws")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_names
