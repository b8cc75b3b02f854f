"""Case studies of the demonstration, written from real cases as the press reported them: `content/studies.json`.

What they tell as facts stands in the sources they name, with dates no more exact than there; the analysis is the
platform's own and says so. Nothing in them is invented.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from wagtail.models import Locale, Page

from accounts.models import User
from casestudies.models import CaseStudyIndexPage, CaseStudyPage
from casestudies.services.places import ensure_study_review
from courses.learning.models import LessonPage
from library.models import Article, Subject, ZonePage
from website.privacy.enums import ONE_BY_ONE, FlagState
from website.privacy.models import PassageFlag
from website.privacy.services import clear_flag, refresh_flags

from .pages import publish_both, read


def lay() -> None:
    """Lay the list of case studies below the zone and three case studies, in both languages."""
    content = read("studies")
    english = Locale.objects.get(language_code="en")
    by = User.objects.get(email="admin@demo.test")
    index = _lay_index(content["index"], english)
    for weeks, item in enumerate(content["studies"], start=1):
        page = study_page(item, by)
        index.add_child(instance=page)
        publish_named(page, by)
        translation = page.copy_for_translation(english, copy_parents=True)
        for name, value in english_words(item).items():
            setattr(translation, name, value)
        publish_named(translation, by)
        published = timezone.now() - timedelta(weeks=weeks)
        Page.objects.filter(translation_key=page.translation_key).update(first_published_at=published)
    ensure_study_review()


def study_page(item: dict[str, Any], author: User) -> CaseStudyPage:
    """Return the page that `item` of the content describes, not saved yet."""
    page = CaseStudyPage(
        title=item["title"],
        slug=item["slug"],
        summary=item["summary"],
        search_description=item["summary"][:150],
        kind=item["kind"],
        facts=item["facts"],
        timeline=_events(item, label=3),
        went_wrong=item["went_wrong"],
        helped=item["helped"],
        questions=_questions(item, question=0),
        basis=[("article", Article.objects.get(law__pcode=pcode, number=number)) for pcode, number in item["basis"]],
        lessons=[("lesson", _lesson(slug)) for slug in item["lessons"]],
        sources=_sources(item),
        law_as_of=date.fromisoformat(item["law_as_of"]),
        owner=author,
        live=False,
    )
    page.subjects = list(Subject.objects.filter(code__in=item["subjects"]))
    return page


def english_words(item: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the English page that differ from the Chinese one."""
    words = {name: item[f"{name}_en"] for name in ("title", "summary", "facts", "went_wrong", "helped")}
    return {
        **words,
        "search_description": item["summary_en"][:150],
        "timeline": _events(item, label=4),
        "questions": _questions(item, question=2),
        "sources": _sources(item, suffix="_en"),
    }


def publish_named(page: CaseStudyPage, by: User) -> None:
    """Publish `page`, whose flagged names of agencies and places the press has published.

    What reaches or identifies a person is not decided here: a flag of that kind raises ValueError.
    """
    page.save_revision(user=by)
    refresh_flags(page=page)
    for flag in PassageFlag.objects.filter(page=page.pk, state=FlagState.OPEN):
        if flag.kind in ONE_BY_ONE:
            raise ValueError(f"{page.slug}: {flag.get_kind_display()}")
        clear_flag(flag=flag, by=by)
    page.get_latest_revision().publish(user=by)


def _lay_index(words: dict[str, str], english: Locale) -> CaseStudyIndexPage:
    """Return the list, made now unless it stands already."""
    found = CaseStudyIndexPage.objects.filter(locale__language_code="zh-hant").first()
    if found is not None:
        return found
    zone = ZonePage.objects.get(locale__language_code="zh-hant", alias_of=None)
    index = CaseStudyIndexPage(title=words["title"], slug=words["slug"], introduction=words["introduction"])
    publish_both(zone, index, english, title=words["title_en"], introduction=words["introduction_en"])
    return index


def _events(item: dict[str, Any], *, label: int) -> list[tuple[str, dict[str, Any]]]:
    return [
        (
            "event",
            {
                "on": date.fromisoformat(event[0]), "precision": event[1], "kind": event[2], "label": event[label],
                "amount": event[5],
            },
        )
        for event in item["timeline"]
    ]  # fmt: skip


def _questions(item: dict[str, Any], *, question: int) -> list[tuple[str, dict[str, str]]]:
    return [("question", {"question": row[question], "answer": row[question + 1]}) for row in item["questions"]]


def _lesson(slug: str) -> Page:
    return Page.objects.get(pk=LessonPage.objects.get(slug=slug, locale__language_code="zh-hant").pk)


def _sources(item: dict[str, Any], *, suffix: str = "") -> list[tuple[str, dict[str, Any]]]:
    return [
        (
            "source",
            {
                "title": source[f"title{suffix}"], "publisher": source[f"publisher{suffix}"], "url": source["url"],
                "on": date.fromisoformat(source["on"]) if "on" in source else None,
            },
        )
        for source in item["sources"]
    ]  # fmt: skip
