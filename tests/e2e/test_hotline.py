"""The hotline: a plain case by keyboard alone, and two officers in one case."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Platform, new_context, sign_in

pytestmark = [pytest.mark.browser]

QUESTION = "公開招標第一次開標只有兩家廠商投標，依採購法第 48 條可以開標嗎？"
ANSWER = "第一次開標須有三家以上合格廠商投標，本案應予流標，第二次招標不受三家限制。"


def at_the_log(browser: Browser, platform: Platform, email: str = "officer@demo.test") -> Page:
    """Sign in and return the page, which for officers is the log."""
    page = new_context(browser, platform).new_page()
    sign_in(page, email)
    return page


def saved(page: Page) -> None:
    """Wait until the screen says that everything is saved."""
    expect(page.locator("[data-status]")).to_have_text(re.compile(r"已儲存 \d\d:\d\d:\d\d$"))


def cases(platform: Platform) -> list[str]:
    """Return what stands in the log, one line per case."""
    return platform.shell(
        "from consultations.models import Consultation as C\n"
        f"for c in C.objects.filter(question__startswith='{QUESTION[:10]}').order_by('pk'):\n"
        "    print(c.number, c.state, c.agency, c.subject, c.articles_named, c.articles.count(), c.minutes, c.answer,"
        " sep='|')\n"
    ).splitlines()


def test_an_officer_logs_a_plain_case_by_keyboard_alone(browser: Browser, platform_served: Platform) -> None:
    before = cases(platform_served)
    page = at_the_log(browser, platform_served)
    expect(page).to_have_url(re.compile(r"/cms/hotline/log/$"))
    expect(page.get_by_role("textbox", name="問題")).to_be_focused()
    keyboard = page.keyboard

    keyboard.type(QUESTION)
    keyboard.press("Tab")
    keyboard.type("台中市政府環境保")  # 台 finds 臺
    expect(page.get_by_role("option", name="臺中市政府環境保護局")).to_be_visible()
    keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="機關")).to_have_value("臺中市政府環境保護局")
    # an article that does not exist is named at once; the one the question names is offered beside it
    keyboard.press("Alt+r")
    keyboard.type("採購法 999")
    expect(page.get_by_text("採購法沒有第 999 條")).to_be_visible()
    keyboard.press("Control+a")
    keyboard.press("Delete")
    expect(page.get_by_role("button", name="加入 採購法 48")).to_be_visible()
    keyboard.type("採購法 48")
    expect(page.get_by_text("採購法沒有第 999 條")).to_be_hidden()
    keyboard.press("Shift+Tab")
    keyboard.press("Shift+Tab")
    keyboard.type("招標")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    # too early: the field says what is missing, and has the cursor
    keyboard.press("Control+Enter")
    missing = page.get_by_text("已答覆的案件須有答覆內容")
    expect(missing).to_be_visible()
    expect(page.get_by_role("textbox", name="答覆")).to_be_focused()
    keyboard.type(ANSWER)
    expect(missing).to_be_hidden()
    saved(page)
    keyboard.press("Control+Enter")

    expect(page.get_by_text(re.compile(r"\d{3}-\d{4} 已儲存"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"/cms/hotline/log/$"))
    expect(page.get_by_role("textbox", name="問題")).to_be_focused()
    expect(page.get_by_role("textbox", name="問題")).to_have_value("")
    after = cases(platform_served)
    assert len(after) == len(before) + 1
    number, state, agency, subject, articles, linked, minutes, answer = after[-1].split("|")
    assert re.fullmatch(r"\d{3}-\d{4}", number)
    assert (state, agency, articles, linked) == ("answered", "臺中市政府環境保護局", "採購法 48", "1")
    assert "招標" in subject
    assert int(minutes) >= 1
    assert answer == ANSWER
    page.context.close()


def test_the_second_of_two_officers_sees_the_first_at_once_and_takes_over(
    browser: Browser, platform_served: Platform
) -> None:
    first = at_the_log(browser, platform_served)
    first.get_by_role("textbox", name="問題").fill("押標金何時發還？")
    saved(first)
    address = first.url

    second = at_the_log(browser, platform_served, "admin@demo.test")
    second.goto(address)
    expect(second.get_by_role("alert")).to_contain_text(re.compile(r"詢範例自 \d\d:\d\d 起正在編寫本案"))
    expect(second.get_by_role("textbox", name="答覆")).to_be_disabled()
    expect(second.get_by_role("textbox", name="問題")).to_have_value("押標金何時發還？")
    second.get_by_role("button", name="接手", exact=True).click()
    second.get_by_role("textbox", name="答覆").fill("決標後無待解決事項者即發還。")
    saved(second)

    # the first goes on typing, is told, and loses nothing
    first.get_by_role("textbox", name="答覆").fill("第一人的話")
    expect(first.get_by_role("alert")).to_contain_text("管範例已於")
    expect(first.get_by_role("textbox", name="答覆")).to_have_value("第一人的話")
    first.get_by_role("button", name="顯示對方內容").click()
    expect(first.get_by_role("alert")).to_contain_text("決標後無待解決事項者即發還。")
    first.get_by_role("button", name="接手", exact=True).click()
    saved(first)

    # and the second learns of it at the next sign of life, without touching a key
    expect(second.get_by_role("alert")).to_contain_text("詢範例已於", timeout=25_000)
    expect(second.get_by_role("textbox", name="答覆")).to_be_disabled()
    first.context.close()
    second.context.close()


def test_what_is_typed_offline_is_saved_when_the_line_is_back(browser: Browser, platform_served: Platform) -> None:
    page = at_the_log(browser, platform_served)
    page.get_by_role("textbox", name="問題").fill("斷線前")
    saved(page)
    page.context.set_offline(True)
    page.get_by_role("textbox", name="問題").fill("斷線後寫的")
    expect(page.locator("[data-status]")).to_contain_text("尚未儲存，內容不會遺失")
    page.context.set_offline(False)
    saved(page)
    page.reload()
    expect(page.get_by_role("textbox", name="問題")).to_have_value("斷線後寫的")
    page.get_by_text("捨棄…").click()
    page.get_by_role("button", name="永久捨棄這筆紀錄").click()
    expect(page.get_by_text("已捨棄這筆紀錄")).to_be_visible()
    page.context.close()
