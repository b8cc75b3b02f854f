"""The procurement zone of the demonstration: its pages, tasks, announcements, documents with versions, amounts.

Written for the demonstration and said to be so wherever they could be mistaken for official ones: `content/zone.json`
and `content/documents-*.json`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from wagtail.models import Locale

from accounts.models import User
from common.rocdates import roc_year
from library.models import (
    AnnouncementIndexPage,
    AnnouncementPage,
    Law,
    LibraryDocument,
    ProcurementTask,
    Subject,
    ZonePage,
)
from library.services import publish_version
from library.services.thresholds import ensure_thresholds
from website.models import HomePage

from .pages import laid_stream, publish_both, read
from .papers import paper_of, points_of, print_papers

DOCUMENTS = ["documents-guides", "documents-procedures"]
NEXT_YEAR = "next-year"  # a version that is still to come, whenever the demonstration is laid


def lay() -> None:
    """Lay the amounts, the tasks, the documents with their versions, and the pages."""
    ensure_thresholds()
    lay_tasks()
    lay_documents()
    lay_pages()


def lay_tasks() -> None:
    """Lay the tasks of buyers."""
    for order, item in enumerate(read("zone")["tasks"], start=1):
        task = ProcurementTask.objects.create(
            slug=item["slug"], name=item["name"], name_en=item["name_en"], summary=item["summary"],
            summary_en=item["summary_en"], order=order,
        )  # fmt: skip
        task.subjects.set(Subject.objects.filter(code__in=item["subjects"]))


def lay_documents() -> None:
    """Lay the documents and publish their versions, with files as ODF and PDF."""
    items = [item for name in DOCUMENTS for item in read(name)["documents"]]
    versions = [(item, version, *_label_and_day(version)) for item in items for version in item["versions"]]
    files = print_papers(
        [paper_of(item, version, label=label, effective_from=day) for item, version, label, day in versions]
    )
    by = User.objects.get(email="admin@demo.test")
    documents = {item["slug"]: _document(item, order) for order, item in enumerate(items, start=1)}
    for item, version, label, day in versions:
        publish_version(
            document=documents[item["slug"]],
            label=label,
            effective_from=day,
            changes=version["changes"],
            law_as_of=date.fromisoformat(version["law_as_of"]),
            files=files[f"{item['slug']}-{label}"],
            control_points=points_of(item, version),
            by=by,
        )


def lay_pages() -> None:
    """Lay the zone's front page and its announcements, in both languages."""
    home = HomePage.objects.get(locale__language_code="zh-hant")
    english = Locale.objects.get(language_code="en")
    words, data = read("zone")["zone"], read("zone")
    zone = ZonePage(title=words["title"], slug="zone", introduction=words["introduction"])
    publish_both(home, zone, english, title=words["title_en"], introduction=words["introduction_en"])
    words = data["index"]
    index = AnnouncementIndexPage(title=words["title"], slug="announcements", introduction=words["introduction"])
    publish_both(zone, index, english, title=words["title_en"], introduction=words["introduction_en"])
    for item in data["announcements"]:
        page = AnnouncementPage(
            title=item["title"],
            slug=item["slug"],
            announced_on=date.fromisoformat(item["announced_on"]),
            until=date.fromisoformat(item["until"]) if "until" in item else None,
            is_important=item.get("is_important", False),
            summary=item["summary"],
            body=laid_stream(item["body"]),
        )
        publish_both(
            index, page, english,
            title=item["title_en"], summary=item["summary_en"],
            body=laid_stream([{"type": "text", "value": item["body_en"]}]),
        )  # fmt: skip


def _document(item: dict[str, Any], order: int) -> LibraryDocument:
    document = LibraryDocument.objects.create(
        slug=item["slug"], title=item["title"], title_en=item["title_en"], kind=item["kind"], summary=item["summary"],
        summary_en=item["summary_en"], subject=Subject.objects.get(code=item["subject"]), order=order,
    )  # fmt: skip
    document.tasks.set(ProcurementTask.objects.filter(slug__in=item["tasks"]))
    document.laws.set(Law.objects.filter(pcode__in=item["laws"]))
    return document


def _label_and_day(version: dict[str, Any]) -> tuple[str, date]:
    if version["effective_from"] == NEXT_YEAR:
        day = date(timezone.localdate().year + 1, 1, 1)
        return f"{roc_year(day)}.1", day
    return version["label"], date.fromisoformat(version["effective_from"])
