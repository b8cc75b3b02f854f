"""States of enrolments and of the queue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EnrolmentState(models.TextChoices):
    """An enrolment holds a seat until it is withdrawn; one entered in error counts nowhere."""

    CONFIRMED = "confirmed", _("enrolled")
    WITHDRAWN = "withdrawn", _("withdrawn")
    IN_ERROR = "in_error", _("entered in error")


COUNTABLE_STATES = (EnrolmentState.CONFIRMED, EnrolmentState.WITHDRAWN)
"""A person has at most one enrolment of these in a run: figures count rows."""


class WaitingState(models.TextChoices):
    """A place in the queue, and what became of it."""

    WAITING = "waiting", _("on the waiting list")
    PROMOTED = "promoted", _("got a seat")
    LEFT = "left", _("left the waiting list")
    LAPSED = "lapsed", _("ended without a seat")
    SKIPPED = "skipped", _("passed over, no longer eligible")
