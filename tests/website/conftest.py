"""The site's skeleton for every test that shows pages."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation

from website.models import HomePage
from website.services import ensure_site


@pytest.fixture
def home(db: None) -> HomePage:
    return ensure_site(
        headline="陽光採購", introduction="線上報名、線上學習", headline_en="Sunshine", introduction_en="Online"
    )


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """Begin in Chinese: a request to /en/ leaves its language behind in this thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
