"""People who study and teach."""

import pytest

from accounts.enums import Role
from accounts.models import User
from tests.factories.accounts import UserFactory


@pytest.fixture
def trainee(db: None) -> User:
    return UserFactory()


@pytest.fixture
def instructor(db: None) -> User:
    return UserFactory(roles=[Role.INSTRUCTOR])


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(roles=[Role.ADMINISTRATOR])
