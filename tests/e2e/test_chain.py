"""The whole chain, as administrator, trainee, instructor and visitor play it.

Only time is helped along: a class of 66 hours does not fit into a test.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from pathlib import Path

import pypdf
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Platform, new_context, sign_in

NAME = "鏈範例"
EMAIL = "chain@example.test"
NEW_PASSWORD = "another-password-of-the-tests-2"

# The day of the first session comes: everything of the run moves so that it begins today.
BEGIN_TODAY = """
import datetime
from django.utils import timezone
from courses.catalogue.models import CourseRun, Session
run = CourseRun.objects.get(code={code!r})
first = timezone.localtime(run.sessions.order_by("starts_at").first().starts_at).date()
move = first - timezone.localdate()
for session in run.sessions.all():
    Session.objects.filter(pk=session.pk).update(starts_at=session.starts_at - move, ends_at=session.ends_at - move)
CourseRun.objects.filter(pk=run.pk).update(
    starts_on=run.starts_on - move, ends_on=run.ends_on - move, enrol_from=run.enrol_from - move,
    enrol_until=timezone.now() - datetime.timedelta(hours=1), withdraw_until=timezone.now())
"""
# The rest of the class is held, everybody present; the last day was some days ago.
HOLD_THE_REST = """
import datetime
from courses.attendance.models import AttendanceRecord
from courses.catalogue.models import CourseRun, Session
run = CourseRun.objects.get(code={code!r})
move = datetime.timedelta(days=40)
for session in run.sessions.all():
    Session.objects.filter(pk=session.pk).update(starts_at=session.starts_at - move, ends_at=session.ends_at - move)
    for enrolment in run.enrolments.all():
        AttendanceRecord.objects.get_or_create(session=session, enrolment=enrolment,
            defaults={{"status": "present", "minutes_present": session.minutes}})
CourseRun.objects.filter(pk=run.pk).update(
    starts_on=run.starts_on - move, ends_on=run.ends_on - move, enrol_from=run.enrol_from - move,
    enrol_until=run.enrol_until - move, withdraw_until=run.withdraw_until - move)
print((run.ends_on - move).isoformat())
"""
LINK_OF_THE_MAIL = """
import re
from notifications.models import Message
message = Message.objects.filter(to={to!r}).order_by("pk").first()
print(re.search(r"https?://\\S+/confirm-email/\\S+", message.text).group(0))
"""


def _page(browser: Browser, platform: Platform, email: str = "", password: str = "") -> Page:
    """Return the page of somebody's own browser, signed in where an e-mail is given."""
    page = new_context(browser, platform).new_page()
    if email:
        sign_in(page, email, **({"password": password} if password else {}))
    return page


@pytest.mark.browser
def test_from_opening_a_class_to_the_report(browser: Browser, platform_served: Platform, tmp_path: Path) -> None:
    platform = platform_served
    admin = _page(browser, platform, "admin@demo.test")
    code = _open_a_class(admin)
    trainee = _sign_up_and_enrol(browser, platform, code)
    instructor = _page(browser, platform, "instructor@demo.test")
    _post_material(instructor, code, tmp_path)
    platform.shell(BEGIN_TODAY.format(code=code))
    _read_material(trainee, code)
    _call_the_roll(instructor, code)
    last_day = platform.shell(HOLD_THE_REST.format(code=code)).strip().splitlines()[-1]
    _import_scores(admin, code, datetime.date.fromisoformat(last_day), tmp_path)
    _issue_certificates(admin, code)
    public_id = _download_certificate(trainee, tmp_path)
    _verify(_page(browser, platform), public_id, code)
    _report(admin, platform, code, datetime.date.fromisoformat(last_day).year - 1911)


