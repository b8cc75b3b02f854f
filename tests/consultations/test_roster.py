"""Officers and their turns: who may, in which order, fairly; never over what stands."""

import datetime
from collections import Counter

import pytest
from django.utils import timezone

from common.errors import DomainError
from common.models import AuditEntry
from common.officecalendar import set_office_day
from common.officedays import working_days
from consultations.enums import ShiftPart, SwapState
from consultations.hours import begins_at
from consultations.models import DutyShift, HotlineOfficer, ShiftSwap
from consultations.roster import (
    half_days_without_officer,
    next_officer_on_duty,
    officer_on_duty,
    shifts_on_days_off,
    unqualified_officers,
)
from consultations.services.officers import add_officer, move_officer, set_active
from consultations.services.roster import clear_shifts, plan_rotation, reassign_shift
from notifications.models import Message
from qualifications.enums import QualificationState
from tests.factories.accounts import PersonFactory
from tests.factories.consultations import HotlineOfficerFactory, QualificationRecordFactory

pytestmark = pytest.mark.django_db

MORNING, AFTERNOON = ShiftPart.MORNING, ShiftPart.AFTERNOON


def next_monday(weeks=1):
    today = timezone.localdate()
    return today + datetime.timedelta(days=7 * weeks - today.weekday())


def at(day, hour, minute=0):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))


def plan(first, days=7, **options):
    return plan_rotation(first=first, last=first + datetime.timedelta(days=days - 1), by=None, **options)


def lose_qualification(officer):
    officer.person.qualifications.update(state=QualificationState.CANCELLED)


# --- officers -----------------------------------------------------------------------------------


def test_only_who_holds_a_valid_qualification_becomes_an_officer():
    record = QualificationRecordFactory(state=QualificationState.LOST)
    with pytest.raises(DomainError) as refusal:
        add_officer(person=record.person, by=None)
    assert refusal.value.code == "no_qualification"
    assert record.number in str(refusal.value)
    with pytest.raises(DomainError) as refusal:
        add_officer(person=PersonFactory(), by=None)
    assert refusal.value.code == "no_qualification"
    assert not HotlineOfficer.objects.exists()


def test_adding_twice_gives_one_officer_last_in_the_rotation():
    first = add_officer(person=QualificationRecordFactory().person, by=None)
    second = add_officer(person=QualificationRecordFactory().person, by=None)
    assert add_officer(person=first.person, by=None) == first
    assert [officer.pk for officer in HotlineOfficer.objects.all()] == [first.pk, second.pk]
    assert AuditEntry.objects.filter(action="officer.added").count() == 2


def test_an_officer_comes_back_only_with_a_qualification():
    officer = HotlineOfficerFactory()
    set_active(officer=officer, is_active=False, by=None)
    lose_qualification(officer)
    with pytest.raises(DomainError) as refusal:
        set_active(officer=officer, is_active=True, by=None)
    assert refusal.value.code == "no_qualification"
    assert not HotlineOfficer.objects.get().is_active


def test_officers_change_places_and_the_ends_hold():
    a, b, c = (HotlineOfficerFactory(order=0) for _ in range(3))
    move_officer(officer=c, up=True, by=None)
    move_officer(officer=a, up=True, by=None)
    assert list(HotlineOfficer.objects.values_list("pk", "order")) == [(a.pk, 1), (c.pk, 2), (b.pk, 3)]


# --- planning -----------------------------------------------------------------------------------


