"""The roster in the back office, and what the slots show to whom."""

import datetime
import io

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.enums import Role
from accounts.models import Person
from courses.enrolment.enums import EnrolmentState, WaitingState
from courses.enrolment.models import Enrolment, WaitingListEntry
from courses.enrolment.panels import agency_context, desk_context, desk_runs_context, home_context
from courses.enrolment.services import enrol_trainee
from tests.factories.accounts import AgencyFactory, PersonFactory, UserFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = UserFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(user)
    return user


def _url(name, run, *more):
    return reverse(f"rosters:{name}", args=[run.pk, *more])


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.INSTRUCTOR, Role.REPORT_VIEWER, Role.AGENCY_CONTACT])
def test_only_administrators_see_rosters(client, role):
    run = CourseRunFactory()
    enrolment = EnrolmentFactory(run=run)
    client.force_login(UserFactory(roles=[role]))
    withdraw = _url("withdraw", run, enrolment.pk)
    addresses = [_url("roster", run), _url("print", run), _url("export", run, "csv"), withdraw]
    assert {client.get(address).status_code for address in addresses} <= {302, 403}
    assert client.post(withdraw).status_code in (302, 403)
    assert Enrolment.objects.get().state == EnrolmentState.CONFIRMED


def test_the_roster_shows_seats_and_queue_in_order(client, administrator):
    run = CourseRunFactory(seats=2)
    people = [PersonFactory() for _ in range(4)]
    for person in people:
        enrol_trainee(run=run, person=person, by=None)
    context = client.get(_url("roster", run)).context
    assert [row.person for row in context["enrolments"]] == people[:2]
    assert [row.person for row in context["queue"]] == people[2:]


def test_an_administrator_adds_somebody_on_record(client, administrator):
    run, person = CourseRunFactory(), PersonFactory()
    assert client.post(_url("add", run), {"person": person.pk}).url == _url("roster", run)
    enrolment = Enrolment.objects.get()
    assert (enrolment.person, enrolment.enrolled_by) == (person, administrator)


def test_registering_somebody_twice_makes_nobody_twice(client, administrator):
    run, agency = CourseRunFactory(), AgencyFactory()
    entered = {"name": "陳小華", "email": "hua@example.test", "job_title": "科員", "agency": agency.pk}
    for _ in range(2):
        assert client.post(_url("register", run), entered).status_code == 302
    person = Person.objects.get(name="陳小華")
    assert (person.agency, person.has_confirmed_agency) == (agency, True)
    assert Enrolment.objects.get().person == person


def test_what_was_typed_stays_when_something_is_missing(client, administrator):
    run = CourseRunFactory()
    response = client.post(_url("register", run), {"name": "", "email": "nobody@example.test"})
    assert response.status_code == 422
    assert response.context["register_form"]["email"].value() == "nobody@example.test"
    assert not Enrolment.objects.exists()


def test_withdrawing_from_the_roster_asks_first(client, administrator):
    run = CourseRunFactory()
    enrolment = EnrolmentFactory(run=run)
    assert enrolment.person.name in client.get(_url("withdraw", run, enrolment.pk)).text
    assert Enrolment.objects.get().state == EnrolmentState.CONFIRMED
    client.post(_url("withdraw", run, enrolment.pk))
    assert Enrolment.objects.get().state == EnrolmentState.WITHDRAWN


def test_an_enrolment_of_another_run_is_not_found(client, administrator):
    enrolment = EnrolmentFactory()
    assert client.post(_url("withdraw", CourseRunFactory(), enrolment.pk)).status_code == 404


def test_taking_somebody_off_the_queue(client, administrator):
    run = CourseRunFactory(seats=1)
    EnrolmentFactory(run=run)
    entry = enrol_trainee(run=run, person=PersonFactory(), by=None)
    client.post(_url("remove_from_queue", run, entry.pk))
    assert WaitingListEntry.objects.get().state == WaitingState.LEFT


def test_seats_are_changed_on_the_roster(client, administrator):
    run = CourseRunFactory(seats=3)
    EnrolmentFactory(run=run)
    client.post(_url("seats", run), {"seats": 5})
    run.refresh_from_db()
    assert run.seats == 5
    assert client.post(_url("seats", run), {"seats": "many"}).status_code == 422


@pytest.mark.parametrize("file_format", ["ods", "xlsx"])
def test_the_roster_as_a_table(client, administrator, file_format):
    run = CourseRunFactory()
    first = EnrolmentFactory(run=run, number=1, person__name="=王小明")
    EnrolmentFactory(run=run, number=2, state=EnrolmentState.WITHDRAWN, withdrawn_at=first.confirmed_at)
    response = client.get(_url("export", run, file_format))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.getvalue())).get_sheet_by_index(0)
    heading, row = sheet.to_python()[:2]
    assert heading[:3] == ["學號", "姓名", "機關"]
    assert row[:3] == [1, "=王小明", first.agency.name]
    assert sheet.height == 2


def test_an_unknown_format_is_not_found(client, administrator):
    assert client.get(_url("export", CourseRunFactory(), "exe")).status_code == 404


def test_the_roster_asks_the_same_for_one_row_and_for_three(client, administrator):
    run = CourseRunFactory()

    def add():
        EnrolmentFactory(run=run)
        WaitingListEntry.objects.create(run=run, person=PersonFactory(), queued_at=run.enrol_from)

    add()
    client.get(_url("roster", run))
    with CaptureQueriesContext(connection) as one:
        client.get(_url("roster", run))
    add()
    add()
    with CaptureQueriesContext(connection) as three:
        client.get(_url("roster", run))
    assert len(three) == len(one)


def _request(user):
    request = RequestFactory().get("/")
    request.user = user
    return request


def test_the_home_page_shows_runs_with_seats_before_full_ones():
    full = CourseRunFactory(seats=1)
    EnrolmentFactory(run=full)
    free = CourseRunFactory(seats=2, starts_on=full.starts_on, ends_on=full.ends_on)
    context = home_context(_request(UserFactory()), None)
    assert [run.code for run in context["runs"]] == [free.code, full.code]
    assert context["total"] == 2


def test_a_contact_sees_their_own_agencys_people_only():
    contact = UserFactory(roles=[Role.AGENCY_CONTACT])
    own = EnrolmentFactory(person=PersonFactory(agency=contact.person.agency))
    unconfirmed = PersonFactory(agency=contact.person.agency, agency_confirmed_at=None)
    EnrolmentFactory(run=own.run, person=unconfirmed)
    foreign = EnrolmentFactory(run=own.run)
    shown = agency_context(_request(contact), contact.person.agency)
    assert [(run, [row.person for row in rows]) for run, rows in shown["runs"]] == [(own.run, [own.person])]
    assert agency_context(_request(contact), foreign.agency) is None


def test_the_desk_names_full_runs_with_a_queue_and_runs_without_sessions():
    queued = CourseRunFactory(seats=1)
    SessionFactory(run=queued, number=1)
    EnrolmentFactory(run=queued)
    enrol_trainee(run=queued, person=PersonFactory(), by=None)
    bare = CourseRunFactory()
    context = desk_context(_request(UserFactory(roles=[Role.ADMINISTRATOR])), None)
    assert context == {"queued": [queued], "without_sessions": [bare]}


def test_the_desk_names_open_runs_and_those_that_open_next():
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    open_now = CourseRunFactory()
    opening = CourseRunFactory(enrol_from=now + hour)
    CourseRunFactory(enrol_until=now - hour)
    context = desk_runs_context(_request(UserFactory(roles=[Role.ADMINISTRATOR])), None)
    assert context == {"open": [open_now], "opening": [opening]}
