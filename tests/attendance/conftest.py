"""A basic class of 66 hours that is under way, with an instructor, a session this morning and three trainees."""

import datetime

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from courses.catalogue.models import CourseRun, Session
from courses.enrolment.models import Enrolment
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory
from tests.factories.faculty import InstructorFactory


@pytest.fixture
def instructor_user(db: None) -> User:
    user = UserFactory(roles=[Role.INSTRUCTOR])
    InstructorFactory(person=user.person)
    return user


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def run(db: None) -> CourseRun:
    return CourseRunFactory(basic=True, starts_on=timezone.localdate() - datetime.timedelta(days=3))


@pytest.fixture
def session(run: CourseRun, instructor_user: User) -> Session:
    """Three hours that ended yesterday."""
    start = timezone.now() - datetime.timedelta(days=1, hours=3)
    return SessionFactory(
        run=run, number=1, title="招標及決標", minutes=180, instructor=instructor_user.person.instructor,
        starts_at=start, ends_at=start + datetime.timedelta(hours=3),
    )  # fmt: skip


@pytest.fixture
def trainees(run: CourseRun) -> list[Enrolment]:
    return [
        EnrolmentFactory(run=run, number=number, person__name=name)
        for number, name in enumerate(("王小明", "李小華", "陳大文"), 1)
    ]
