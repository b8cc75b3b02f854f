"""Laws in summary, the standard courses, and all pages: written in `content/*.json`."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.text import Truncator
from wagtail.models import Locale, Page

from accounts.models import User
from courses.catalogue.models import Course, CourseIndexPage, CoursePage
from courses.catalogue.services import ensure_standard_courses
from courses.learning.models import LectureIndexPage, LecturePage, LessonPage
from courses.learning.services import ensure_page_permissions
from faculty.models import Instructor
from library.models import Article, LawAlias, Subject
from library.services import record_summary
from website.models import ContentPage, HomePage
from website.services import ensure_site

CONTENT = Path(__file__).parent / "content"
LESSONS = ["lesson-open-tender", "lesson-award-price", "lesson-acceptance"]
LECTURES = ["lecture-integrity"]
COURSE_WORDS: dict[str, tuple[str, str, str, str]] = {
    "basic": (
        "六十六小時、十四個科目，從招標文件寫到驗收紀錄；結業考試及格，取得採購專業人員基本資格。",
        "Sixty-six hours in fourteen subjects, from the tender documents to the acceptance record; whoever passes the "
        "exam obtains the basic qualification of procurement professionals.",
        "<h2>適合誰</h2><p>新任或即將辦理採購的同仁。依資格辦法第 6 條，採購單位人員宜於到職之日起一年內取得基本資格；"
        "尚未取得資格的人優先錄取（資格辦法第 11 條第 2 項）。</p>"
        "<h2>怎麼上課、怎麼及格</h2><p>缺課逾全部課程十分之一，不得參加考試；考試以總滿分百分之七十以上為及格，"
        "不及格可以補考，沒有次數限制（資格辦法第 15 條）。</p>",
        "<h2>For whom</h2><p>For staff who are new to procurement or about to take it up. They should obtain the basic "
        "qualification within a year of taking the post (Regulations, Art. 6); those without it go first (Art. 11).</p>"
        "<h2>How to pass</h2><p>Whoever misses more than a tenth of all hours may not sit the exam; 70 % of the full "
        "marks passes, and the exam may be taken again without limit (Art. 15).</p>",
    ),
    "advanced": (
        "給採購單位主管：決策、風險與爭議。須先取得基本資格。",
        "For heads of procurement units: decisions, risks and disputes. The basic qualification comes first.",
        "<h2>報名資格</h2><p>未取得採購專業人員基本資格者，不得參加進階訓練（資格辦法第 11 條第 2 項）。"
        "課程與時數依主管機關所定附表；本示範的科目表尚待秘書處填入。</p>",
        "<h2>Who may enrol</h2><p>Nobody without the basic qualification (Regulations, Art. 11 II). Subjects and hours "
        "follow the national table; in this demonstration it waits to be filled in by the Secretariat.</p>",
    ),
    "lecture": (
        "一次談透一個主題：底價、驗收、爭議處理。由種子教師主講，可視訊參加。",
        "One topic at a time: floor prices, acceptance, disputes. Given by seed teachers, also by video.",
        "<h2>怎麼結訓</h2><p>出席達課程時間的九成，就能取得結訓證明。</p>",
        "<h2>How to complete</h2><p>Whoever attends ninety per cent of the minutes receives a certificate.</p>",
    ),
    "seed": (
        "培育各分區的種子教師：會教，也會到機關協助解決採購疑義。",
        "For future seed teachers in every zone, who teach and help agencies with doubts.",
        "<h2>之後做什麼</h2><p>結訓後列入種子教師名冊，依分區協助機關。</p>",
        "<h2>What comes after</h2><p>Graduates join the roster of seed teachers and assist the agencies of a zone.</p>",
    ),
    "workshop": (
        "電腦教室裡一步一步做：電子領投標、公開取得電子報價單。走動式場次開到各行政區。",
        "Step by step at the computer: electronic tendering and quotations. Some runs come to the districts.",
        "<h2>走動式訓練</h2><p>為偏遠地區同仁就近開班；請在開班資訊裡用行政區篩選。</p>",
        "<h2>In your district</h2><p>Some runs are held in remote districts: filter the classes by district.</p>",
    ),
}


@cache
def read(name: str) -> dict[str, Any]:
    """Return the content of one file."""
    data: dict[str, Any] = json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))
    return data


def lay_laws() -> None:
    """Lay the cited articles as summaries in our own words; an import of the law replaces them."""
    data = read("articles")
    laws = {law["pcode"]: law for law in data["laws"]}
    for article in data["articles"]:
        law = laws[article["pcode"]]
        record_summary(
            pcode=law["pcode"],
            law_name=law["name"],
            law_name_en=law.get("name_en", ""),
            amended_on=date.fromisoformat(law["amended_on"]),
            number=article["number"],
            text=article["summary"],
            by=None,
        )
    for law in data["laws"]:
        for alias in law["aliases"]:
            if not LawAlias.objects.filter(name=alias).exists():
                article = Article.objects.filter(law__pcode=law["pcode"]).select_related("law").first()
                if article:
                    LawAlias.objects.create(law=article.law, name=alias)


def lay_courses() -> None:
    """Lay the five standard courses with their curricula."""
    ensure_standard_courses()


def lay_pages() -> None:
    """Lay the home page, guides, notices, course pages, lessons and lectures, in both languages."""
    home = ensure_site(
        headline="把每一塊錢花得清楚，從學會採購開始。",
        introduction="基礎班、進階班、專題講座與走動式訓練：線上報名、線上讀單元，結訓證明自己下載。",
        headline_en="Spend every dollar clearly. It begins with learning procurement.",
        introduction_en="Basic and advanced classes, lectures and training in your district: enrol online, read the "
        "lessons, and download your certificate.",
    )
    english = Locale.objects.get(language_code="en")
    _lay_content_pages(home, english)
    courses = CourseIndexPage(
        title="課程",
        slug="courses",
        introduction="每一門課教什麼、幾小時、怎麼算結訓。報名請看各期別。",
        show_in_menus=True,
    )
    publish_both(
        home, courses, english,
        title="Courses", introduction="What each course teaches, for how long, and what it takes to complete it.",
    )  # fmt: skip
    for code, (introduction, introduction_en, body, body_en) in COURSE_WORDS.items():
        course = Course.objects.get(code=code)
        page = CoursePage(
            title=course.name, slug=code, course=course, introduction=introduction, body=laid_stream([_text(body)])
        )
        publish_both(
            courses, page, english,
            title=course.name_en or course.name, introduction=introduction_en, body=laid_stream([_text(body_en)]),
        )  # fmt: skip
    _lay_lessons(english)
    _lay_lectures(home, english)
    ensure_page_permissions()


def _lay_content_pages(home: HomePage, english: Locale) -> None:
    # pages of the menu stand in the footer of every page
    guides = ContentPage(
        title="使用指南", slug="guides", introduction="一人一頁：您現在要做什麼，下一步在哪裡。", show_in_menus=True
    )
    publish_both(
        home, guides, english, title="Guides", introduction="One page each: what to do now, and what comes next."
    )
    for parent, item in [
        *((guides, guide) for guide in read("guides")["guides"]),
        (home, read("privacy")),
        (home, read("accessibility")),
    ]:
        page = ContentPage(
            title=item["title"],
            slug=item["slug"],
            introduction=item["intro"],
            body=laid_stream(_linked(item["body"])),
            show_in_menus=parent == home,
        )
        publish_both(
            parent, page, english,
            title=item["title_en"], introduction=item["intro_en"], body=laid_stream(_linked(item["body_en"], "/en")),
        )  # fmt: skip


def _lay_lessons(english: Locale) -> None:
    basic = CoursePage.objects.get(slug="basic", locale__language_code="zh-hant")
    author = User.objects.get(email="instructor@demo.test")
    for name in LESSONS:
        item = read(name)
        page = LessonPage(**_teaching(item), owner=author)
        publish_both(basic, page, english, alias=True)


def _lay_lectures(home: HomePage, english: Locale) -> None:
    index = LectureIndexPage(
        title="種子教師講座",
        slug="lectures",
        introduction="種子教師把講過的題目寫下來，登入後隨時可讀。",
        show_in_menus=True,
    )
    publish_both(
        home, index, english,
        title="Seed teachers' lectures",
        introduction="What seed teachers have lectured on, written down; read it any time once signed in.",
    )  # fmt: skip
    author = User.objects.get(email="instructor@demo.test")
    for name in LECTURES:
        lecturer = Instructor.objects.get(person__email="instructor@demo.test")
        page = LecturePage(**_teaching(read(name)), lecturer=lecturer, owner=author)
        publish_both(index, page, english, alias=True)


def _teaching(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": item["title"],
        "slug": item["slug"],
        "subject": Subject.objects.get(code=item["subject"]),
        "summary": Truncator(item["summary"]).chars(400),
        "minutes": item["minutes"],
        "law_as_of": date.fromisoformat(item["law_as_of"]),
        "body": laid_stream(item["body"]),
    }


def publish_both(parent: Page, page: Page, english: Locale, *, alias: bool = False, **english_words: Any) -> None:
    """Add `page` below `parent` and publish it; then its English page, or an alias that shows the Chinese."""
    parent.add_child(instance=page)
    page.save_revision().publish()
    translation = page.copy_for_translation(english, copy_parents=True, alias=alias)
    if alias:
        return
    for name, value in english_words.items():
        setattr(translation, name, value)
    translation.save_revision().publish()


_ADDRESS = re.compile(
    r"(?<![\w/\"])/"
    r"(runs|my|today|desk|cms|verify|checklist|thresholds|review-meetings|reports/(?:pass-rate|failed-tenders))/"
)


def _linked(blocks: list[dict[str, Any]], prefix: str = "") -> list[dict[str, Any]]:
    """Return the blocks of a guide with the addresses that its text names as links, in the guide's language."""

    def link(found: re.Match[str]) -> str:
        address = found.group(0) if found.group(1) == "cms" else prefix + found.group(0)
        return f'<a href="{address}">{found.group(0)}</a>'

    linked = []
    for block in blocks:
        value = block["value"]
        if isinstance(value, str):
            value = _ADDRESS.sub(link, value)
        elif "text" in value:
            value = {**value, "text": _ADDRESS.sub(link, value["text"])}
        linked.append({**block, "value": value})
    return linked


def _text(html: str) -> dict[str, Any]:
    return {"type": "text", "value": html}


def laid_stream(blocks: list[dict[str, Any]]) -> str:
    """Return the JSON of a stream from `blocks` as the content files write them; articles are named by number."""
    return json.dumps([{"type": block["type"], "value": _value(block)} for block in blocks])


def _value(block: dict[str, Any]) -> Any:
    value = block["value"]
    if block["type"] == "law_quotation":
        article = Article.objects.get(law__pcode=value["pcode"], number=value["article"])
        return {"article": article.pk, "comment": value.get("comment", "")}
    if block["type"] == "table":
        header, *rows = value["rows"]
        return {
            "caption": value["caption"],
            "table": {
                "columns": [{"type": "text", "heading": cell} for cell in header],
                "rows": [{"values": row} for row in rows],
                "caption": "",
            },
        }
    return value
