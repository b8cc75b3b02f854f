"""Records of attendance, laid directly (the services have their own tests)."""

import factory
from factory.django import DjangoModelFactory

from courses.attendance.enums import AttendanceStatus
from courses.attendance.models import AttendanceRecord
from tests.factories.catalogue import SessionFactory
from tests.factories.enrolment import EnrolmentFactory


class AttendanceRecordFactory(DjangoModelFactory[AttendanceRecord]):
    """Present for all of it; `missed=n` minutes makes it late, or absent where nothing is left."""

    class Meta:
        model = AttendanceRecord

    class Params:
        missed = 0

    session = factory.SubFactory(SessionFactory)
    enrolment = factory.SubFactory(EnrolmentFactory, run=factory.SelfAttribute("..session.run"))
    minutes_present = factory.LazyAttribute(lambda o: o.session.minutes - o.missed)
    status = factory.LazyAttribute(
        lambda o: (
            AttendanceStatus.PRESENT
            if not o.missed
            else AttendanceStatus.LATE
            if o.minutes_present
            else AttendanceStatus.ABSENT
        )
    )
