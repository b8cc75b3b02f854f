"""The Act, its enforcement rules and the Regulations, with a few articles each."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation

from library.models import Article, Law, LawAlias
from library.numerals import article_order
from tests.factories.library import LawFactory
from website.models import HomePage
from website.services import ensure_site


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """Begin in Chinese: a request to /en/ leaves its language behind in this thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def home(db: None) -> HomePage:
    return ensure_site()


def law_with(pcode: str, name: str, aliases: list[str], numbers: list[str]) -> Law:
    law = LawFactory(pcode=pcode, name=name)
    for alias in aliases:
        LawAlias.objects.create(law=law, name=alias)
    for number in numbers:
        Article.objects.create(law=law, number=number, order=article_order(number))
    return law


@pytest.fixture
def act(db: None) -> Law:
    numbers = ["11", "11-1", "15", "33", "34", "35", "48", "49", "50", "73-1", "101"]
    return law_with("A0030057", "政府採購法", ["採購法"], numbers)


@pytest.fixture
def rules(db: None) -> Law:
    return law_with("A0030058", "政府採購法施行細則", ["採購法施行細則", "施行細則"], ["5", "55", "91"])
