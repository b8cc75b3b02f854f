"""Attendance in minutes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.catalogue.models import Session
from courses.enrolment.models import Enrolment

from .enums import AttendanceSource, AttendanceStatus


class AttendanceRecord(models.Model):
    """One enrolment in one session: minutes present, minutes excused; the rest was missed.

    Written by `services.record_roll_call`. No record is neither presence nor absence.
    """

    session = models.ForeignKey(
        Session, verbose_name=_("session"), on_delete=models.PROTECT, related_name="attendance_records"
    )
    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="attendance_records"
    )
    status = models.CharField(_("status"), max_length=10, choices=AttendanceStatus.choices)
    minutes_present = models.PositiveSmallIntegerField(_("minutes present"))
    minutes_excused = models.PositiveSmallIntegerField(_("minutes excused"), default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    source = models.CharField(
        _("source"), max_length=10, choices=AttendanceSource.choices, default=AttendanceSource.ROLL_CALL
    )
    recorded_at = models.DateTimeField(_("recorded at"), auto_now=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recorded by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("attendance record")
        verbose_name_plural = _("attendance records")
        ordering = ["session", "enrolment"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"],
                name="one_record_per_session",
                violation_error_message=_("This session already has a record of this person."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.enrolment_id} {self.minutes_present}"
