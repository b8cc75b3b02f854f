"""A lesson is drafted by its instructor, reviewed by the administrator, and read by the enrolled."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Platform, new_context, sign_in

TITLE = "等標期怎麼算"
COURSE_PAGE = """
from courses.catalogue.models import CoursePage
print(CoursePage.objects.get(slug="basic", locale__language_code="zh-hant").pk)
"""


def _page(browser: Browser, platform: Platform, email: str, refused: list[str]) -> Page:
    """Return a signed-in page that notes what the content security policy refuses and what leaves our site."""
    page = new_context(browser, platform).new_page()
    page.on("console", lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None)
    page.on(
        "request",
        lambda r: refused.append(r.url) if not r.url.startswith((platform.url, "data:", "blob:")) else None,
    )
    sign_in(page, email)
    return page


@pytest.mark.browser
def test_draft_review_publish_read(browser: Browser, platform_served: Platform) -> None:
    refused: list[str] = []
    instructor = _page(browser, platform_served, "instructor@demo.test", refused)
    course_page = platform_served.shell(COURSE_PAGE).strip().splitlines()[-1]
    instructor.goto(f"/cms/pages/add/learning/lessonpage/{course_page}/")
    instructor.get_by_role("textbox", name=re.compile("^標題")).first.fill(TITLE)
    instructor.get_by_role("textbox", name=re.compile("^讀完之後")).first.fill("會算等標期。")
    instructor.get_by_role("button", name="更多操作").click()
    assert instructor.get_by_role("button", name=re.compile("^發[佈布]")).count() == 0  # instructors publish nothing
    instructor.get_by_role("button", name=re.compile("審核")).last.click()
    expect(instructor.get_by_text(TITLE).first).to_be_visible()

    trainee = _page(browser, platform_served, "trainee@demo.test", refused)
    trainee.goto("/courses/basic/")
    expect(trainee.get_by_role("main")).not_to_contain_text(TITLE)

    admin = _page(browser, platform_served, "admin@demo.test", refused)
    admin.goto("/cms/")
    admin.get_by_role("link", name=TITLE).first.click()
    admin.get_by_role("button", name="更多操作").click()
    admin.get_by_role("button", name=re.compile("^核准")).first.click()
    admin.wait_for_url(lambda url: "/edit/" not in url)

    trainee.goto("/courses/basic/")
    trainee.get_by_role("main").get_by_role("link", name=TITLE).click()
    expect(trainee.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert refused == []
