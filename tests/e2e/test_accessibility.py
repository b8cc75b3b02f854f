"""axe finds nothing on any page, on a phone and a desk, in both languages, in light and dark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.conftest import Platform, new_context

SIZES = [{"width": 390, "height": 844}, {"width": 1440, "height": 900}]
OPTIONS = {
    "light": {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}},  # all that can differ
}
RUN_AXE = "async ([within, options]) => (await axe.run(within, {...options, resultTypes: ['violations']})).violations"

# (who, path); names in braces are filled from the demonstration data
PAGES = [
    ("", "/"),
    ("", "/runs/"),
    ("", "/runs/?kind=basic"),
    ("", "/runs/{open_run}/"),
    ("", "/runs/{full_run}/"),
    ("", "/courses/"),
    ("", "/courses/basic/"),
    ("", "/lectures/"),
    ("", "/zone/"),
    ("", "/zone/announcements/"),
    ("", "/zone/announcements/thresholds-since-112/"),
    ("", "/tasks/acceptance/"),
    ("", "/documents/"),
    ("", "/documents/procurement-manual/"),
    ("", "/documents/control-points-open-tender/112.1/"),
    ("", "/thresholds/"),
    ("", "/thresholds/?kind=goods&amount=140萬&options=20萬&day=112/1/1"),
    ("", "/thresholds/?kind=goods&amount=x&options=&day=y"),
    ("", "/laws/"),
    ("", "/laws/A0030057/"),
    ("", "/laws/A0030057/48/"),
    ("", "/laws/A0030057/compare/"),
    ("", "/laws/DEMO-RULES/2/"),
    ("", "/laws/DEMO-RULES/compare/"),
    ("", "/zone/questions/"),
    ("", "/zone/questions/city-small-purchase/"),
    ("", "/zone/case-studies/"),
    ("", "/zone/case-studies/{study}/"),
    ("", "/search/"),
    ("", "/search/?q=流標"),
    ("", "/search/?q=zzzz"),
    ("", "/verify/"),
    ("", "/verify/{certificate}/"),
    ("", "/verify/AAAAAAAAAAAAAAAA/"),
    ("", "/guides/"),
    ("", "/guides/trainee/"),
    ("", "/guides/instructor/"),
    ("", "/guides/officer/"),
    ("", "/guides/buyer/"),
    ("", "/guides/committee/"),
    ("", "/guides/administrator/"),
    ("", "/checklist/"),
    ("", "/checklist/?kind=works&amount=1200萬&agency_kind=school"),
    ("", "/checklist/?kind=boats"),
    ("", "/privacy/"),
    ("", "/accessibility/"),
    ("", "/sitemap/"),
    ("", "/no-such-page/"),
    ("", "/accounts/login/"),
    ("", "/accounts/signup/"),
    ("", "/accounts/password/reset/"),
    ("", "/accounts/confirm-email/"),
    ("trainee", "/my/"),
    ("trainee", "/courses/basic/open-tender/"),
    ("trainee", "/lectures/{lecture}/"),
    ("trainee", "/runs/{open_run}/enrol/"),
    ("trainee", "/runs/{running_run}/"),
    ("trainee", "/desk/"),
    ("trainee", "/subscriptions/"),
    ("trainee", "/documents/procurement-manual/"),
    ("trainee", "/ask/"),
    ("trainee", "/my-questions/"),
    ("trainee", "/my-questions/{question}/"),
    ("trainee", "/my-checklists/"),
    ("trainee", "/my-checklists/{checklist}/"),
    ("trainee", "/account/"),
    ("trainee", "/accounts/2fa/"),
    ("trainee", "/accounts/email/"),
    ("trainee", "/accounts/password/change/"),
    ("trainee", "/accounts/logout/"),
    ("contact", "/my-agency/"),
    ("instructor", "/today/"),
    ("instructor", "/today/sessions/{session}/"),
    ("admin", "/desk/"),
    ("admin", "/reports/"),
    ("admin", "/reports/pass-rate/?year=107"),
    ("officer", "/hotline/trends/"),
    ("member", "/review-meetings/"),
    ("member", "/review-meetings/{meeting}/"),
    ("member", "/review-meetings/{meeting}/{item}/"),
    ("viewer", "/reports/failed-tenders/?year=107"),
    ("viewer", "/tender-cases/{tender}/"),
    ("viewer", "/failed-tenders/table/"),
    ("viewer", "/reports/consultations/?year=107"),
    ("viewer", "/reports/consultations/?year=x"),
    ("viewer", "/reports/pass-rate/people/?year=107&run=107-basic-4&measure=certified"),
]


# our own screens of the back office, without Wagtail's frame around them
SCREENS = [
    ("officer", "/cms/hotline/log/"),
    ("officer", "/cms/hotline/cases/"),
    ("officer", "/cms/hotline/cases/{answered}/"),
    ("officer", "/cms/hotline/publish/{answered}/"),
    ("officer", "/cms/hotline/roster/"),
    ("admin", "/cms/hotline/import/"),
    ("admin", "/cms/tenders/cases/"),
    ("admin", "/cms/tenders/cases/{tender}/"),
    ("admin", "/cms/tenders/cases/new/"),
    ("admin", "/cms/tenders/import/"),
    ("admin", "/cms/tenders/waiting/"),
    ("admin", "/cms/tenders/listing/"),
    ("admin", "/cms/tenders/diagnosing/{tender}/"),
    ("admin", "/cms/tenders/taxonomy/"),
    ("admin", "/cms/tenders/meetings/{meeting}/"),
    ("admin", "/cms/tenders/decisions/"),
    ("admin", "/cms/law-import/"),
    ("admin", "/cms/law-reviews/"),
]


@pytest.fixture(scope="session")
def facts(platform_served: Platform) -> dict[str, str]:
    """What the paths above speak of."""
    printed = platform_served.shell(
        """
