"""What of attendance rests on an enrolment."""

from __future__ import annotations

from django.db.models import Sum
from django.utils.translation import gettext as _

from courses.enrolment.evidence import Evidence, register_evidence
from courses.enrolment.models import Enrolment

from .models import AttendanceRecord


def attendance_of(enrolment: Enrolment) -> list[Evidence]:
    """Return the minutes attended, in words; nothing for somebody who never came."""
    records = AttendanceRecord.objects.filter(enrolment=enrolment)
    minutes = records.aggregate(minutes=Sum("minutes_present"))["minutes"]
    return [Evidence(_("%(minutes)s minutes attended") % {"minutes": minutes}, is_outcome=False)] if minutes else []


register_evidence("attendance", attendance_of)
