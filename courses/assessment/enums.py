"""States of an import; which national certificate a kind of course leads to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.catalogue.enums import CourseKind
from qualifications.enums import Level

LEVEL_OF_KIND: dict[str, Level] = {CourseKind.BASIC: Level.BASIC, CourseKind.ADVANCED: Level.ADVANCED}
"""Which national certificate a kind of course leads to (資格辦法 §3–5)."""


class ImportState(models.TextChoices):
    """previewed → applied | discarded."""

    PREVIEWED = "previewed", _("previewed")
    APPLIED = "applied", _("applied")
    DISCARDED = "discarded", _("discarded")