def test_the_rotation_fills_every_half_day_fairly_and_skips_days_off():
    officers = [HotlineOfficerFactory() for _ in range(6)]
    monday = next_monday()
    holiday, make_up = monday + datetime.timedelta(days=2), monday + datetime.timedelta(days=5)
    set_office_day(day=holiday, is_working=False, name="颱風停班", by=None)
    set_office_day(day=make_up, is_working=True, name="補行上班", by=None)
    plan(monday, days=26)
    shifts = list(DutyShift.objects.all())
    days = working_days(monday, monday + datetime.timedelta(days=25))
    assert holiday not in days
    assert make_up in days
    assert [(shift.day, shift.part) for shift in shifts] == [(day, part) for day in days for part in ShiftPart]
    counts = Counter(shift.officer_id for shift in shifts)
    assert set(counts) == {officer.pk for officer in officers}
    assert max(counts.values()) - min(counts.values()) <= 1
    for part in ShiftPart:
        of_part = Counter(shift.officer_id for shift in shifts if shift.part == part)
        assert max(of_part.values()) - min(of_part.values()) <= 1
    assert all(len({shift.officer_id for shift in shifts if shift.day == day}) == 2 for day in days)


def test_the_rotation_goes_on_after_the_last_one_planned():
    a, b, c = (HotlineOfficerFactory() for _ in range(3))
    monday = next_monday()
    plan(monday, days=1)
    plan(monday + datetime.timedelta(days=1), days=1)
    assert list(DutyShift.objects.values_list("officer", flat=True)) == [a.pk, b.pk, c.pk, a.pk]


def test_planning_again_changes_nothing_and_never_touches_what_stands():
    a, *_others = (HotlineOfficerFactory() for _ in range(3))
    monday = next_monday()
    standing = DutyShift.objects.create(day=monday, part=AFTERNOON, officer=a)
    plan(monday, days=5)
    before = list(DutyShift.objects.values_list("pk", "day", "part", "officer"))
    assert plan(monday, days=5) == []
    assert list(DutyShift.objects.values_list("pk", "day", "part", "officer")) == before
    assert DutyShift.objects.get(pk=standing.pk).officer == a
    assert DutyShift.objects.get(day=monday, part=MORNING).officer != a
    counts = Counter(DutyShift.objects.values_list("officer", flat=True))
    assert max(counts.values()) - min(counts.values()) <= 1
    assert AuditEntry.objects.filter(action="roster.planned").count() == 1


def test_one_officer_alone_has_the_whole_day():
    officer = HotlineOfficerFactory()
    assert [shift.officer for shift in plan(next_monday(), days=1)] == [officer, officer]


def test_who_lost_the_qualification_is_marked_and_not_planned():
    a, b = HotlineOfficerFactory(), HotlineOfficerFactory()
    lose_qualification(b)
    monday = next_monday()
    assert {shift.officer_id for shift in plan(monday, days=5)} == {a.pk}
    assert [officer.pk for officer in unqualified_officers()] == [b.pk]
    with pytest.raises(DomainError) as refusal:
        reassign_shift(shift=DutyShift.objects.first(), officer=b, by=None)
    assert refusal.value.code == "not_ready"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(7, 6, "backwards"), (-1, 6, "past"), (0, 400, "too_long"), (0, 6, "no_officers")],
)
def test_what_cannot_be_planned_is_refused(first, last, code):
    today = timezone.localdate()
    days = (today + datetime.timedelta(days=first), today + datetime.timedelta(days=last))
    with pytest.raises(DomainError) as refusal:
        plan_rotation(first=days[0], last=days[1], by=None)
    assert refusal.value.code == code


def test_each_officer_is_told_their_new_shifts_once_with_a_calendar():
    officers = [HotlineOfficerFactory() for _ in range(2)]
    plan(next_monday(), days=5)
    plan(next_monday(), days=5)
    messages = Message.objects.filter(kind="consultations.shifts_planned").order_by("to")
    assert [message.to for message in messages] == sorted(officer.person.email for officer in officers)
    for message in messages:
        assert message.attachments[0]["text"].count("BEGIN:VEVENT") == 5
        assert "RRULE" not in message.attachments[0]["text"]


# --- changes ------------------------------------------------------------------------------------


