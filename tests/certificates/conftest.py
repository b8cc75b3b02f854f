"""A finished basic class and the people around it."""

from collections.abc import Callable

import pytest

from accounts.enums import Role
from accounts.models import User
from courses.catalogue.models import CourseRun
from courses.enrolment.models import Enrolment
from tests.factories.accounts import UserFactory
from tests.factories.assessment import ResultFactory
from tests.factories.enrolment import EnrolmentFactory
from tests.factories.learning import finished_run, record_attendance


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def run(db: None) -> CourseRun:
    return finished_run()


@pytest.fixture
def complete(run: CourseRun) -> Callable[..., Enrolment]:
    """Make somebody complete the class: everything attended, exam passed."""
    numbers = iter(range(1, 1000))

    def make(name: str = "林采薇", **fields: object) -> Enrolment:
        enrolment = EnrolmentFactory(run=run, number=next(numbers), person__name=name, **fields)
        record_attendance(enrolment)
        ResultFactory(enrolment=enrolment)
        return enrolment

    return make
