"""A person counts once in a run, whatever was clicked."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Role
from common.errors import DomainError
from common.models import AuditEntry
from courses.assessment.pass_rate import Scope, counts, people
from courses.attendance.models import AttendanceRecord
from courses.enrolment.enums import EnrolmentState, WaitingState
from courses.enrolment.models import Enrolment, WaitingListEntry
from courses.enrolment.services import (
    enrol_trainee,
    mark_entered_in_error,
    promote_waiting,
    restore_enrolment,
    withdraw_enrolment,
)
from tests.factories.accounts import AgencyFactory, PersonFactory, UserFactory
from tests.factories.assessment import CertificationFactory, ResultFactory
from tests.factories.attendance import AttendanceRecordFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def administrator():
    return UserFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def over():
    """A basic class of last week, attended and passed by one person, attended by another."""
    first = timezone.localdate() - 7 * DAY
    run = CourseRunFactory(basic=True, seats=3, starts_on=first, ends_on=first)
    session = SessionFactory(run=run)
    for number in (1, 2):
        enrolment = EnrolmentFactory(run=run, number=number, confirmed_at=session.starts_at - 20 * DAY)
        AttendanceRecordFactory(session=session, enrolment=enrolment)
    return run


def _figures(run):
    [row] = counts(Scope(as_of=timezone.localdate() + 90 * DAY, run=run.code), {"run": "run__code"})
    return [row[key] for key in ("trained", "examined", "passed", "certified")]


def test_withdrawn_by_mistake_and_enrolled_again_is_the_same_enrolment_with_all_that_hangs_on_it(over, administrator):
    enrolment = over.enrolments.get(number=1)
    ResultFactory(enrolment=enrolment)
    CertificationFactory(enrolment=enrolment)
    withdraw_enrolment(enrolment=enrolment, by=administrator, despite_outcomes=True)
    assert _figures(over) == [2, 1, 1, 1]
    again = enrol_trainee(run=over, person=enrolment.person, by=administrator)
    assert (again, again.number, again.confirmed_at) == (enrolment, 1, enrolment.confirmed_at)
    assert _figures(over) == [2, 1, 1, 1]
    scope = Scope(as_of=timezone.localdate(), run=over.code)
    assert sorted(people(scope, "trained").values_list("number", flat=True)) == [1, 2]
    assert AttendanceRecord.objects.filter(enrolment__state=EnrolmentState.CONFIRMED).count() == 2


def test_taking_back_a_withdrawal_restores_number_agency_and_day_and_is_on_record(over, administrator):
    enrolment = over.enrolments.get(number=1)
    withdraw_enrolment(enrolment=enrolment, by=administrator, reason="點錯")
    enrolment.person.agency = AgencyFactory()
    enrolment.person.save()
    restored = restore_enrolment(enrolment=enrolment, by=administrator)
    facts = ("pk", "number", "agency_id", "confirmed_at", "withdrawn_at", "exit_reason")
    assert [getattr(restored, fact) for fact in facts] == [getattr(enrolment, fact) for fact in facts]
    assert restored.calendar_sequence == 2
    assert AuditEntry.objects.get(action="enrolment.restored").data["reason"] == "點錯"
    assert restore_enrolment(enrolment=enrolment, by=administrator).restored_at == restored.restored_at


def test_who_withdrew_before_the_beginning_comes_back_as_on_that_day_with_their_number(administrator):
    run, person = CourseRunFactory(), PersonFactory()
    first = enrol_trainee(run=run, person=person, by=None)
    withdraw_enrolment(enrolment=first, by=None)
    person.agency = AgencyFactory()
    person.save()
    again = enrol_trainee(run=run, person=person, by=None)
    assert (again.pk, again.number, again.agency) == (first.pk, first.number, person.agency)
    assert again.confirmed_at > first.confirmed_at
    assert Enrolment.objects.count() == 1


def test_who_withdrew_and_is_promoted_later_has_one_enrolment():
    run = CourseRunFactory(seats=1)
    first = enrol_trainee(run=run, person=PersonFactory(), by=None)
    waiting = enrol_trainee(run=run, person=PersonFactory(), by=None)
    withdraw_enrolment(enrolment=first, by=None)
    [second] = promote_waiting(run=run)
    assert second.person == waiting.person
    assert isinstance(enrol_trainee(run=run, person=first.person, by=None), WaitingListEntry)
    withdraw_enrolment(enrolment=second, by=None)
    assert promote_waiting(run=run) == [first]
    assert Enrolment.objects.count() == 2


def test_taking_back_needs_a_seat_and_adds_one_only_when_told_to(administrator):
    run = CourseRunFactory(seats=1)
    left = enrol_trainee(run=run, person=PersonFactory(), by=None)
    withdraw_enrolment(enrolment=left, by=None)
    enrol_trainee(run=run, person=PersonFactory(), by=None)
    entry = enrol_trainee(run=run, person=left.person, by=None)
    with pytest.raises(DomainError) as refused:
        restore_enrolment(enrolment=left, by=administrator)
    assert refused.value.code == "full"
    restore_enrolment(enrolment=left, by=administrator, adds_seat=True)
    run.refresh_from_db()
    entry.refresh_from_db()
    assert (run.seats, entry.state) == (2, WaitingState.PROMOTED)


def test_the_database_holds_one_countable_enrolment_of_a_person_in_a_run():
    left = EnrolmentFactory(state=EnrolmentState.WITHDRAWN, withdrawn_at=timezone.now(), number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        EnrolmentFactory(run=left.run, person=left.person, number=2)
    Enrolment.objects.update(state=EnrolmentState.IN_ERROR)
    EnrolmentFactory(run=left.run, person=left.person, number=2)


def test_entered_in_error_leaves_every_figure_with_a_reason_and_keeps_its_number(over, administrator):
    wrong = enrol_trainee(run=over, person=PersonFactory(), by=administrator, reason="補登")
    assert _figures(over) == [3, 0, 0, 0]
    with pytest.raises(DomainError) as refused:
        mark_entered_in_error(enrolment=wrong, reason=" ", by=administrator)
    assert refused.value.code == "reason_missing"
    mark_entered_in_error(enrolment=wrong, reason="同名誤植", by=administrator)
    assert _figures(over) == [2, 0, 0, 0]
    entry = AuditEntry.objects.get(action="enrolment.entered_in_error")
    assert (entry.actor_id, entry.data["reason"]) == (administrator.pk, "同名誤植")
    after = enrol_trainee(run=over, person=wrong.person, by=administrator, reason="本人確實上課")
    assert (after.number, wrong.number) == (4, 3)
    with pytest.raises(DomainError) as again:
        restore_enrolment(enrolment=wrong, by=administrator)
    assert again.value.code == "enrolled_again"


def test_attendance_speaks_against_an_error_and_results_or_certificates_against_a_withdrawal(over, administrator):
    attended, passed = over.enrolments.order_by("number")
    with pytest.raises(DomainError) as refused:
        mark_entered_in_error(enrolment=attended, reason="x", by=administrator)
    assert refused.value.code == "has_outcomes"
    assert withdraw_enrolment(enrolment=attended, by=administrator).state == EnrolmentState.WITHDRAWN
    ResultFactory(enrolment=passed)
    with pytest.raises(DomainError) as refused:
        withdraw_enrolment(enrolment=passed, by=administrator)
    assert refused.value.code == "has_outcomes"
    assert _figures(over) == [2, 1, 1, 0]
    mark_entered_in_error(enrolment=passed, reason="x", by=administrator, despite_evidence=True)
    assert _figures(over) == [1, 0, 0, 0]


def test_nobody_new_is_enrolled_in_a_run_that_is_over_without_a_reason(over, administrator):
    with pytest.raises(DomainError) as refused:
        enrol_trainee(run=over, person=PersonFactory(), by=administrator)
    assert refused.value.code == "reason_missing"
    assert over.enrolments.count() == 2
    assert enrol_trainee(run=over, person=PersonFactory(), by=administrator, reason="補登").entry_reason == "補登"
