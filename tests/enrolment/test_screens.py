"""The run list, the run page, and the two clicks."""

import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from courses.catalogue.enums import CourseKind
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment, WaitingListEntry
from courses.enrolment.services import enrol_trainee
from qualifications.enums import Level
from tests.factories.accounts import DistrictFactory, PersonFactory, UserFactory
from tests.factories.catalogue import CourseFactory, CourseRunFactory, CurriculumFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db

LIST = reverse("enrolment:run_list")


def _codes(response):
    return [run.code for run in response.context["page_obj"].object_list]


def _page(run, name="run"):
    return reverse(f"enrolment:{name}", args=[run.code])


@pytest.fixture
def trainee(client):
    user = UserFactory()
    client.force_login(user)
    return user


def test_the_list_shows_what_is_ahead_then_what_runs_and_not_what_is_over(client):
    today, day = timezone.localdate(), datetime.timedelta(days=1)
    later = CourseRunFactory(starts_on=today + 20 * day)
    sooner = CourseRunFactory(starts_on=today + 5 * day)
    running = CourseRunFactory(starts_on=today - day)
    over = CourseRunFactory(starts_on=today - 9 * day, ends_on=today - day)
    CourseRunFactory(cancelled_at=timezone.now())
    assert _codes(client.get(LIST)) == [sooner.code, later.code, running.code]
    assert _codes(client.get(LIST, {"state": "finished"})) == [over.code]


def test_each_filter_narrows_the_list(client):
    district = DistrictFactory()
    full = CourseRunFactory(seats=1, title="底價實務", place="台中市豐原區公所", district=district)
    EnrolmentFactory(run=full)
    basic = CourseRunFactory(basic=True, starts_on=timezone.localdate() + datetime.timedelta(days=70))
    month = f"{basic.starts_on.year - 1911}-{basic.starts_on.month:02}"
    asked = [
        ({"kind": "basic"}, basic), ({"district": district.pk}, full), ({"month": month}, basic),
        ({"free": "on"}, basic),
        ({"q": "底價"}, full), ({"q": "臺中市"}, full), ({"q": basic.code}, basic),
    ]  # fmt: skip
    assert [_codes(client.get(LIST, parameters)) for parameters, _ in asked] == [[run.code] for _, run in asked]


@pytest.mark.parametrize("nonsense", ["kind=x", "month=13", "district=nowhere", "state=x", "page=999", "page=x"])
def test_a_parameter_without_sense_is_no_error(client, nonsense):
    CourseRunFactory()
    assert client.get(f"{LIST}?{nonsense}").status_code == 200


def test_htmx_gets_the_rows_only_and_the_browser_the_page(client):
    run = CourseRunFactory()
    rows = client.get(LIST, headers={"HX-Request": "true"})
    assert run.code in rows.text
    assert "<html" not in rows.text
    assert "<html" in client.get(LIST, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}).text


@pytest.mark.parametrize("signed_in", [False, True])
def test_the_list_asks_the_same_number_of_questions_for_one_row_and_for_three(client, signed_in):
    def add():
        run = CourseRunFactory(basic=True, district=DistrictFactory())
        SessionFactory(run=run, number=1)
        EnrolmentFactory(run=run)

    if signed_in:
        client.force_login(UserFactory())
    add()
    client.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(LIST)
    add()
    add()
    with CaptureQueriesContext(connection) as three:
        assert len(_codes(client.get(LIST))) == 3
    assert len(three) == len(one)


def test_the_run_page_asks_the_same_for_one_session_and_for_three(client):
    run = CourseRunFactory(basic=True)
    SessionFactory(run=run, number=1)
    client.get(_page(run))
    with CaptureQueriesContext(connection) as one:
        client.get(_page(run))
    SessionFactory(run=run, number=2)
    SessionFactory(run=run, number=3)
    with CaptureQueriesContext(connection) as three:
        client.get(_page(run))
    assert len(three) == len(one)


def test_an_unknown_code_is_not_found(client):
    assert client.get(reverse("enrolment:run", args=["999-basic-1"])).status_code == 404


def test_a_visitor_signs_in_and_comes_back_to_enrol(client):
    run = CourseRunFactory()
    response = client.get(_page(run, "enrol"))
    assert response.status_code == 302
    assert response.url == f"{reverse('account_login')}?next={_page(run, 'enrol')}"


