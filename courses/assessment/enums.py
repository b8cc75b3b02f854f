"""States of an import."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """previewed → applied | discarded."""

    PREVIEWED = "previewed", _("previewed")
    APPLIED = "applied", _("applied")
    DISCARDED = "discarded", _("discarded")