import json
from django.utils import timezone
from certificates.models import Certificate
from consultations.models import Consultation
from casestudies.models import AgendaItem, CaseStudyPage, Checklist, Listing
from courses.catalogue.models import CourseRun, Session
from courses.learning.models import LecturePage
runs = {r.pk: r for r in CourseRun.objects.all()}
open_run = next(r for r in runs.values() if r.course.kind == "basic" and r.state == "open")
full_run = next(r for r in runs.values() if r.queue.exists())
running = next(r for r in runs.values() if r.course.kind == "basic" and r.state == "running")
item = AgendaItem.objects.filter(meeting__state="convened", meeting__name__contains="示範").first()
today = [s for s in running.sessions.all() if timezone.localtime(s.starts_at).date() == timezone.localdate()]
print(json.dumps({
    "open_run": open_run.code, "full_run": full_run.code, "running_run": running.code, "session": str(today[0].pk),
    "answered": str(Consultation.objects.answered().latest("pk").pk),
    "question": str(Consultation.objects.answered().filter(asked_by__email="trainee@demo.test").first().pk),
    "study": CaseStudyPage.objects.filter(locale__language_code="zh-hant", live=True).first().slug,
    "checklist": str(Checklist.objects.first().pk), "meeting": str(item.meeting_id), "item": str(item.pk),
    "tender": str(Listing.objects.filter(case__awarded_on__isnull=False).first().case_id),
    "certificate": Certificate.objects.first().public_id, "lecture": LecturePage.objects.first().slug,
}))
"""
    )
    return dict(json.loads(printed.strip().splitlines()[-1]))


@pytest.fixture(scope="session")
def profiles(
    browser: Browser, platform_served: Platform, storage_states: dict[str, Any]
) -> Iterator[dict[str, BrowserContext]]:
    """A browser profile for each role, which keeps our style sheets as a reader's does."""
    kept = {
        who: new_context(browser, platform_served, storage_state=storage_states.get(who))
        for who in ("", *storage_states)
    }
    yield kept
    for context in kept.values():
        context.close()


