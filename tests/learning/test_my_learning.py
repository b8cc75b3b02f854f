"""My learning: the next thing to do at the top, then where one stands, each figure with its rule."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from courses.learning.my_page import my_page_of
from qualifications.enums import Level
from qualifications.models import QualificationRecord
from tests.factories.accounts import UserFactory
from tests.factories.assessment import ResultFactory
from tests.factories.attendance import AttendanceRecordFactory
from tests.factories.catalogue import CourseRunFactory
from tests.factories.enrolment import EnrolmentFactory, WaitingListEntryFactory
from tests.factories.learning import (
    MINUTES_A_DAY,
    MaterialFactory,
    course_pages,
    finished_run,
    lay_sessions,
    lesson,
    record_attendance,
)
from tests.factories.library import ArticleFactory, LawFactory
from website.services import ensure_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client, trainee: User) -> object:
    ensure_site()
    client.force_login(trainee)

    def get(path: str = "/my/") -> str:
        response = client.get(path)
        assert response.status_code == 200
        return re.sub(r"\s+", " ", response.content.decode())

    return get


def running(**fields: object) -> object:
    """A basic class that began five days ago and goes on for six more, six hours each day."""
    today = timezone.localdate()
    run = CourseRunFactory(
        basic=True, starts_on=today - datetime.timedelta(days=5), ends_on=today + datetime.timedelta(days=5), **fields
    )
    lay_sessions(run, days=11, minutes=MINUTES_A_DAY)
    return run


def test_hours_absence_and_what_remains_are_told_in_words(page: object, trainee: User) -> None:
    ArticleFactory(law=LawFactory(pcode="A0030059"), number="15")
    enrolment = EnrolmentFactory(run=running(), person=trainee.person)
    for number, missed in ((1, 0), (2, 90), (3, 0)):
        AttendanceRecordFactory(session=enrolment.run.sessions.get(number=number), enrolment=enrolment, missed=missed)
    html = page("/en/my/")
    assert '<p class="big num">16.5 <small>/ 66 hours</small></p>' in html
    assert '<p class="big num">1 h 30 min</p>' in html
    assert "You may still miss 5 h 6 min; more than that closes the exam." in html
    assert reverse("library:article", args=["A0030059", "15"]) in html
    assert "231 of 330 points pass." in html


def test_the_timetable_tells_done_missed_now_and_later(trainee: User) -> None:
    enrolment = EnrolmentFactory(run=running(), person=trainee.person)
    sessions = enrolment.run.sessions
    sessions.filter(number=6).update(
        starts_at=timezone.now() - datetime.timedelta(minutes=1), ends_at=timezone.now() + datetime.timedelta(minutes=1)
    )
    for number, missed in ((1, 0), (2, 90), (3, 360)):
        AttendanceRecordFactory(session=sessions.get(number=number), enrolment=enrolment, missed=missed)
    (standing,) = my_page_of(trainee.person, trainee, language="zh-hant").current
    assert [day.state for day in standing.days] == (
        ["done", "missed", "missed", "unrecorded", "unrecorded", "now"] + ["later"] * 5
    )
    assert [(day.present, day.missed) for day in standing.days[:3]] == [(360, 0), (270, 90), (0, 360)]


def test_a_colleagues_attendance_is_not_mine(trainee: User) -> None:
    enrolment = EnrolmentFactory(run=running(), person=trainee.person, number=1)
    record_attendance(EnrolmentFactory(run=enrolment.run, number=2))
    (standing,) = my_page_of(trainee.person, trainee, language="zh-hant").current
    assert standing.ledger.present_minutes == 0
    assert standing.days[0].state == "unrecorded"


class TestWhatToDoNext:
    def test_todays_session_comes_first(self, page: object, trainee: User) -> None:
        enrolment = EnrolmentFactory(run=running(), person=trainee.person)
        MaterialFactory(run=enrolment.run)
        enrolment.run.sessions.filter(number=6).update(
            title="最有利標", video_url="https://meet.example.test/x",
            starts_at=timezone.now() - datetime.timedelta(seconds=30),
            ends_at=timezone.now() + datetime.timedelta(seconds=30),
        )  # fmt: skip
        html = page("/en/my/")
        assert '<div class="next"> <div> <p class="quiet">Now</p> <h2>最有利標</h2>' in html
        assert '<a class="button" href="https://meet.example.test/x">Join the session</a>' in html

    def test_a_session_later_today_says_where_it_is_held(self, page: object, trainee: User) -> None:
        enrolment = EnrolmentFactory(run=running(), person=trainee.person)
        tonight = timezone.localtime().replace(hour=23, minute=59, second=58)
        enrolment.run.sessions.filter(number=6).update(
            title="最有利標", starts_at=tonight, ends_at=tonight + datetime.timedelta(hours=1)
        )
        html = page("/en/my/")
        assert '<div class="next"> <div> <p class="quiet">Today</p> <h2>最有利標</h2>' in html
        assert f'<a class="button" href="/en/runs/{enrolment.run.code}/">See the class</a>' in html

    def test_then_reading_before_the_next_session(self, page: object, trainee: User) -> None:
        run = running()
        run.sessions.filter(number=6).delete()
        EnrolmentFactory(run=run, person=trainee.person)
        MaterialFactory(run=run)
        assert f'<a class="button" href="#read-{run.code}">See the materials</a>' in page("/en/my/")

    def test_then_the_class_that_begins_next(self, page: object, trainee: User) -> None:
        run = CourseRunFactory()
        EnrolmentFactory(run=run, person=trainee.person)
        assert "Your next class" in page("/en/my/")

    def test_a_failed_exam_says_how_far_it_was(self, page: object, trainee: User) -> None:
        enrolment = EnrolmentFactory(run=finished_run(), person=trainee.person)
        record_attendance(enrolment)
        ResultFactory(enrolment=enrolment, failed=True)
        assert "3 points short of passing" in page("/en/my/")

    def test_with_nothing_under_way_it_offers_the_classes(self, page: object, trainee: User) -> None:
        enrolment = EnrolmentFactory(run=finished_run(), person=trainee.person)
        record_attendance(enrolment)
        ResultFactory(enrolment=enrolment)
        html = page("/en/my/")
        assert "Choose your next class" in html
        assert reverse("enrolment:run_list") in html


def test_an_empty_page_says_what_will_be_here(page: object) -> None:
    html = page("/en/my/")
    assert "Your classes will be here" in html
    assert 'class="next"' not in html


def test_waiting_list_earlier_classes_and_national_certificates_have_their_place(page: object, trainee: User) -> None:
    full = CourseRunFactory()
    WaitingListEntryFactory(run=full)
    WaitingListEntryFactory(run=full, person=trainee.person)
    over = EnrolmentFactory(run=finished_run(), person=trainee.person)
    record_attendance(over)
    ResultFactory(enrolment=over)
    QualificationRecord.objects.create(
        person=trainee.person, level=Level.BASIC, number="（115）工程訓字第000123號", issued_on=timezone.localdate()
    )
    html = page("/en/my/")
    assert "Place 2 in line" in html
    assert over.run.code in html
    assert "（115）工程訓字第000123號" in html


def test_it_shows_materials_and_lessons_of_the_class(page: object, trainee: User) -> None:
    run = running()
    EnrolmentFactory(run=run, person=trainee.person)
    material = MaterialFactory(run=run)
    MaterialFactory(run=run, title="收回的", withdrawn_at=timezone.now())
    unit = lesson(course_pages(run.course)[1], "第一課")
    html = page()
    assert f'<a href="{material.get_absolute_url()}">' in html
    assert "收回的" not in html
    assert f'href="{unit.url}"' in html


def test_the_page_costs_the_same_however_many_classes(client: Client, trainee: User) -> None:
    ensure_site()
    client.force_login(trainee)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/my/")
        return len(captured)

    def a_class() -> None:
        run = running()
        MaterialFactory(run=run)
        lesson(course_pages(run.course)[1], "第一課")
        record_attendance(EnrolmentFactory(run=run, person=trainee.person))
        over = EnrolmentFactory(run=finished_run(), person=trainee.person)
        record_attendance(over)
        ResultFactory(enrolment=over)
        failed = EnrolmentFactory(run=finished_run(), person=trainee.person)
        record_attendance(failed)
        ResultFactory(enrolment=failed, failed=True)
        WaitingListEntryFactory(run=CourseRunFactory(), person=trainee.person)

    a_class()
    queries()
    one = queries()
    a_class()
    a_class()
    assert queries() == one


def test_an_account_without_a_person_is_told_so(client: Client) -> None:
    ensure_site()
    nobody = UserFactory()
    nobody.person = None
    nobody.save()
    client.force_login(nobody)
    assert "This account belongs to no person" in client.get("/en/my/").content.decode()


def test_it_demands_sign_in(client: Client) -> None:
    assert client.get("/my/").status_code == 302
