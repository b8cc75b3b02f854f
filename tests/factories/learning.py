"""Runs that were held, with everybody's attendance; materials; the pages of a course with its lessons."""

import datetime
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from courses.catalogue.models import Course, CourseIndexPage, CoursePage, CourseRun, Session
from courses.enrolment.models import Enrolment
from courses.learning.models import LectureIndexPage, LecturePage, LessonPage, Material
from courses.learning.services import ensure_page_permissions
from tests.factories.attendance import AttendanceRecordFactory
from tests.factories.catalogue import CourseRunFactory, CurriculumSubjectFactory, SessionFactory
from tests.factories.website import publish
from website.services import ensure_site

DAYS, MINUTES_A_DAY = 11, 360  # 66 hours


def finished_run(*, days_ago: int = 10, instructor: Any = None, **fields: Any) -> CourseRun:
    """A basic class of 66 hours, eleven days of six hours each, that ended `days_ago`."""
    ends_on = timezone.localdate() - datetime.timedelta(days=days_ago)
    starts_on = ends_on - datetime.timedelta(days=DAYS - 1)
    run = CourseRunFactory(**{"basic": True, "starts_on": starts_on, "ends_on": ends_on, "seats": 70, **fields})
    lay_sessions(run, days=DAYS, minutes=MINUTES_A_DAY, instructor=instructor)
    return run


def finished_lecture(*, hours: int = 10, **fields: Any) -> CourseRun:
    """A lecture of ten hours on two days, completed by 90 % of the minutes, that ended yesterday."""
    ends_on = timezone.localdate() - datetime.timedelta(days=1)
    run = CourseRunFactory(starts_on=ends_on - datetime.timedelta(days=1), ends_on=ends_on, **fields)
    CurriculumSubjectFactory(curriculum=run.curriculum, hours=hours)
    lay_sessions(run, days=2, minutes=hours * 30)
    return run


def lay_sessions(run: CourseRun, *, days: int, minutes: int, instructor: Any = None) -> list[Session]:
    """One session a day from the run's first day on, from nine o'clock."""
    sessions = []
    for number in range(days):
        day = run.starts_on + datetime.timedelta(days=number)
        start = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9)))
        extra = {"instructor": instructor} if instructor else {}
        sessions.append(
            SessionFactory(
                run=run, number=number + 1, minutes=minutes, starts_at=start,
                ends_at=start + datetime.timedelta(minutes=minutes), **extra,
            )
        )  # fmt: skip
    return sessions


def record_attendance(*enrolments: Enrolment, missed: int = 0) -> None:
    """Record every session of the run; `missed` minutes are missed from the first on."""
    for enrolment in enrolments:
        left = missed
        for session in enrolment.run.sessions.order_by("number"):
            here = min(left, session.minutes)
            left -= here
            AttendanceRecordFactory(session=session, enrolment=enrolment, missed=here)


class MaterialFactory(DjangoModelFactory[Material]):
    class Meta:
        model = Material

    run = factory.SubFactory(CourseRunFactory)
    title = factory.Sequence(lambda n: f"講義{n}")
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7 handout", "handout.pdf"))
    size = 16


def course_pages(course: Course) -> tuple[CourseIndexPage, CoursePage]:
    """The site, the course index and the page of `course`, published; instructors may write there."""
    index = CourseIndexPage.objects.first() or publish(ensure_site(), CourseIndexPage(title="課程", slug="courses"))
    page = publish(index, CoursePage(title=course.name, slug=course.code, course=course, introduction="介紹"))
    ensure_page_permissions()
    return index, page


def lesson(parent: CoursePage, title: str = "招標與決標", **fields: Any) -> LessonPage:
    """A published lesson, for the enrolled unless said otherwise."""
    return publish(parent, LessonPage(**{"title": title, "summary": "學會看招標公告", **fields}))


def lecture_index() -> LectureIndexPage:
    """The index of lectures, published."""
    index = publish(ensure_site(), LectureIndexPage(title="種子教師講座", slug="lectures"))
    ensure_page_permissions()
    return index


def lecture(parent: LectureIndexPage, title: str = "最有利標實務", **fields: Any) -> LecturePage:
    """A published lecture, for the signed-in unless said otherwise."""
    return publish(parent, LecturePage(**{"title": title, "summary": "學會評選", **fields}))


def teach(user: User, run: CourseRun) -> Session:
    """Put `user` down as instructor of a new session of `run`."""
    from tests.factories.faculty import InstructorFactory

    instructor = getattr(user.person, "instructor", None) or InstructorFactory(person=user.person)
    number = run.sessions.count() + 1
    return SessionFactory(run=run, number=number, instructor=instructor)