def test_a_reassigned_shift_is_told_to_both_and_proposals_lapse():
    a, b, c = (HotlineOfficerFactory() for _ in range(3))
    shift = DutyShift.objects.create(day=next_monday(), part=MORNING, officer=a, reminded_at=timezone.now())
    swap = ShiftSwap.objects.create(shift=shift, asked_by=a, asked_of=c)
    reassign_shift(shift=shift, officer=b, by=None)
    shift.refresh_from_db()
    swap.refresh_from_db()
    assert (shift.officer, shift.reminded_at, swap.state) == (b, None, SwapState.WITHDRAWN)
    kinds = Message.objects.order_by("pk").values_list("kind", "to")
    assert list(kinds) == [
        ("consultations.shift_taken", a.person.email),
        ("consultations.shift_given", b.person.email),
    ]


def test_a_shift_of_the_past_stays_as_it_was():
    a, b = HotlineOfficerFactory(), HotlineOfficerFactory()
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    shift = DutyShift.objects.create(day=yesterday, part=MORNING, officer=a)
    with pytest.raises(DomainError) as refusal:
        reassign_shift(shift=shift, officer=b, by=None)
    assert refusal.value.code == "past"
    assert clear_shifts(first=yesterday, last=yesterday, by=None) == 0
    assert DutyShift.objects.get().officer == a


def test_a_new_holiday_shows_its_shifts_and_clears_them_alone():
    HotlineOfficerFactory()
    monday, friday = next_monday(), next_monday() + datetime.timedelta(days=4)
    plan(monday, days=5, announce=False)
    assert shifts_on_days_off(monday, friday) == []
    set_office_day(day=friday, is_working=False, name="颱風停班", by=None)
    assert [(shift.day, shift.part) for shift in shifts_on_days_off(monday, friday)] == [
        (friday, MORNING),
        (friday, AFTERNOON),
    ]
    assert officer_on_duty(at(friday, 9)) is None
    assert clear_shifts(first=monday, last=friday, only_days_off=True, by=None) == 2
    assert DutyShift.objects.count() == 8
    cleared = Message.objects.get(kind="consultations.shifts_cleared")
    assert cleared.attachments[0]["text"].count("STATUS:CANCELLED") == 2
    assert clear_shifts(first=monday, last=friday, by=None) == 8


# --- who is on duty -----------------------------------------------------------------------------


def test_on_duty_follows_the_clock_the_calendar_and_the_qualification():
    a, b = HotlineOfficerFactory(), HotlineOfficerFactory()
    friday = next_monday() + datetime.timedelta(days=4)
    monday = friday + datetime.timedelta(days=3)
    DutyShift.objects.create(day=friday, part=MORNING, officer=a)
    DutyShift.objects.create(day=friday, part=AFTERNOON, officer=b)
    DutyShift.objects.create(day=monday, part=MORNING, officer=a)
    moments = [at(friday, 7, 59), at(friday, 8), at(friday, 12), at(friday, 13), at(friday, 17), at(monday, 8)]
    assert [officer_on_duty(moment) for moment in moments] == [None, a, None, b, None, a]
    assert [next_officer_on_duty(moment) for moment in moments] == [a, b, b, a, a, None]
    assert next_officer_on_duty(moments[0], but=a) == b
    lose_qualification(a)
    assert officer_on_duty(at(friday, 8)) is None
    assert next_officer_on_duty(moments[0]) == b


def test_half_days_nobody_answers_are_found():
    a, b = HotlineOfficerFactory(), HotlineOfficerFactory()
    monday = next_monday()
    tuesday = monday + datetime.timedelta(days=1)
    DutyShift.objects.create(day=monday, part=MORNING, officer=a)
    DutyShift.objects.create(day=monday, part=AFTERNOON, officer=b)
    DutyShift.objects.create(day=tuesday, part=MORNING, officer=b)
    lose_qualification(b)
    assert half_days_without_officer(monday, tuesday) == [
        (monday, AFTERNOON),
        (tuesday, MORNING),
        (tuesday, AFTERNOON),
    ]
    assert begins_at(monday, AFTERNOON) == at(monday, 13)
