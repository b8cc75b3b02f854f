"""A question to the hotline, from a blank entry to a published page, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import Platform, new_context, sign_in

QUESTION = "本校陳小明主任問，履約保證金可以用連帶保證代替嗎？請回電 0912-345-678。"
ANSWER = "招標文件得規定廠商以定期存款單、連帶保證書等方式繳納，依採購法第 30 條辦理。"
LONGEST_WAY = 120  # presses of Tab


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, as somebody without a mouse does."""
    expect(target).to_be_visible()
    for _press in range(LONGEST_WAY):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by keyboard")


def press(page: Page, target: Locator) -> None:
    """Go to `target` by keyboard and press Enter."""
    tab_to(page, target)
    page.keyboard.press("Enter")


@pytest.mark.browser
def test_from_a_blank_entry_to_a_published_page(browser: Browser, platform_served: Platform) -> None:
    officer = new_context(browser, platform_served).new_page()
    sign_in(officer, "officer@demo.test")
    expect(officer.get_by_role("textbox", name="問題")).to_be_focused()
    officer.keyboard.type(QUESTION)
    officer.keyboard.press("Alt+r")
    officer.keyboard.type("採購法 30")
    officer.keyboard.press("Alt+a")
    officer.keyboard.type(ANSWER)
    expect(officer.locator("[data-status]")).to_have_text(re.compile(r"已儲存 \d\d:\d\d:\d\d$"))
    officer.keyboard.press("Control+Enter")

    expect(officer.get_by_text(re.compile(r"\d{3}-\d{4} 已儲存"))).to_be_visible()
    press(officer, officer.get_by_role("link", name="發布為問答"))
    press(officer, officer.get_by_role("button", name="以本案建立草稿"))

    # what gives somebody away is decided one by one; only then can the page be submitted
    replace = officer.get_by_role("button", name=re.compile("替換"))
    submit = officer.get_by_role("button", name="送出審核")
    for left in (2, 1):  # the name and the phone number
        expect(replace).to_have_count(left)
        expect(submit).to_have_count(0)
        press(officer, replace.first)
    expect(replace).to_have_count(0)
    press(officer, submit)
    expect(officer.get_by_text("本頁審核中。")).to_be_visible()

    visitor = new_context(browser, platform_served).new_page()
    visitor.goto("/zone/questions/")
    expect(visitor.get_by_role("main")).not_to_contain_text("連帶保證")

    admin = new_context(browser, platform_served).new_page()
    sign_in(admin, "admin@demo.test")
    admin.goto("/cms/")
    press(admin, admin.get_by_role("main").get_by_role("link", name=re.compile("連帶保證")).first)
    press(admin, admin.get_by_role("button", name="更多操作"))
    press(admin, admin.get_by_role("button", name=re.compile("^核准")).first)
    admin.wait_for_url(lambda url: "/edit/" not in url)

    visitor.goto("/zone/questions/")
    visitor.get_by_role("main").get_by_role("link", name=re.compile("連帶保證")).first.click()
    words = visitor.get_by_role("main")
    expect(words).to_contain_text("採購法第 30 條")
    expect(words).not_to_contain_text("陳小明")
    expect(words).not_to_contain_text("0912")
    for page in (officer, admin, visitor):
        page.context.close()
