"""What the migrations do to enrolments on record."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from courses.attendance.models import AttendanceRecord
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from tests.factories.accounts import PersonFactory
from tests.factories.assessment import CertificationFactory, ResultFactory
from tests.factories.attendance import AttendanceRecordFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db

migration = import_module("courses.enrolment.migrations.0003_join_enrolments_of_one_person")


class _Editor:
    """All that these migrations ask of a schema editor."""

    connection = connection


@pytest.mark.postgres  # takes the constraint away and back within the transaction of the test
def test_of_several_enrolments_of_one_person_the_newest_stays_with_what_hangs_on_all_of_them():
    [rule] = [rule for rule in Enrolment._meta.constraints if rule.name == "one_enrolment_per_person"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Enrolment, rule)
    run = CourseRunFactory(basic=True)
    first = EnrolmentFactory(run=run, number=1, state=EnrolmentState.WITHDRAWN, withdrawn_at=timezone.now())
    again = EnrolmentFactory(run=run, person=first.person, number=2)
    other = EnrolmentFactory(run=run, number=3)
    morning, afternoon = SessionFactory(run=run, number=1), SessionFactory(run=run, number=2)
    for session in (morning, afternoon):
        AttendanceRecordFactory(session=session, enrolment=first)
    AttendanceRecordFactory(session=afternoon, enrolment=again, missed=60)
    ResultFactory(enrolment=first)
    CertificationFactory(enrolment=first)
    migration.join_enrolments(apps, _Editor)
    rows = Enrolment.objects.order_by("number").values_list("number", "state", "exit_reason")
    assert list(rows) == [(1, "in_error", "#1 → #2"), (2, "confirmed", ""), (3, "confirmed", "")]
    records = AttendanceRecord.objects.filter(enrolment=again).order_by("session__number")
    assert [record.minutes_present for record in records] == [180, 120]
    assert (again.results.count(), again.certification.record.person) == (1, first.person)
    assert other.attendance_records.count() == 0


def test_an_agency_that_somebody_only_claims_is_unconfirmed_on_their_enrolments():
    claimed = EnrolmentFactory(person=PersonFactory(agency_confirmed_at=None))
    known = EnrolmentFactory(run=claimed.run)
    migration.mark_unconfirmed_agencies(apps, _Editor)
    confirmed = dict(Enrolment.objects.values_list("pk", "is_agency_confirmed"))
    assert confirmed == {claimed.pk: False, known.pk: True}
