"""Who may read which lesson, and what the page shows around it."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from courses.enrolment.enums import EnrolmentState
from courses.learning.reading import Heading, with_contents
from courses.learning.selectors import lessons_of_course
from tests.factories.catalogue import CourseRunFactory
from tests.factories.enrolment import EnrolmentFactory, WaitingListEntryFactory
from tests.factories.learning import course_pages, lecture, lecture_index, lesson, teach
from tests.factories.website import stream
from website.enums import Visibility

pytestmark = pytest.mark.django_db


class TestWhoReadsALesson:
    """Lessons are for the enrolled unless said otherwise."""

    @pytest.fixture
    def run(self, db: None) -> object:
        return CourseRunFactory(basic=True)

    @pytest.fixture
    def page(self, run: object) -> object:
        return lesson(course_pages(run.course)[1])

    def test_a_visitor_is_asked_to_sign_in(self, client: Client, page: object) -> None:
        response = client.get(page.url)
        assert response.status_code == 302
        assert "/accounts/login/" in response.url

    def test_strangers_the_waiting_and_the_withdrawn_are_refused(
        self, client: Client, page: object, run: object, trainee: User
    ) -> None:
        EnrolmentFactory(run=CourseRunFactory(), person=trainee.person)  # in another course
        WaitingListEntryFactory(run=run, person=trainee.person)
        EnrolmentFactory(run=run, person=trainee.person, state=EnrolmentState.WITHDRAWN, withdrawn_at=timezone.now())
        client.force_login(trainee)
        assert client.get(page.url).status_code == 403

    def test_whoever_held_a_seat_in_any_run_of_the_course_reads_on(
        self, client: Client, page: object, run: object, trainee: User
    ) -> None:
        long_ago = CourseRunFactory(
            curriculum=run.curriculum, roc_year=112, starts_on=datetime.date(2023, 5, 1),
        )  # fmt: skip
        EnrolmentFactory(run=long_ago, person=trainee.person)
        client.force_login(trainee)
        assert client.get(page.url).status_code == 200

    def test_an_instructor_of_the_course_and_the_administrator_read_it(
        self, client: Client, page: object, run: object, instructor: User, administrator: User
    ) -> None:
        client.force_login(instructor)
        assert client.get(page.url).status_code == 403
        teach(instructor, run)
        assert client.get(page.url).status_code == 200
        client.force_login(administrator)
        assert client.get(page.url).status_code == 200

    def test_a_public_lesson_is_everybodys(self, client: Client, run: object) -> None:
        page = lesson(course_pages(run.course)[1], visibility=Visibility.PUBLIC)
        assert client.get(page.url).status_code == 200


def test_a_lecture_is_for_the_signed_in(client: Client, trainee: User) -> None:
    page = lecture(lecture_index())
    assert client.get(page.url).status_code == 302
    client.force_login(trainee)
    assert client.get(page.url).status_code == 200


def test_the_page_shows_contents_neighbours_and_what_it_rests_on(client: Client) -> None:
    parent = course_pages(CourseRunFactory().course)[1]
    public = {"visibility": Visibility.PUBLIC, "minutes": 25, "law_as_of": datetime.date(2019, 5, 22)}
    before = lesson(parent, "第一課", **public)
    page = lesson(
        parent, "第二課", **public,
        body=stream(
            ("text", "<h2>開標</h2><p>…</p><h2>決標</h2>"),
            ("self_check", {"question": "幾家？", "answer": "三家"}),
        ),
    )  # fmt: skip
    locked = lesson(parent, "第三課")
    html = client.get(page.url).content.decode()
    assert '<li><a href="#part-1">開標</a></li><li><a href="#part-2">決標</a></li>' in html
    assert '<h2 id="part-1">開標</h2>' in html
    assert "25 " in html
    assert "108 年 5 月 22 日" in html
    assert f'rel="prev" href="{before.url}"' in html
    assert "第三課" in html
    assert f'href="{locked.url}"' not in html
    assert "<details" in html
    assert 'lang="zh-hant">第二課</h1>' in html


def test_headings_keep_an_anchor_of_their_own() -> None:
    body, contents = with_contents('<h2 id="mine">一</h2><h2 class="x">二 <b>粗</b></h2>')
    assert body == '<h2 id="mine">一</h2><h2 id="part-2" class="x">二 <b>粗</b></h2>'
    assert contents == [Heading("mine", "一"), Heading("part-2", "二 粗")]


def test_the_course_shows_its_lessons_with_a_lock_where_they_are_closed(trainee: User) -> None:
    run = CourseRunFactory()
    parent = course_pages(run.course)[1]
    lesson(parent, "公開課", visibility=Visibility.PUBLIC)
    lesson(parent, "學員課")
    shown = lessons_of_course(run.course, trainee, language="zh-hant")
    assert [(item.page.title, item.is_open) for item in shown] == [("公開課", True), ("學員課", False)]
    EnrolmentFactory(run=run, person=trainee.person)
    assert [item.is_open for item in lessons_of_course(run.course, trainee, language="zh-hant")] == [True, True]


def test_listing_lessons_costs_the_same_however_many_there_are(trainee: User) -> None:
    run = CourseRunFactory()
    parent = course_pages(run.course)[1]
    EnrolmentFactory(run=run, person=trainee.person)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            [item.page.content_language for item in lessons_of_course(run.course, trainee, language="zh-hant")]
        return len(captured)

    lesson(parent, "一")
    queries()  # the reader's roles are asked for once
    one = queries()
    lesson(parent, "二")
    lesson(parent, "三")
    assert queries() == one