def test_enrolling_takes_two_clicks_and_a_third_does_nothing(client, trainee):
    run = CourseRunFactory()
    asked = client.get(_page(run, "enrol"))
    assert trainee.person.agency.name in asked.text
    assert not Enrolment.objects.exists()
    for _ in range(2):
        assert client.post(_page(run, "enrol")).url == _page(run)
    enrolment = Enrolment.objects.get()
    assert (enrolment.person, enrolment.enrolled_by) == (trainee.person, trainee)
    page = client.get(_page(run))
    assert page.context["enrolment"] == enrolment
    assert "您已報名，學號 1" in page.text


def test_a_full_run_offers_its_waiting_list_and_shows_the_place(client, trainee):
    run = CourseRunFactory(seats=1)
    EnrolmentFactory(run=run)
    enrol_trainee(run=run, person=PersonFactory(), by=None)
    assert "登記候補" in client.get(_page(run)).text
    client.post(_page(run, "enrol"))
    assert WaitingListEntry.objects.filter(person=trainee.person).count() == 1
    assert client.get(_page(run)).context["place"] == 2
    client.post(_page(run, "leave_queue"))
    client.post(_page(run, "leave_queue"))
    assert client.get(_page(run)).context["entry"] is None


def test_who_may_not_enrol_reads_why_with_the_article(client, trainee):
    course = CourseFactory(kind=CourseKind.ADVANCED, required_level=Level.BASIC)
    run = CourseRunFactory(curriculum=CurriculumFactory(course=course))
    for response in (client.get(_page(run)), client.get(_page(run, "enrol")), client.post(_page(run, "enrol"))):
        assert response.context["refusal"].code == "not_qualified"
        assert "資格辦法第 11 條" in response.text
    assert not Enrolment.objects.exists()


def test_withdrawing_asks_first_and_a_second_click_does_nothing(client, trainee):
    run = CourseRunFactory()
    client.post(_page(run, "enrol"))
    client.get(_page(run, "withdraw"))
    assert Enrolment.objects.get().state == EnrolmentState.CONFIRMED
    for _ in range(2):
        assert client.post(_page(run, "withdraw")).url == _page(run)
    assert Enrolment.objects.get().state == EnrolmentState.WITHDRAWN


def test_after_the_deadline_the_page_says_whom_to_call(client, trainee):
    run = CourseRunFactory()
    client.post(_page(run, "enrol"))
    run.withdraw_until = timezone.now() - datetime.timedelta(hours=1)
    run.save()
    response = client.post(_page(run, "withdraw"))
    assert response.status_code == 409
    assert "04-22177399" in response.text
    assert Enrolment.objects.get().state == EnrolmentState.CONFIRMED


def test_enrolling_is_limited_per_person(client, trainee, settings):
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "enrol": "2/m"}
    cache.clear()
    run = CourseRunFactory()
    assert [client.post(_page(run, "enrol")).status_code for _ in range(3)] == [302, 302, 429]
    assert client.get(_page(run, "enrol")).status_code == 302


def test_the_calendar_is_everybodys_and_ones_own_is_ones_own(client, trainee):
    run = CourseRunFactory()
    SessionFactory(run=run, number=1)
    public = client.get(_page(run, "calendar"))
    assert public["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(public.content)
    assert (calendar["METHOD"], len(calendar.walk("VEVENT")), len(calendar.walk("VTIMEZONE"))) == ("PUBLISH", 1, 1)
    EnrolmentFactory(run=run)
    assert client.get(_page(run, "my_calendar")).status_code == 404
    client.post(_page(run, "enrol"))
    [event] = Calendar.from_ical(client.get(_page(run, "my_calendar")).content).walk("VEVENT")
    enrolment = Enrolment.objects.get(run=run, person=trainee.person)
    assert event["UID"] == f"session-{run.sessions.get().pk}-enrolment-{enrolment.pk}@localhost"


def test_nobody_elses_name_stands_on_the_run_page(client, trainee):
    run = CourseRunFactory()
    other = EnrolmentFactory(run=run)
    page = client.get(_page(run)).text
    assert other.person.name not in page
    assert other.person.email not in page
