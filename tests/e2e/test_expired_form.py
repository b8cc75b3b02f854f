"""A form that has expired says so, keeps what was typed, and can be sent again."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Platform, new_context, sign_in


@pytest.mark.browser
def test_an_expired_form_keeps_what_was_typed(browser: Browser, platform_served: Platform) -> None:
    context = new_context(browser, platform_served)
    page = context.new_page()
    sign_in(page, "trainee@demo.test")
    page.goto("/account/")
    job = page.get_by_role("textbox", name=re.compile("^職稱"))
    job.fill("薦任科員")
    form = page.locator("form", has=job)
    form.locator("input[name=csrfmiddlewaretoken]").evaluate("field => field.value = 'x'.repeat(64)")
    form.locator("button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("這份表單過期了")
    expect(page.get_by_role("textbox", name="職稱")).to_have_value("薦任科員")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="再送一次").click()
    page.goto("/account/")
    expect(page.get_by_role("textbox", name=re.compile("^職稱"))).to_have_value("薦任科員")
    context.close()
