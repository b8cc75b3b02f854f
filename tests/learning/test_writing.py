"""Instructors write in Wagtail's own views: under their courses, as drafts, reviewed by the administrators."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from accounts.enums import Role
from accounts.models import User
from accounts.roles import sync_roles
from courses.catalogue.models import CoursePage
from courses.learning.models import LecturePage, LessonPage
from courses.learning.services import ensure_page_permissions
from faculty.models import Instructor
from tests.factories.catalogue import CourseRunFactory
from tests.factories.learning import course_pages, lecture_index, lesson, teach
from website.models import ContentPage

pytestmark = pytest.mark.django_db


def page_form(title: str, **more: Any) -> dict[str, Any]:
    return nested_form_data(
        {
            "title": title,
            "slug": title,
            "summary": "學會看招標公告",
            "minutes": "20",
            "visibility": "enrolled",
            "subject": "",
            "law_as_of": "",
            "lecturer": "",
            "body": streamfield([("text", rich_text("<p>三家以上合格廠商。</p>"))]),
            **more,
        }
    )


def written(page_class: type[Page], slug: str) -> Any:
    """The page of this slug; the other language only has its alias."""
    return page_class.objects.get(slug=slug, alias_of=None)


def add_url(page_class: type[Page], parent: Page) -> str:
    return reverse("wagtailadmin_pages:add", args=[*page_class._meta.label_lower.split("."), parent.pk])


@pytest.fixture
def own_course(instructor: User) -> CoursePage:
    run = CourseRunFactory()
    teach(instructor, run)
    return course_pages(run.course)[1]


@pytest.fixture
def foreign_course(own_course: CoursePage) -> CoursePage:
    return course_pages(CourseRunFactory().course)[1]


@pytest.fixture
def desk(client: Client, instructor: User) -> Client:
    client.force_login(instructor)
    return client


def test_a_lesson_under_ones_course_becomes_a_draft_of_ones_own(
    desk: Client, own_course: CoursePage, instructor: User
) -> None:
    response = desk.post(add_url(LessonPage, own_course), page_form("tender"))
    page = written(LessonPage, "tender")
    assert response.status_code == 302
    assert (page.live, page.owner, page.course_id) == (False, instructor, own_course.course_id)
    assert desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200


def test_an_instructor_cannot_publish_even_when_asking_to(desk: Client, own_course: CoursePage) -> None:
    desk.post(add_url(LessonPage, own_course), page_form("tender", **{"action-publish": "1"}))
    assert not LessonPage.objects.filter(live=True).exists()


def test_nothing_is_written_under_another_course(desk: Client, foreign_course: CoursePage) -> None:
    response = desk.post(add_url(LessonPage, foreign_course), page_form("tender"), follow=True)
    assert response.redirect_chain[-1][0] == reverse("wagtailadmin_home")  # Wagtail's answer to PermissionDenied
    assert not LessonPage.objects.exists()


def test_an_instructor_makes_no_course_pages_and_no_plain_pages(desk: Client, own_course: CoursePage) -> None:
    home = own_course.get_parent().get_parent()
    desk.post(add_url(ContentPage, home), page_form("plain", introduction=""))
    desk.post(add_url(CoursePage, own_course.get_parent()), page_form("c", course=str(own_course.course_id)))
    assert not ContentPage.objects.filter(slug="plain").exists()
    assert CoursePage.objects.filter(locale=own_course.locale).count() == 1


def test_colleagues_lessons_and_lost_courses_are_closed(
    desk: Client, own_course: CoursePage, instructor: User, administrator: User
) -> None:
    colleagues = lesson(own_course, "其他人的", owner=administrator)
    desk.post(add_url(LessonPage, own_course), page_form("mine"))
    mine = written(LessonPage, "mine")

    def may_edit(page: Page) -> bool:
        return desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200

    assert (may_edit(colleagues), may_edit(mine)) == (False, True)
    desk.post(reverse("wagtailadmin_pages:delete", args=[colleagues.pk]))
    assert LessonPage.objects.filter(pk=colleagues.pk).exists()
    Instructor.objects.filter(person=instructor.person).update(is_active=False)
    assert not may_edit(mine)


def test_only_seed_teachers_write_lectures(desk: Client, instructor: User, own_course: CoursePage) -> None:
    index = lecture_index()
    desk.post(add_url(LecturePage, index), page_form("lecture", visibility="signed_in"))
    assert not LecturePage.objects.exists()
    Instructor.objects.filter(person=instructor.person).update(is_seed_teacher=True)
    desk.post(add_url(LecturePage, index), page_form("lecture", visibility="signed_in"))
    page = written(LecturePage, "lecture")
    assert (page.live, page.lecturer.person, page.owner) == (False, instructor.person, instructor)


def test_the_explorer_shows_only_ones_own_courses(
    desk: Client, own_course: CoursePage, foreign_course: CoursePage, administrator: User
) -> None:
    listing = reverse("wagtailadmin_explore", args=[own_course.get_parent().pk])
    shown = [page.pk for page in desk.get(listing).context["pages"]]
    assert shown == [own_course.pk]
    desk.force_login(administrator)
    assert {page.pk for page in desk.get(listing).context["pages"]} == {own_course.pk, foreign_course.pk}


def test_a_page_is_not_copied_into_another_course(
    desk: Client, own_course: CoursePage, foreign_course: CoursePage
) -> None:
    desk.post(add_url(LessonPage, own_course), page_form("mine"))
    mine = written(LessonPage, "mine")
    form = {"new_title": "copy", "new_slug": "copy", "new_parent_page": str(foreign_course.pk), "copy_subpages": ""}
    desk.post(reverse("wagtailadmin_pages:copy", args=[mine.pk]), form)
    desk.post(reverse("wagtailadmin_pages:move_confirm", args=[mine.pk, foreign_course.pk]))
    assert [page.get_parent().pk for page in LessonPage.objects.filter(alias_of=None)] == [own_course.pk]


def test_what_is_submitted_goes_live_when_an_administrator_approves(
    desk: Client, own_course: CoursePage, administrator: User
) -> None:
    desk.post(add_url(LessonPage, own_course), page_form("tender", **{"action-submit": "1"}))
    page = written(LessonPage, "tender")
    task = page.current_workflow_task_state
    assert (page.live, task.status) == (False, "in_progress")
    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    desk.post(approve)  # nobody approves as an instructor
    assert not LessonPage.objects.get(pk=page.pk).live
    desk.force_login(administrator)
    desk.post(approve)
    page = LessonPage.objects.get(pk=page.pk)
    assert page.live
    assert page.revisions.count() >= 1


def test_a_lecture_cannot_be_for_the_enrolled_of_no_course(desk: Client, instructor: User, own_course: Any) -> None:
    index = lecture_index()
    Instructor.objects.filter(person=instructor.person).update(is_seed_teacher=True)
    response = desk.post(
        add_url(LecturePage, index), page_form("lecture", visibility="enrolled", **{"action-submit": "1"})
    )
    assert "visibility" in response.context["form"].errors
    assert not LecturePage.objects.exists()


def test_permissions_are_where_the_pages_are_however_often_they_are_laid(own_course: CoursePage) -> None:
    lecture_index()
    for _ in range(2):
        sync_roles()
        ensure_page_permissions()
    granted = Group.objects.get(name=Role.INSTRUCTOR.value).page_permissions
    types = {str(entry.page.specific_class._meta.label) for entry in granted.select_related("page")}
    assert types == {"catalogue.CourseIndexPage", "learning.LectureIndexPage"}
    assert set(granted.values_list("permission__codename", flat=True)) == {"add_page"}
