"""An agency that says "not ours" is not counted as theirs."""

import datetime

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.services import confirm_membership, declare_agency, refuse_membership
from common.models import AuditEntry
from courses.enrolment.services import enrol_trainee, settle_agencies
from courses.enrolment.tasks import promote_all_waiting
from tests.factories.accounts import AgencyFactory, PersonFactory, UserFactory
from tests.factories.catalogue import CourseRunFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact():
    return UserFactory(roles=[Role.AGENCY_CONTACT])


@pytest.fixture
def claimed(contact):
    """Somebody who says they work at the contact's agency, enrolled in a run ahead and in one that has begun."""
    person = PersonFactory(agency=None, agency_confirmed_at=None)
    declare_agency(person=person, agency=contact.person.agency, by=None)
    person.refresh_from_db()
    ahead = enrol_trainee(run=CourseRunFactory(), person=person, by=None)
    begun = enrol_trainee(run=CourseRunFactory(starts_on=timezone.localdate()), person=person, by=None)
    assert (ahead.agency, ahead.is_agency_confirmed) == (contact.person.agency, False)
    return ahead, begun


def _agencies(*enrolments):
    for enrolment in enrolments:
        enrolment.refresh_from_db()
    return [(enrolment.agency, enrolment.is_agency_confirmed) for enrolment in enrolments]


def test_a_refusal_clears_the_agency_of_enrolments_that_have_not_begun(
    claimed, contact, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        refuse_membership(person=claimed[0].person, by=contact)
    assert _agencies(*claimed) == [(None, True), (contact.person.agency, False)]
    assert AuditEntry.objects.filter(action="enrolment.agency_cleared").count() == 1


def test_a_confirmation_confirms_it_on_enrolments_too(claimed, contact, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        confirm_membership(person=claimed[0].person, by=contact)
    assert _agencies(*claimed) == [(contact.person.agency, True)] * 2


def test_the_sweep_does_what_a_lost_signal_would_have_done(claimed, contact):
    refuse_membership(person=claimed[0].person, by=contact)
    assert _agencies(claimed[0]) == [(contact.person.agency, False)]
    promote_all_waiting()
    assert _agencies(claimed[0]) == [(None, True)]


def test_who_changed_agencies_keeps_the_one_of_that_day():
    confirmed = EnrolmentFactory(run__starts_on=timezone.localdate() + datetime.timedelta(days=9))
    former = confirmed.agency
    confirmed.person.agency = None
    confirmed.person.save()
    settle_agencies()
    declare_agency(person=confirmed.person, agency=AgencyFactory(), by=None)
    settle_agencies()
    assert _agencies(confirmed) == [(former, True)]
