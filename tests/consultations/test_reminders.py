"""Reminders: once, on working days, without a word of what was asked."""

import datetime

import pytest
from django.utils import timezone

from common.officecalendar import set_office_day
from consultations.enums import ShiftPart
from consultations.models import Consultation, DutyShift
from consultations.services.reminders import remind_promises, remind_shifts
from notifications.models import Message
from qualifications.enums import QualificationState
from tests.factories.consultations import ConsultationFactory, HotlineOfficerFactory

pytestmark = pytest.mark.django_db

FRIDAY = datetime.date(2026, 7, 3)
SATURDAY, MONDAY = datetime.date(2026, 7, 4), datetime.date(2026, 7, 6)


def at(day, hour):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


def case(officer, promised_for=FRIDAY, **values):
    return ConsultationFactory(open=True, officer=officer, promised_for=promised_for, **values)


def test_an_officer_gets_one_message_a_day_naming_numbers_alone():
    officer = HotlineOfficerFactory()
    late, due = case(officer, FRIDAY - datetime.timedelta(days=9)), case(officer)
    later, answered = case(officer, MONDAY), ConsultationFactory(officer=officer, promised_for=FRIDAY)
    assert remind_promises(today=FRIDAY) == 2
    assert remind_promises(today=FRIDAY) == 0
    message = Message.objects.get()
    assert (message.kind, message.to) == ("consultations.promises_reminded", officer.person.email)
    words = message.subject + message.text + message.html
    assert [number in words for number in (late.number, due.number, later.number, answered.number)] == [
        True, True, False, False,
    ]  # fmt: skip
    assert late.question[:12] not in words
    assert Consultation.objects.get(pk=late.pk).lock_version == late.lock_version
    assert remind_promises(today=MONDAY) == 3


def test_nobody_is_reminded_on_a_day_off():
    case(HotlineOfficerFactory())
    assert remind_promises(today=SATURDAY) == 0
    set_office_day(day=MONDAY, is_working=False, name="颱風停班", by=None)
    assert remind_promises(today=MONDAY) == 0
    assert not Message.objects.exists()


def test_cases_of_nobody_go_to_whoever_is_on_duty():
    gone, on_duty = HotlineOfficerFactory(is_active=False), HotlineOfficerFactory()
    lost = HotlineOfficerFactory()
    lost.person.qualifications.update(state=QualificationState.REVOKED)
    for officer in (gone, lost, None):
        case(officer)
    assert remind_promises(today=FRIDAY, at=at(FRIDAY, 9)) == 0
    DutyShift.objects.create(day=FRIDAY, part=ShiftPart.MORNING, officer=on_duty)
    assert remind_promises(today=FRIDAY, at=at(FRIDAY, 9)) == 3
    assert Message.objects.get().to == on_duty.person.email


def test_shifts_are_reminded_of_on_the_working_day_before_and_once():
    a, b = HotlineOfficerFactory(), HotlineOfficerFactory()
    DutyShift.objects.create(day=MONDAY, part=ShiftPart.MORNING, officer=a)
    DutyShift.objects.create(day=MONDAY, part=ShiftPart.AFTERNOON, officer=a)
    DutyShift.objects.create(day=MONDAY + datetime.timedelta(days=1), part=ShiftPart.MORNING, officer=b)
    assert remind_shifts(at=at(FRIDAY - datetime.timedelta(days=1), 9)) == 0
    assert remind_shifts(at=at(SATURDAY, 9)) == 0
    assert remind_shifts(at=at(FRIDAY, 9)) == 2
    assert remind_shifts(at=at(FRIDAY, 10)) == 0
    assert list(Message.objects.values_list("kind", "to")) == [("consultations.shifts_reminded", a.person.email)]
    assert remind_shifts(at=at(MONDAY, 9)) == 1  # tomorrow's; today's were reminded of on Friday