def _open_a_class(admin: Page) -> str:
    now = timezone.localtime()
    first_day = now.date() + datetime.timedelta(days=3)
    yesterday, in_two_days = ((now + datetime.timedelta(days=days)).strftime("%Y-%m-%d %H:%M") for days in (-1, 2))
    admin.goto("/cms/course_runs/new/")
    admin.get_by_role("combobox", name="課程*").select_option(label="採購專業人員基礎班")
    admin.get_by_role("spinbutton", name="名額*").fill("25")
    admin.get_by_role("textbox", name="開課日*").fill(first_day.isoformat())
    admin.get_by_role("textbox", name="報名開始時間*").fill(yesterday)
    admin.get_by_role("textbox", name="報名截止時間*").fill(in_two_days)
    admin.get_by_role("textbox", name="取消報名期限*").fill(in_two_days)
    admin.get_by_role("textbox", name="地點", exact=True).fill("鏈測試教室")
    for day in ("星期六", "星期日"):
        admin.get_by_role("checkbox", name=day).check()
    admin.get_by_role("combobox", name="講師").select_option(label="講範例")
    admin.get_by_role("button", name="建立").click()
    expect(admin.get_by_text(re.compile(r"\d+-basic-\d+")).first).to_be_visible()
    admin.goto("/runs/?q=鏈測試教室")
    link = admin.get_by_role("main").get_by_role("link", name=re.compile("基礎班")).first
    return str(link.get_attribute("href")).rstrip("/").rsplit("/", 1)[-1]


def _sign_up_and_enrol(browser: Browser, platform: Platform, code: str) -> Page:
    page = _page(browser, platform)
    page.goto(f"/runs/{code}/")
    expect(page.get_by_role("heading", name="還有 25 個名額")).to_be_visible()
    page.get_by_role("link", name="我要報名").click()
    page.get_by_role("main").get_by_role("link", name="註冊").click()
    page.get_by_role("textbox", name=re.compile("^姓名")).fill(NAME)
    page.get_by_role("searchbox").fill("環境保護局")
    page.get_by_role("combobox", name=re.compile("^機關")).select_option(label="臺中市政府環境保護局")
    page.get_by_role("textbox", name=re.compile("^電子郵件")).fill(EMAIL)
    page.get_by_role("textbox", name=re.compile("^密碼")).fill(NEW_PASSWORD)
    page.get_by_role("textbox", name=re.compile("^再輸入一次密碼")).fill(NEW_PASSWORD)
    page.get_by_role("checkbox", name=re.compile("我已閱讀並同意")).check()
    page.get_by_role("main").get_by_role("button", name="註冊").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("請到信箱收信")
    page.goto(platform.shell(LINK_OF_THE_MAIL.format(to=EMAIL)).strip().splitlines()[-1])
    page.get_by_role("main").get_by_role("button").first.click()
    if "/accounts/login" in page.url:
        sign_in(page, EMAIL, NEW_PASSWORD)
    page.goto(f"/runs/{code}/")
    page.get_by_role("link", name="我要報名").click()  # one
    page.get_by_role("button", name="送出報名").click()  # two
    expect(page.get_by_role("heading", name=re.compile("您已報名"))).to_be_visible()
    return page


def _post_material(instructor: Page, code: str, tmp_path: Path) -> None:
    handout = tmp_path / "講義.txt"
    handout.write_text("開標前先數三家。", encoding="utf-8")
    instructor.goto("/cms/materials/new/")
    instructor.get_by_role("combobox", name="期別*").select_option(label=f"採購專業人員基礎班 ({code})")
    instructor.get_by_role("textbox", name="標題*").fill("第一天的講義")
    instructor.locator("input[type=file]").set_input_files(handout)
    instructor.get_by_role("button", name="建立").click()
    expect(instructor.get_by_text("第一天的講義").first).to_be_visible()


def _read_material(trainee: Page, code: str) -> None:
    trainee.goto("/my/")
    with trainee.expect_download() as downloaded:
        trainee.get_by_role("link", name=re.compile("第一天的講義")).first.click()
    assert Path(downloaded.value.path()).read_text(encoding="utf-8") == "開標前先數三家。"


