"""Every page that somebody can come to by links opens, and every form on it can be sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.test import override_settings
from django.urls import Resolver404, resolve
from django.utils import translation

from casestudies.enums import Failure, MeetingState
from tests.demo.places import IDENTITIES, Visitor, key, letter, places
from tests.demo.reading import read

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves what it makes a rendition of to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

STARTS = ["/", "/start/", "/my/", "/account/", "/today/", "/desk/", "/cms/"]
COOKIE = "__Host-csrf"  # as production calls it


@dataclass
class Walk:
    """What somebody came to: the patterns of the addresses, and what was wrong there."""

    came_to: set[str] = field(default_factory=set)
    forms: int = 0
    wrong: list[str] = field(default_factory=list)


def _route(path: str) -> str:
    with translation.override("zh-hant"):
        return resolve(urlsplit(path).path).route


def _walk(visitor: Visitor, starts: list[str], *, sends: str = "") -> Walk:
    """Follow the links from `starts`, one to each pattern; send the forms of pages that begin with `sends`."""
    walk, ahead, been = Walk(), list(starts), set()
    while ahead:
        at = ahead.pop(0)
        try:
            route = _route(at)
        except Resolver404:  # the other language: the same pages
            continue
        if at in been or (route in walk.came_to and at not in starts):
            continue
        been.add(at)
        walk.came_to.add(route)
        response = visitor.ask(at)
        if response.status_code >= 500:
            walk.wrong.append(f"{at}: {response.status_code}")
        if response.status_code in {301, 302}:
            ahead.append(response["Location"])
        page = read(at, response)
        if page is None:
            continue
        walk.wrong += [f"{at}: {what}" for what in page.cannot_be_sent(COOKIE)]
        posts = [form for form in page.forms if form.method == "post"]
        walk.forms += len(posts)
        if sends and at.startswith(sends):
            refused = [
                form for form in posts if visitor.ask(form.action, post=True, data=form.values).status_code == 403
            ]
            walk.wrong += [f"{at}: the form to {form.action} is refused" for form in refused]
        ahead += page.links
    return walk


@pytest.fixture(scope="module")
def walks(every_kind_of_row: None) -> Iterator[dict[str, Walk]]:
    """Let everybody walk, the administrator from every list of the back office, too; tokens are asked for."""
    with override_settings(CSRF_COOKIE_NAME=COOKIE):
        lists = [
            place.path() for place in places() if place.route.startswith("cms/") and not set("<(") & set(place.route)
        ]
        meeting = key("casestudies.AgendaItem", "meeting_id", meeting__state=MeetingState.CONVENED)()
        item = key("casestudies.AgendaItem", meeting__state=MeetingState.CONVENED)()
        undecided = key("casestudies.TenderNotice", "case_id", failure=Failure.UNDECIDED)()
        open_ones = [
            f"/cms/tenders/meetings/{meeting}/",
            f"/cms/tenders/meetings/{meeting}/items/{item}/",
            f"/cms/tenders/cases/{undecided}/",
        ]
        yield {
            identity: _walk(
                Visitor(identity, enforce_csrf_checks=True),
                [*lists, *open_ones, *STARTS] if identity == "admin" else STARTS,
                sends="/cms/tenders/" if identity == "admin" else "",
            )
            for identity in IDENTITIES
        }


@pytest.mark.parametrize("identity", IDENTITIES)
def test_every_page_that_links_lead_to_opens_and_its_forms_can_be_sent(walks: dict[str, Walk], identity: str) -> None:
    walk = walks[identity]
    assert walk.wrong == []
    assert len(walk.came_to) > 25
    assert walk.forms > 3


def test_every_list_of_the_back_office_leads_to_the_page_where_a_row_is_edited(walks: dict[str, Walk]) -> None:
    """Unless the administrator may not edit it, as an amount that is in force."""
    admin = Visitor("admin")
    not_found = [
        place.route
        for place in places()
        if re.fullmatch("cms/.*/edit/<int:pk>/", place.route)
        and place.model
        and place.model.objects.exists()
        and place.route not in walks["admin"].came_to
        and letter(admin.ask(place.path())) not in {"-", "n"}
    ]
    assert not_found == []
