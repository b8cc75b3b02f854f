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
from accounts.services import change_details
from common.models import AuditEntry
from courses.enrolment.enums import EnrolmentState, WaitingState
from courses.enrolment.models import Enrolment, WaitingListEntry
from courses.enrolment.panels import agency_context, desk_context, desk_runs_context, home_context
from courses.enrolment.services import enrol_trainee
from tests.factories.accounts import AgencyFactory, PersonFactory, UserFactory
from tests.factories.assessment import CertificationFactory, ResultFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory, WaitingListEntryFactory

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


def test_registering_proposes_who_may_be_meant_and_records_somebody_new_only_when_told(client, administrator):
    run, agency = CourseRunFactory(), AgencyFactory()
    known = PersonFactory(name="溫小明", agency=agency)
    PersonFactory(name="溫小明", agency=AgencyFactory())  # works elsewhere: somebody else
    entered = {"name": "温 小明", "email": "", "job_title": "", "agency": agency.pk}
    response = client.post(_url("register", run), entered)
    assert (response.status_code, list(response.context["register_form"].alike)) == (422, [known])
    assert not Enrolment.objects.exists()
    client.post(_url("register", run), {**entered, "is_another": "on"})
    assert Enrolment.objects.get().person != known


def test_what_was_typed_stays_when_something_is_missing(client, administrator):
    run = CourseRunFactory()
    response = client.post(_url("register", run), {"name": "", "email": "nobody@example.test"})
    assert response.status_code == 422
    assert response.context["register_form"]["email"].value() == "nobody@example.test"
    assert not Enrolment.objects.exists()


def test_the_roster_names_whom_no_e_mail_reaches(client, administrator):
    run = CourseRunFactory()
    EnrolmentFactory(run=run, number=1, person__name="有信箱")
    assert client.get(_url("roster", run)).context["not_told"] == ""
    EnrolmentFactory(run=run, number=2, person__name="沒信箱", person__email="")
    WaitingListEntryFactory(run=run, person__name="候補者", person__email="")
    page = client.get(_url("roster", run))
    assert "2 位" in page.context["not_told"]
    assert "沒信箱、候補者" in page.context["not_told"]
    assert page.content.decode().count("<strong>沒有電子郵件</strong>") == 2


def test_withdrawing_from_the_roster_asks_first(client, administrator):
    run = CourseRunFactory()
    enrolment = EnrolmentFactory(run=run)
    assert enrolment.person.name in client.get(_url("withdraw", run, enrolment.pk)).text
    assert Enrolment.objects.get().state == EnrolmentState.CONFIRMED
    assert client.post(_url("withdraw", run, enrolment.pk), {"reason": " "}).status_code == 422
    assert Enrolment.objects.get().state == EnrolmentState.CONFIRMED
    client.post(_url("withdraw", run, enrolment.pk), {"reason": "調職"})
    withdrawn = Enrolment.objects.get()
    assert (withdrawn.state, withdrawn.exit_reason) == (EnrolmentState.WITHDRAWN, "調職")
    assert AuditEntry.objects.get(action="enrolment.withdrawn").data["reason"] == "調職"


def test_somebody_entered_in_error_leaves_the_roster_with_a_reason_and_comes_back(client, administrator):
    run = CourseRunFactory(seats=1)
    enrolment = EnrolmentFactory(run=run)
    address = _url("mark_in_error", run, enrolment.pk)
    assert client.post(address).status_code == 422
    client.post(address, {"reason": "同名誤植"})
    page = client.get(_url("roster", run))
    assert ([*page.context["enrolments"]], [*page.context["ended"]]) == ([], [enrolment])
    assert "同名誤植" in page.text
    client.post(_url("restore", run, enrolment.pk))
    assert [*client.get(_url("roster", run)).context["enrolments"]] == [enrolment]


def test_taking_back_in_a_full_class_says_that_it_gets_a_seat_more(client, administrator):
    run = CourseRunFactory(seats=1)
    left = EnrolmentFactory(run=run, state=EnrolmentState.WITHDRAWN, withdrawn_at=timezone.now())
    EnrolmentFactory(run=run)
    assert "adds_seat" in client.get(_url("restore", run, left.pk)).text
    client.post(_url("restore", run, left.pk), {"adds_seat": "1"})
    run.refresh_from_db()
    assert (run.seats, Enrolment.objects.filter(state=EnrolmentState.CONFIRMED).count()) == (2, 2)


