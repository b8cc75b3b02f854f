"""Attendance when two enrolments of one person become one."""

from __future__ import annotations

from accounts.models import User
from common.audit import audit
from courses.enrolment.merging import enrolments
from courses.enrolment.models import Enrolment

from .models import AttendanceRecord


def merge_records(kept: Enrolment, gone: Enrolment, by: User) -> list[str]:
    """Move the records; of two of one session the one with more minutes stays: who sat there answered to one name."""
    own = {record.session_id: record for record in AttendanceRecord.objects.filter(enrolment=kept)}
    for record in AttendanceRecord.objects.filter(enrolment=gone):
        other, more = own.get(record.session_id), record
        if other is not None:
            less, more = sorted((other, record), key=lambda each: (each.minutes_present, each.minutes_excused))
            audit(
                "attendance.joined", obj=more, by=by, session=more.session_id,
                minutes_present=[less.minutes_present, more.minutes_present],
            )  # fmt: skip
            less.delete()
        AttendanceRecord.objects.filter(pk=more.pk).update(enrolment=kept)
    return []


enrolments.register("attendance.AttendanceRecord.enrolment", merge_records)
