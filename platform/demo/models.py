"""What demonstration data lies in this database."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DemoLayer(models.Model):
    """One layer of demonstration data that was laid; its presence marks the database as a demonstration.

    `laid` tells of each model (by label) how many rows there were afterwards and the highest key among them.
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    laid = models.JSONField(_("rows laid"), default=dict)
    laid_at = models.DateTimeField(_("laid at"), auto_now_add=True)

    class Meta:
        verbose_name = _("demonstration layer")
        verbose_name_plural = _("demonstration layers")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
