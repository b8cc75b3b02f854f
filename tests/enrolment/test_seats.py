"""The rules of seats and queues, one at a time. Many at once: tests/concurrency."""

import datetime

import pytest
from django.utils import timezone

from accounts.enums import Role
from common.errors import DomainError
from common.models import AuditEntry
from courses.catalogue.enums import CourseKind
from courses.enrolment.enums import EnrolmentState, WaitingState
from courses.enrolment.models import Enrolment, WaitingListEntry
from courses.enrolment.selectors import place_in_queue, seats_left
from courses.enrolment.services import (
    change_seats,
    enrol_trainee,
    leave_waiting_list,
    promote_waiting,
    withdraw_enrolment,
)
from qualifications.enums import Level
from qualifications.models import QualificationRecord
from tests.factories.accounts import PersonFactory, UserFactory
from tests.factories.catalogue import CourseFactory, CourseRunFactory, CurriculumFactory

pytestmark = pytest.mark.django_db


def _fill(run, count):
    return [enrol_trainee(run=run, person=PersonFactory(), by=None) for _ in range(count)]


def _numbers(run):
    rows = Enrolment.objects.filter(run=run, state=EnrolmentState.CONFIRMED)
    return list(rows.order_by("number").values_list("number", flat=True))


def test_a_seat_keeps_the_agency_of_its_day():
    person = PersonFactory()
    enrolment = enrol_trainee(run=CourseRunFactory(), person=person, by=None)
    old = person.agency
    person.agency = None
    person.save()
    enrolment.refresh_from_db()
    assert enrolment.agency == old


def test_enrolling_twice_gives_the_same_enrolment():
    run, user = CourseRunFactory(), UserFactory()
    first = enrol_trainee(run=run, person=user.person, by=user)
    assert enrol_trainee(run=run, person=user.person, by=user) == first
    assert Enrolment.objects.count() == 1
    assert AuditEntry.objects.filter(action="enrolment.confirmed").count() == 1


def test_a_full_run_puts_people_on_its_waiting_list_once_and_in_order():
    run = CourseRunFactory(seats=2)
    _fill(run, 2)
    third, fourth = _fill(run, 2)
    assert [type(third), type(fourth)] == [WaitingListEntry, WaitingListEntry]
    assert [place_in_queue(third), place_in_queue(fourth)] == [1, 2]
    assert enrol_trainee(run=run, person=third.person, by=None) == third
    assert seats_left(run) == 0


def test_the_number_of_a_withdrawn_trainee_is_never_given_again():
    run = CourseRunFactory(seats=2)
    _first, second = _fill(run, 2)
    withdraw_enrolment(enrolment=second, by=None)
    _fill(run, 1)
    assert _numbers(run) == [1, 3]


def test_the_queue_goes_before_newcomers_even_when_no_task_has_run_yet():
    run = CourseRunFactory(seats=1)
    [seat] = _fill(run, 1)
    [waiting] = _fill(run, 1)
    withdraw_enrolment(enrolment=seat, by=None)
    newcomer = enrol_trainee(run=run, person=PersonFactory(), by=None)
    assert isinstance(newcomer, WaitingListEntry)
    assert Enrolment.objects.get(run=run, state=EnrolmentState.CONFIRMED).person == waiting.person


def test_who_withdrew_queues_at_the_end():
    run = CourseRunFactory(seats=1)
    [seat] = _fill(run, 1)
    [waiting] = _fill(run, 1)
    withdraw_enrolment(enrolment=seat, by=None)
    again = enrol_trainee(run=run, person=seat.person, by=None)
    assert isinstance(again, WaitingListEntry)
    assert Enrolment.objects.get(run=run, state=EnrolmentState.CONFIRMED).person == waiting.person


def test_withdrawing_frees_the_seat_and_the_promotion_gives_it_to_the_first():
    run = CourseRunFactory(seats=2)
    first, _second = _fill(run, 2)
    third, fourth = _fill(run, 2)
    withdraw_enrolment(enrolment=first, by=None)
    [promoted] = promote_waiting(run=run)
    assert promoted.person == third.person
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert (third.state, fourth.state) == (WaitingState.PROMOTED, WaitingState.WAITING)
    assert promote_waiting(run=run) == []


def test_withdrawing_twice_changes_nothing_the_second_time():
    enrolment = enrol_trainee(run=CourseRunFactory(), person=PersonFactory(), by=None)
    first = withdraw_enrolment(enrolment=enrolment, by=None)
    second = withdraw_enrolment(enrolment=enrolment, by=None)
    assert (second.withdrawn_at, second.calendar_sequence) == (first.withdrawn_at, 1)
    assert AuditEntry.objects.filter(action="enrolment.withdrawn").count() == 1


