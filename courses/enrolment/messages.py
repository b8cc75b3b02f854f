"""The kinds of messages this app writes. Each has three templates under `templates/emails/enrolment/`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EnrolmentMessage(models.TextChoices):
    """Kinds of messages about seats."""

    CONFIRMED = "enrolment.confirmed", _("enrolment confirmed")
    PROMOTED = "enrolment.promoted", _("seat from the waiting list")
    WITHDRAWN = "enrolment.withdrawn", _("enrolment withdrawn")
    QUEUED = "enrolment.queued", _("place on the waiting list")
    QUEUE_ENDED = "enrolment.queue_ended", _("waiting list ended")
    TIMETABLE_CHANGED = "enrolment.timetable_changed", _("timetable changed")
    RUN_CANCELLED = "enrolment.run_cancelled", _("class cancelled")

    @property
    def template(self) -> str:
        """The name of its templates."""
        return self.value.partition(".")[2]
