"""Officers with accounts, a law to name, and the site."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation

from accounts.enums import Role
from accounts.models import User
from library.enums import TextSource
from library.models import Law, LawAlias
from tests.factories.accounts import UserFactory
from tests.factories.consultations import HotlineOfficerFactory
from tests.factories.library import ArticleFactory, ArticleVersionFactory, LawFactory, LawVersionFactory
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


def officer_user(**person: str) -> User:
    """The account of a hotline officer with a valid qualification."""
    user = UserFactory(roles=[Role.HOTLINE_OFFICER], **{f"person__{key}": value for key, value in person.items()})
    HotlineOfficerFactory(person=user.person)
    return user


@pytest.fixture
def officer(home: HomePage) -> User:
    return officer_user(name="詢甲範")


@pytest.fixture
def other(home: HomePage) -> User:
    return officer_user(name="詢乙範")


def law_with(pcode: str, name: str, aliases: list[str], numbers: list[str]) -> Law:
    law = LawFactory(pcode=pcode, name=name)
    version = LawVersionFactory(law=law)
    for alias in aliases:
        LawAlias.objects.create(law=law, name=alias)
    for order, number in enumerate(numbers):
        article = ArticleFactory(law=law, number=number, order=order)
        ArticleVersionFactory(article=article, law_version=version, text=f"{name}第 {number} 條的條文。\n第二項。",
                              source=TextSource.OFFICIAL)  # fmt: skip
    return law


@pytest.fixture
def act(db: None) -> Law:
    numbers = ["11", "11-1", "22", "24", "25", "48", "49", "101", "114"]
    return law_with("A0030057", "政府採購法", ["採購法"], numbers)


@pytest.fixture
def rules(db: None) -> Law:
    return law_with("A0030058", "政府採購法施行細則", ["採購法施行細則", "施行細則"], ["5", "55", "91"])