def test_trainees_withdraw_until_the_deadline_administrators_later_too():
    run, trainee = CourseRunFactory(), UserFactory()
    enrolment = enrol_trainee(run=run, person=trainee.person, by=trainee)
    run.withdraw_until = timezone.now() - datetime.timedelta(minutes=1)
    run.save()
    with pytest.raises(DomainError) as refused:
        withdraw_enrolment(enrolment=enrolment, by=trainee)
    assert refused.value.code == "too_late"
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    assert withdraw_enrolment(enrolment=enrolment, by=administrator).state == EnrolmentState.WITHDRAWN


def test_raised_seats_go_to_those_who_wait():
    run = CourseRunFactory(seats=1)
    _fill(run, 1)
    second, third, fourth = _fill(run, 3)
    change_seats(run=run, seats=3, by=None)
    promoted = promote_waiting(run=run)
    assert [row.person for row in promoted] == [second.person, third.person]
    assert place_in_queue(fourth) == 1


def test_seats_never_fall_below_the_enrolled():
    run = CourseRunFactory(seats=3)
    _fill(run, 2)
    with pytest.raises(DomainError) as refused:
        change_seats(run=run, seats=1, by=None)
    assert refused.value.code == "too_few_seats"
    assert change_seats(run=run, seats=2, by=None).seats == 2


def test_who_leaves_the_queue_is_not_promoted():
    run = CourseRunFactory(seats=1)
    [seat] = _fill(run, 1)
    second, third = _fill(run, 2)
    leave_waiting_list(entry=second, by=None)
    leave_waiting_list(entry=second, by=None)
    withdraw_enrolment(enrolment=seat, by=None)
    [promoted] = promote_waiting(run=run)
    assert promoted.person == third.person
    second.refresh_from_db()
    assert second.state == WaitingState.LEFT


def _advanced_run(seats):
    course = CourseFactory(kind=CourseKind.ADVANCED, required_level=Level.BASIC)
    return CourseRunFactory(curriculum=CurriculumFactory(course=course), seats=seats)


def _qualified():
    person = PersonFactory()
    QualificationRecord.objects.create(
        person=person, level=Level.BASIC, number=f"N{person.pk}", issued_on=datetime.date(2020, 1, 1)
    )
    return person


def test_the_advanced_class_demands_the_basic_qualification_whoever_enrols():
    """資格辦法 §11 II."""
    run = _advanced_run(3)
    with pytest.raises(DomainError) as refused:
        enrol_trainee(run=run, person=PersonFactory(), by=UserFactory(roles=[Role.ADMINISTRATOR]))
    assert refused.value.code == "not_qualified"
    assert isinstance(enrol_trainee(run=run, person=_qualified(), by=None), Enrolment)


def test_who_lost_the_qualification_is_passed_over_with_the_reason_and_the_next_one_is_promoted():
    run = _advanced_run(1)
    seat = enrol_trainee(run=run, person=_qualified(), by=None)
    lost = enrol_trainee(run=run, person=_qualified(), by=None)
    after = enrol_trainee(run=run, person=_qualified(), by=None)
    QualificationRecord.objects.filter(person=lost.person).update(state="lost")
    withdraw_enrolment(enrolment=seat, by=None)
    [promoted] = promote_waiting(run=run)
    assert promoted.person == after.person
    lost.refresh_from_db()
    assert lost.state == WaitingState.SKIPPED
    assert lost.reason != ""
    assert AuditEntry.objects.get(action="waiting_list.skipped").data["reason"] == "not_qualified"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"enrol_from": 1, "enrol_until": 2}, "not_open"),
        ({"enrol_from": -3, "enrol_until": -1}, "closed"),
        ({"cancelled_at": -1}, "cancelled"),
    ],
)
def test_people_enrol_themselves_only_within_the_window(change, code):
    run, user = CourseRunFactory(), UserFactory()
    for field, days in change.items():
        setattr(run, field, timezone.now() + datetime.timedelta(days=days))
    run.save()
    with pytest.raises(DomainError) as refused:
        enrol_trainee(run=run, person=user.person, by=user)
    assert refused.value.code == code
    assert not Enrolment.objects.exists()


def test_an_unverified_account_is_refused():
    run, user = CourseRunFactory(), UserFactory()
    user.emailaddress_set.update(verified=False)
    with pytest.raises(DomainError) as refused:
        enrol_trainee(run=run, person=user.person, by=user)
    assert refused.value.code == "not_verified"


def test_administrators_enrol_after_the_window_but_never_beyond_the_seats():
    run = CourseRunFactory(seats=1, enrol_until=timezone.now() - datetime.timedelta(hours=1))
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    assert isinstance(enrol_trainee(run=run, person=PersonFactory(), by=administrator), Enrolment)
    assert isinstance(enrol_trainee(run=run, person=PersonFactory(), by=administrator), WaitingListEntry)


def test_the_queue_of_a_run_that_has_begun_is_closed_with_the_reason():
    run = CourseRunFactory(seats=1)
    _fill(run, 1)
    [entry] = _fill(run, 1)
    run.starts_on = timezone.localdate()
    run.seats = 2
    run.save()
    assert promote_waiting(run=run) == []
    entry.refresh_from_db()
    assert entry.state == WaitingState.LAPSED
    assert entry.reason != ""
