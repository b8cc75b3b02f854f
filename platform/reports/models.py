"""What reports are held against."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Target(models.Model):
    """The target of one figure for one year (年度目標值), with the document it comes from."""

    report = models.SlugField(_("report"), max_length=60)
    measure = models.SlugField(_("measure"), max_length=60)
    scope = models.CharField(_("scope"), max_length=60, blank=True, help_text=_("For example the kind of course."))
    roc_year = models.PositiveSmallIntegerField(
        _("ROC year"), validators=[MinValueValidator(80), MaxValueValidator(200)]
    )
    value = models.DecimalField(_("target"), max_digits=12, decimal_places=2)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["-roc_year", "report", "measure", "scope"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "measure", "scope", "roc_year"],
                name="target_once_a_year",
                violation_error_message=_("This year already has a target for this figure."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.roc_year}: {self.value}"