def test_what_rests_on_an_enrolment_is_shown_and_must_have_been_seen(client, administrator):
    result = ResultFactory(enrolment=EnrolmentFactory(run=CourseRunFactory(basic=True)))
    CertificationFactory(enrolment=result.enrolment)
    address = _url("withdraw", result.enrolment.run, result.enrolment.pk)
    page = client.get(address)
    assert [str(found) for found in page.context["form"].evidence] == [
        "1 筆成績", f"國家及格證書 {result.enrolment.certification.record.number}",
    ]  # fmt: skip
    assert client.post(address, {"reason": "調職"}).status_code == 422
    assert client.post(address, {"reason": "調職", "has_seen": "on"}).status_code == 302
    assert Enrolment.objects.get().state == EnrolmentState.WITHDRAWN


def test_adding_somebody_who_is_on_the_roster_says_so(client, administrator):
    enrolment = EnrolmentFactory(number=7)
    page = client.post(_url("add", enrolment.run), {"person": enrolment.person.pk}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        f"{enrolment.person.name} 原本就在名單上，學號 7，沒有任何變更。"
    ]


def test_somebody_of_the_same_name_is_added_only_when_said_to_be_another(client, administrator):
    run = EnrolmentFactory(person__name="王大明").run
    other = {"name": "王　大明", "email": "other@example.test", "job_title": "", "agency": ""}
    page = client.post(_url("register", run), other)
    assert (page.status_code, Person.objects.filter(email="other@example.test").exists()) == (422, False)
    assert "王　大明" in page.context["register_form"].non_field_errors()[0]
    assert client.post(_url("register", run), {**other, "is_another": "on"}).status_code == 302
    assert Enrolment.objects.count() == 2
    third = PersonFactory(name="王大明")
    assert client.post(_url("add", run), {"person": third.pk}).status_code == 422
    assert client.post(_url("add", run), {"person": third.pk, "is_another": "on"}).status_code == 302


def test_enrolling_in_a_class_that_is_over_asks_why(client, administrator):
    last_week = timezone.localdate() - datetime.timedelta(days=7)
    run, person = CourseRunFactory(starts_on=last_week, ends_on=last_week), PersonFactory()
    assert client.post(_url("add", run), {"person": person.pk}).status_code == 422
    client.post(_url("add", run), {"person": person.pk, "reason": "補登紙本名冊"})
    assert Enrolment.objects.get().entry_reason == "補登紙本名冊"
    assert AuditEntry.objects.get(action="enrolment.confirmed").data["reason"] == "補登紙本名冊"


def test_nobody_is_registered_when_they_cannot_be_enrolled(client, administrator):
    run = CourseRunFactory(curriculum__course__required_level="basic")
    entered = {"name": "陳小華", "email": "", "job_title": "", "agency": ""}
    assert client.post(_url("register", run), entered).status_code == 422
    assert not Person.objects.filter(name="陳小華").exists()


def test_two_classes_at_one_hour_are_said_when_an_administrator_enrols(client, administrator):
    held = EnrolmentFactory(run=SessionFactory().run)
    other = SessionFactory(run__curriculum=held.run.curriculum).run
    page = client.post(_url("add", other), {"person": held.person.pk}, follow=True)
    assert held.run.code in str([*page.context["messages"]][1])


def test_a_seat_in_another_class_of_the_same_course_is_said(client, administrator):
    held = EnrolmentFactory()
    other = CourseRunFactory(
        curriculum=held.run.curriculum, starts_on=held.run.ends_on + datetime.timedelta(days=9),
    )  # fmt: skip
    page = client.post(_url("add", other), {"person": held.person.pk}, follow=True)
    assert [held.run.code in str(message) for message in page.context["messages"]] == [False, True]


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


def test_the_roster_says_whose_name_changed_since_they_enrolled(client, administrator):
    enrolment = EnrolmentFactory(person=UserFactory(person=PersonFactory(name="王小明")).person)
    other = EnrolmentFactory(run=enrolment.run, person=PersonFactory(name="陳小華"))
    change_details(person=enrolment.person, name="王大明", job_title="", by=enrolment.person.user)
    for address in ("roster", "print"):
        shown = {row.pk: row.former_name for row in client.get(_url(address, enrolment.run)).context["enrolments"]}
        assert shown == {enrolment.pk: "王小明", other.pk: ""}
    assert "王小明" in client.get(_url("roster", enrolment.run)).text