def _call_the_roll(instructor: Page, code: str) -> None:
    instructor.set_viewport_size({"width": 390, "height": 844})  # on the phone, in the classroom
    instructor.goto("/today/")
    card = instructor.locator(".next", has_text=code).first
    card.get_by_role("link", name=re.compile("點名")).click()
    instructor.get_by_role("group", name=re.compile(NAME)).get_by_role("radio", name="出席").check()
    instructor.get_by_role("button", name="儲存點名").click()
    expect(instructor.get_by_role("main")).to_contain_text("1 出席")
    instructor.set_viewport_size({"width": 1440, "height": 900})


def _import_scores(admin: Page, code: str, last_day: datetime.date, tmp_path: Path) -> None:
    held_on = last_day + datetime.timedelta(days=3)
    admin.goto("/cms/score-import/")
    with admin.expect_download() as downloaded:
        admin.get_by_role("row", name=re.compile(code)).get_by_role("link", name=".csv").click()
    template = Path(downloaded.value.path()).read_text(encoding="utf-8-sig")
    (row,) = list(csv.DictReader(io.StringIO(template)))
    assert (row["期別"], row["姓名"]) == (code, NAME)
    row |= {
        "測驗日期": f"{held_on.year - 1911}/{held_on.month}/{held_on.day}",
        "法規": "１００",
        "實務": "90",
        "其他": "80",
    }
    row |= {"及格證書字號": f"測試字第 {code} 號", "發證日期": (held_on + datetime.timedelta(days=7)).isoformat()}
    filled = tmp_path / "成績.csv"
    with filled.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        writer.writeheader()
        writer.writerow(row)
    admin.locator("input[type=file]").set_input_files(filled)
    admin.get_by_role("main").locator("form button[type=submit]").first.click()
    expect(admin.get_by_role("row", name=re.compile(NAME))).to_contain_text("270")
    admin.locator("button[name=deed][value=all]").click()
    expect(admin.locator("button[name=deed]")).to_have_count(0)


def _issue_certificates(admin: Page, code: str) -> None:
    admin.goto("/desk/")
    admin.get_by_role("main").locator(f"a[href*='{code}'][href*='certificates']").first.click()
    admin.locator(".next button[type=submit]").click()
    expect(admin.locator("#progress")).to_contain_text("已寄電子郵件通知", timeout=60_000)


def _download_certificate(trainee: Page, tmp_path: Path) -> str:
    trainee.goto("/my/")
    with trainee.expect_download() as downloaded:
        trainee.locator("a[href$='.pdf']").first.click()
    path = tmp_path / "certificate.pdf"
    downloaded.value.save_as(path)
    (page,) = pypdf.PdfReader(path).pages
    assert page.mediabox.width > page.mediabox.height
    text = page.extract_text().replace(" ", "")
    assert NAME in text
    found = re.search(
        r"/certificates/([0-9A-Z]{16})\.pdf", str(trainee.locator("a[href$='.pdf']").first.get_attribute("href"))
    )
    assert found
    return found.group(1)


def _verify(visitor: Page, public_id: str, code: str) -> None:
    visitor.goto("/verify/")
    field = visitor.get_by_role("main").get_by_role("textbox")
    field.fill(f" {public_id[:4].lower()}-{public_id[4:]} ")
    field.press("Enter")
    main = visitor.get_by_role("main")
    expect(main).to_contain_text("鏈○例")
    expect(main).to_contain_text("有效")
    expect(main).to_contain_text("66")
    assert NAME not in visitor.content()


def _report(admin: Page, platform: Platform, code: str, roc_year: int) -> None:
    printed = platform.manage("report", "pass-rate", "--year", str(roc_year), "--format", "json")
    rows = {row["run"]: row for row in json.loads(printed)["rows"]}
    figures = {
        key: rows[code][key] for key in ("trained", "examined", "passed", "certified", "certified_rate", "pass_rate")
    }
    assert figures == {
        "trained": 1,
        "examined": 1,
        "passed": 1,
        "certified": 1,
        "certified_rate": 100.0,
        "pass_rate": 100.0,
    }
    admin.goto(f"/reports/pass-rate/?year={roc_year}")
    admin.get_by_role("row", name=re.compile(code)).get_by_role("link", name="1").first.click()
    expect(admin.get_by_role("main")).to_contain_text(NAME)
