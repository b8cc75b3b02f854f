"""What a roll call says about one person in one session."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AttendanceStatus(models.TextChoices):
    """Present for all of it, part of it, or none of it."""

    PRESENT = "present", _("present")
    LATE = "late", _("late")
    LEFT_EARLY = "left_early", _("left early")
    EXCUSED = "excused", _("excused")
    ABSENT = "absent", _("absent")


class AttendanceSource(models.TextChoices):
    """Where a record comes from."""

    ROLL_CALL = "roll_call", _("roll call")
    IMPORT = "import", _("import")
