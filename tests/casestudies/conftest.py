"""What tests of the screens of failed tenders share."""

import pytest
from django.conf import settings
from django.utils import translation

from accounts.enums import Role
from tests.factories.accounts import UserFactory
from website.services import ensure_site


@pytest.fixture
def in_chinese(db):
    """The site stands, and Chinese is spoken as on a request without a language."""
    ensure_site()
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def desk(client):
    """An administrator's browser."""
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    return client
