"""A failed tender, from the notices in a file to the case study that a class reads."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import Platform, new_context, sign_in

AGENCY = "臺中市政府水利局"
NUMBER = "E2E-115-01"
TITLE = "示範排水護岸改善工程"
SHOWN_BY = "工期未扣除汛期，承辦人陳小明主任轉述廠商均無法如期完工，電話 0912-345-678。"
OPINION = "請重新訪價，並檢討工期是否扣除汛期。"
MEETING = "測試用督導會議"
CHANGE = "汛期不計工期，預算依訪價結果調高。"


def _notice(key: str, kind: str, day: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "date": int(day.replace("-", "")),
        "filename": key,
        "brief": {"type": kind, "title": TITLE, "companies": {"ids": [], "names": []}},
        "job_number": NUMBER,
        "unit_id": "",
        "unit_name": AGENCY,
        "detail": {
            "type": kind, "機關資料:機關名稱": AGENCY, "機關資料:聯絡人": "王大明",
            "機關資料:聯絡電話": "(04)2222-0000",
            **detail,
        },
    }  # fmt: skip


def notices() -> bytes:
    """Two tenders, both failed, as the open data tells them; out of order, as they come."""
    tender = {
        "採購資料:標案案號": NUMBER, "採購資料:標案名稱": TITLE, "採購資料:標的分類": "工程類5134-水利工程",
        "採購資料:預算金額": "12,500,000元", "採購資料:後續擴充": "否", "招標資料:招標方式": "公開招標",
    }  # fmt: skip
    failed = {
        "無法決標公告:標案案號": NUMBER, "無法決標公告:標案名稱": TITLE,
        "無法決標公告:無法決標的理由": "流標(無廠商投標或未達法定開標家數)",
        "無法決標公告:是否沿用本案號及原招標方式續行招標": "是",
    }  # fmt: skip
    records = [
        _notice("NAI-E2E-2", "無法決標公告", "2026-10-02", {**failed, "無法決標公告:無法決標公告日期": "115/10/02"}),
        _notice("TIQ-E2E-1", "公開招標公告", "2026-09-01", {**tender, "招標資料:公告日": "115/09/01"}),
        _notice("TIQ-E2E-2", "公開招標公告", "2026-09-20", {**tender, "招標資料:公告日": "115/09/20"}),
        _notice("NAI-E2E-1", "無法決標公告", "2026-09-14", {**failed, "無法決標公告:無法決標公告日期": "115/09/14"}),
    ]
    return json.dumps({"unit_name": AGENCY, "records": records}, ensure_ascii=False).encode()


def import_notices(page: Page) -> None:
    """Give the file, look at the verdicts, import, and wait for the worker."""
    page.goto("/cms/tenders/import/")
    page.locator("input[type=file]").set_input_files(
        {"name": "notices.json", "mimeType": "application/json", "buffer": notices()}
    )
    page.get_by_role("button", name="讀取檔案").click()
    take = page.get_by_role("button", name=re.compile("匯入 4 則公告"))
    expect(take).to_be_visible(timeout=60_000)
    take.click()
    expect(page.get_by_role("link", name="檢視標案")).to_be_visible(timeout=60_000)


def open_case(page: Page) -> None:
    """Find the case among those listed, by its number."""
    page.goto("/cms/tenders/listing/")
    page.get_by_role("textbox", name="案號、標案名稱或機關").or_(
        page.get_by_role("searchbox", name="案號、標案名稱或機關")
    ).fill(NUMBER)
    page.get_by_role("main").get_by_role("button", name="顯示").click()
    page.get_by_role("main").get_by_role("link", name=re.compile(TITLE)).click()


def diagnose(page: Page) -> None:
    """Say why it failed; the cause proposes its stage and measures."""

    def choice(name: str) -> Locator:
        return page.get_by_role("combobox", name=re.compile(f"^{name}"))

    page.get_by_role("link", name="診斷流廢標原因").first.click()
    choice("類別").select_option(label="水利及下水道工程")
    choice("態樣").select_option(label="流標：無廠商投標")
    choice("主因").select_option(label="工期或履約期限不符實際")
    expect(choice("階段")).to_have_value(re.compile(r"\d+"))
    page.get_by_role("textbox", name=re.compile("^判斷依據")).fill(SHOWN_BY)
    page.get_by_role("button", name="儲存診斷").click()
    page.wait_for_url(lambda url: "/diagnosing/" not in url)


def call_meeting(page: Page) -> str:
    """Plan a meeting of today, put the case on its agenda, write to the members; return its address."""
    page.goto("/cms/tenders/meetings/")
    page.get_by_role("link", name="排定會議").first.click()
    page.get_by_role("textbox", name=re.compile("會議名稱")).fill(MEETING)
    page.get_by_role("textbox", name=re.compile("^日期")).fill("115/11/02")
    page.get_by_role("textbox", name=re.compile("^開始")).fill("10:00")
    page.get_by_role("button", name="排定會議").click()
    page.get_by_role("link", name="從列管案件中選擇").click()
    page.get_by_role("searchbox", name="案號、標案名稱或機關").fill(NUMBER)
    page.get_by_role("main").get_by_role("button", name="搜尋").click()
    page.get_by_role("checkbox", name=re.compile(NUMBER)).check()
    page.get_by_role("button", name="將選取的案件列入議程").click()
    page.get_by_role("button", name="召集會議並通知委員").click()
    expect(page.get_by_role("main")).to_contain_text("已發開會通知")
    return page.url


def write_opinion(browser: Browser, platform: Platform) -> None:
    """Write as a member on the phone, who sees the cases of their meetings and no other; it is saved as they type."""
    phone = new_context(browser, platform, viewport={"width": 390, "height": 844}).new_page()
    sign_in(phone, "member@demo.test")
    phone.goto("/review-meetings/")
    phone.get_by_role("main").get_by_role("link", name=MEETING).click()
    phone.get_by_role("link", name="閱讀並提出意見").click()
    words = phone.get_by_role("textbox", name="我的意見")
    words.fill(OPINION)
    expect(phone.locator("#opinion-status")).to_have_text(re.compile("已儲存"))
    phone.reload()
    expect(words).to_have_value(OPINION)
    phone.context.close()


def hold_meeting(page: Page, address: str) -> None:
    """Record who came, what was concluded and decided, and close the minutes."""
    page.goto(address)
    for choice in page.get_by_role("radio", name="出席", exact=True).all():
        choice.check()
    page.get_by_role("button", name="儲存出席情形").click()
    page.get_by_role("link", name="逐案討論").click()
    expect(page.get_by_role("main")).to_contain_text(OPINION)
    page.get_by_role("textbox", name=re.compile("^結論")).fill("請機關檢討工期及預算後再行招標。")
    page.get_by_role("button", name="儲存", exact=True).click()
    page.goto(address)
    page.get_by_role("button", name="會議紀錄定稿").click()
    expect(page.get_by_role("main")).to_contain_text("會議紀錄已定稿")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(r"會議紀錄 \.odt")).click()
    assert download.value.suggested_filename.endswith(".odt")


def publish_study(page: Page) -> None:
    """Draft the case study, decide about every passage that may give somebody away, and let it go live by review."""
    page.goto("/cms/tenders/cases/")
    page.get_by_role("searchbox").or_(page.get_by_role("main").get_by_role("textbox")).first.fill(NUMBER)
    page.get_by_role("main").get_by_role("button", name="顯示").click()
    page.get_by_role("main").get_by_role("link", name=re.compile(TITLE)).click()
    page.get_by_role("button", name="建立案例草稿").click()
    page.wait_for_url(re.compile(r"/cms/pages/\d+/edit/"))
    editor = page.url
    page.reload()
    page.get_by_role("link", name="前往判斷").click()
    replace = page.get_by_role("button", name=re.compile("替換"))
    for left in (2, 1):  # the name and the phone number
        expect(replace).to_have_count(left)
        replace.first.click()
    expect(replace).to_have_count(0)
    page.goto(editor)
    page.get_by_role("button", name="更多操作").click()
    page.get_by_role("button", name=re.compile("^發[布佈]$")).click()
    expect(page.get_by_role("status").filter(has_text=re.compile("發[布佈]"))).to_be_visible()


@pytest.mark.browser
def test_a_failed_tender_from_its_notices_to_a_case_study(browser: Browser, platform_served: Platform) -> None:
    admin = new_context(browser, platform_served).new_page()
    sign_in(admin, "admin@demo.test")
    import_notices(admin)
    open_case(admin)
    diagnose(admin)
    address = call_meeting(admin)
    write_opinion(browser, platform_served)
    hold_meeting(admin, address)
    publish_study(admin)

    visitor = new_context(browser, platform_served, viewport={"width": 390, "height": 844}).new_page()
    visitor.goto("/zone/case-studies/")
    visitor.get_by_role("main").get_by_role("link", name=re.compile("水利及下水道工程 2 次無法決標")).first.click()
    words = visitor.get_by_role("main")
    expect(words).to_contain_text("工期")
    for secret in (NUMBER, AGENCY, "王大明", "2222-0000", "陳小明", "0912"):
        expect(words).not_to_contain_text(secret)
    for page in (admin, visitor):
        page.context.close()