RENDER_ERRORS = """
import json
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils.translation import override
from website import views
pages = {}
for language, path in (("zh-hant", "/x/"), ("en", "/en/x/")):
    for name in ("bad_request", "too_many_requests", "server_error"):
        request = RequestFactory().get(path)
        request.user, request.session = AnonymousUser(), {}
        with override(language):
            arguments = () if name == "server_error" else (Exception("x"),)
            pages[f"{name}:{language}"] = getattr(views, name)(request, *arguments).content.decode()
print(json.dumps(pages))
"""


@pytest.fixture(scope="session")
def error_pages(platform_served: Platform) -> dict[str, str]:
    """The error pages that no visitor can be made to meet, as the views render them."""
    return dict(json.loads(platform_served.shell(RENDER_ERRORS).strip().splitlines()[-1]))


def _violations(page: Page, within: str = "html") -> list[str]:
    """Return what axe finds, and sideways scrolling: at both sizes, and on a desk also in the dark."""
    problems: list[str] = []
    page.evaluate(Axe().axe_script)
    for size in SIZES:
        page.set_viewport_size(size)
        if within == "html" and _sideways(page):
            problems.append(f"scrolls sideways by {_sideways(page)} px at {size['width']} px")
        for scheme, options in OPTIONS.items() if size == SIZES[-1] else [("light", OPTIONS["light"])]:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = page.evaluate(RUN_AXE, [within, options])
            problems += [f"{size['width']} px, {scheme}: {_describe(violation)}" for violation in found]
    return problems


def _describe(violation: dict[str, Any]) -> str:
    nodes = "; ".join(
        node["html"][:160] + " | " + (node.get("failureSummary") or "")[:200] for node in violation["nodes"][:3]
    )
    return f"{violation['id']}: {violation['help']} — {nodes}"


def _sideways(page: Page) -> int:
    """Return by how many pixels the page scrolls sideways."""
    overflow: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return overflow


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-hant", "en"])
@pytest.mark.parametrize(("who", "path"), PAGES, ids=[f"{who or 'visitor'}:{path}" for who, path in PAGES])
def test_no_violation(
    who: str,
    path: str,
    language: str,
    platform_served: Platform,
    facts: dict[str, str],
    profiles: dict[str, BrowserContext],
) -> None:
    address = ("/en" if language == "en" else "") + path.format(**facts)
    page = profiles[who].new_page()
    refused: list[str] = []
    page.on("console", lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None)
    page.on(
        "request", lambda r: refused.append(r.url) if not r.url.startswith((platform_served.url, "data:")) else None
    )
    try:
        page.goto(address)
        problems = _violations(page)
        assert page.locator("html").get_attribute("lang") == ("en" if language == "en" else "zh-Hant")
    finally:
        page.close()
    assert problems == []
    assert refused == []


@pytest.mark.browser
@pytest.mark.parametrize(("who", "path"), SCREENS, ids=[path for _who, path in SCREENS])
def test_no_violation_on_our_screens_of_the_back_office(
    who: str,
    path: str,
    facts: dict[str, str],
    profiles: dict[str, BrowserContext],
) -> None:
    page = profiles[who].new_page()
    try:
        page.goto(path.format(**facts))
        problems = _violations(page, within="#main")
    finally:
        page.close()
    assert problems == []


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-hant", "en"])
@pytest.mark.parametrize("name", ["bad_request", "too_many_requests", "server_error"])
def test_no_violation_on_error_pages(
    name: str, language: str, browser: Browser, platform_served: Platform, error_pages: dict[str, str]
) -> None:
    context = new_context(browser, platform_served)
    page = context.new_page()
    body = error_pages[f"{name}:{language}"]
    page.route("**/rendered-error/", lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=body))
    try:
        page.goto("/rendered-error/")
        assert page.locator("h1").count() == 1
        assert _violations(page) == []
    finally:
        context.close()
