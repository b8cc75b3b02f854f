"""Who is answered how at every address: the table `access.txt`, asked of real rows on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.test import Client

import config.urls
from tests.demo.places import IDENTITIES, TABLE, Answers, Visitor, letter, places, written
from tests.demo.reading import read

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    # Wagtail leaves what it makes a rendition of to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SEEN = Path(settings.BASE_DIR) / ".pytest_cache" / "access.txt"


@pytest.fixture(scope="module")
def visitors(every_kind_of_row: None) -> Iterator[dict[str, Visitor]]:
    """Return a visitor for each column of the table. Refusals are answered bare: their pages are tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        for code in (403, 404):
            bare = login_not_required(lambda request, exception, code=code: HttpResponse(status=code))
            patch.setattr(config.urls, f"handler{code}", bare)
        yield {identity: Visitor(identity) for identity in IDENTITIES}


# what no form of ours would send, by the type of the field; dates and numbers also one at a time
HOSTILE = {
    "date": ("9999-12-31", "0001-01-01"),
    "number": ("-1", "0", "99999999999999999999"),
    "*": ("abc", "99999999999999999999", "字" * 3000),
}


def test_no_parameter_of_any_page_ends_in_a_fault(visitors: dict[str, Visitor]) -> None:
    faults = []
    admin = visitors["admin"]
    for place in places():
        if place.route.endswith("results/"):  # the list of the page above it, by the same view
            continue
        path = place.path()
        page = read(path, admin.ask(path))
        names = page.parameters if page else {}
        asked = [dict.fromkeys(names, value) for value in HOSTILE["*"] if names]
        asked += [{name: value} for name, kind in names.items() for value in HOSTILE.get(kind, ())]
        for data in asked:
            status = admin.ask(path, data=data).status_code
            if status >= 500:
                faults.append(f"{path} {str(data)[:80]}: {status}")
    assert faults == []


NUL = "\0"


@pytest.mark.parametrize(
    ("path", "data", "is_sent"),
    [
        ("/account/agencies/", {"agency_search": NUL}, False),
        ("/search/", {"q": f"採購{NUL}"}, False),
        ("/laws/A0030057/", {"in": NUL}, False),
        ("/verify/%00/", {}, False),
        ("/cms/pages/search/", {"q": NUL}, False),
        ("/cms/sittings/", {f"q{NUL}": "1"}, False),
        ("/cms/agency_chooser/chosen-multiple/", {"id": NUL}, False),
        ("/accounts/login/", {"login": NUL}, True),
        ("/ask/", {"question": f"採{NUL}購"}, True),
        ("/checklist/", {"kind": NUL}, True),
        ("/cms/account/", {"body": r'[{"type": "text", "value": "\u0000"}]'}, True),
        ("/cms/account/", {"body": r'{"half of a character": "\ud83d"}'}, True),
    ],
)
def test_what_the_database_cannot_hold_is_a_bad_request(
    visitors: dict[str, Visitor], path: str, data: dict[str, str], is_sent: bool
) -> None:
    assert visitors["admin"].ask(path, data=data, post=is_sent).status_code == 400


def test_a_cookie_that_the_database_cannot_hold_is_no_session(visitors: dict[str, Visitor]) -> None:
    """Written with an escape, a cookie can hold what a header cannot."""
    asked = Client(headers={"cookie": r'sessionid="aaaaaaaaaaaa\000"'}).get("/my/")
    assert (asked.status_code, asked["Location"]) == (302, "/accounts/login/?next=/my/")


def test_every_address_answers_everybody_as_the_table_says(visitors: dict[str, Visitor]) -> None:
    seen = {}
    for place in places():
        path = place.path()
        get, post = (
            "".join(letter(visitor.ask(path, post=is_sent)) for visitor in visitors.values())
            for is_sent in (False, True)
        )
        seen[place.label] = Answers(get, post)
    SEEN.write_text("".join(f"  {get} {post}  {label}\n" for label, (get, post) in seen.items()), encoding="utf-8")
    table = written()
    wrong = [
        f"{label}: the table says {' '.join(table.get(label, ['nothing']))}, the site answers {' '.join(answers)}"
        for label, answers in seen.items()
        if table.get(label) != answers
    ]
    assert wrong == [], (
        f"If an answer is wrong, mend the view. If it is meant, write its line into {TABLE.name}: "
        f"all answers as they are now stand in {SEEN.relative_to(settings.BASE_DIR)}, to be compared and read, "
        "not copied whole."
    )
