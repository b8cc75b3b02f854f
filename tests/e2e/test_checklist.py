"""A buyer fills the checklist before publishing: each answer is saved by itself, and a cut line loses nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Platform, new_context, sign_in

pytestmark = pytest.mark.browser


def test_a_checklist_is_saved_as_it_is_filled_even_after_the_line_was_cut(
    browser: Browser, platform_served: Platform, storage_states: dict[str, Any]
):
    platform_served.shell("from casestudies.services.taxonomy import ensure_taxonomy; ensure_taxonomy()")
    context = new_context(browser, platform_served, storage_state=storage_states["trainee"])
    page = context.new_page()
    page.goto("/checklist/")
    page.get_by_role("radio", name="工程").check()
    page.get_by_role("button", name="開始我的檢核表").click()
    page.wait_for_url(re.compile("/my-checklists/"))
    page.get_by_label("採購案名").fill("示範校舍修繕")
    points = page.get_by_role("group", name=re.compile("？"))
    points.nth(0).get_by_label("是", exact=True).check()
    status = page.get_by_role("status")
    expect(status.filter(has_text="已儲存")).to_be_visible()

    context.set_offline(True)
    points.nth(1).get_by_label("尚未").check()
    points.nth(1).get_by_role("textbox").fill("待訪價三家")
    expect(status.filter(has_text="還沒存到")).to_be_visible()
    expect(status.filter(has_text="其中 1 項尚未辦理")).to_be_visible()
    context.set_offline(False)
    expect(status.filter(has_text="已儲存")).to_be_visible()

    # hours later: signed out, then signed in in another tab, which makes a new token
    context.clear_cookies(name="sessionid")
    points.nth(2).get_by_label("是", exact=True).check()
    expect(status.filter(has_text="已登出")).to_be_visible()
    sign_in(context.new_page(), "trainee@demo.test")
    expect(status.filter(has_text="已儲存")).to_be_visible()

    page.reload()
    expect(points.nth(2).get_by_label("是", exact=True)).to_be_checked()
    expect(points.nth(0).get_by_label("是", exact=True)).to_be_checked()
    expect(points.nth(1).get_by_role("textbox")).to_have_value("待訪價三家")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="下載 PDF").click()
    assert downloading.value.suggested_filename == "招標公告前檢核表_示範校舍修繕.pdf"
    context.close()


def test_it_is_filled_without_scripts_and_without_an_account(browser: Browser, platform_served: Platform):
    platform_served.shell("from casestudies.services.taxonomy import ensure_taxonomy; ensure_taxonomy()")
    context = new_context(browser, platform_served, java_script_enabled=False)
    page = context.new_page()
    page.goto("/checklist/")
    page.get_by_role("radio", name="勞務").check()
    page.get_by_role("button", name="顯示檢核表").click()
    first = page.get_by_role("group", name=re.compile("？")).nth(0)
    first.get_by_label("尚未").check()
    first.get_by_role("textbox").fill("待主計單位確認")
    page.get_by_role("button", name="統計已答項目").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("已答 1／.*其中 1 項尚未辦理"))).to_be_visible()
    expect(first.get_by_role("textbox")).to_have_value("待主計單位確認")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="下載 PDF").click()
    assert downloading.value.suggested_filename == "招標公告前檢核表.pdf"
    context.close()
