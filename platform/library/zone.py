"""Reads of the procurement zone: what is new, what changed in law, tasks and what belongs to each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .enums import TextSource
from .models import (
    AnnouncementIndexPage,
    AnnouncementPage,
    Article,
    ArticleVersion,
    Citation,
    DocumentVersion,
    LawVersion,
    LibraryDocument,
    ProcurementTask,
    ZonePage,
)
from .news import NewThing, news_of_all, register_news

PER_PAGE = 20
_MOST_IMPORTANT = 3  # important announcements that keep their place whatever came after them
_RELATED = ("locale", "alias_of__locale")  # what addresses and `content_language` read


def interface_language() -> str:
    """Return the language of the interface, as pages have it."""
    return get_language() or "zh-hant"


def zone_page(language: str) -> ZonePage | None:
    """Return the live front page of the zone in `language`, if it has been made."""
    return ZonePage.objects.live().filter(locale__language_code=language).select_related(*_RELATED).first()


# --- announcements -------------------------------------------------------------------------------


def announcement_index(language: str) -> AnnouncementIndexPage | None:
    """Return the live list of announcements in `language`, if it has been made."""
    found = AnnouncementIndexPage.objects.live().filter(locale__language_code=language)
    return found.select_related(*_RELATED).first()


def announcements(language: str, *, today: date | None = None) -> QuerySet[AnnouncementPage]:
    """Return the live announcements in `language` whose day has come, newest first, those gone by as well."""
    return (
        AnnouncementPage.objects.live()
        .public()
        .filter(locale__language_code=language, announced_on__lte=today or timezone.localdate())
        .select_related(*_RELATED)
        .defer("body")
        .order_by("-announced_on", "-pk")
    )


def announcements_page(index: Any, number: Any) -> PaginatorPage[AnnouncementPage]:
    """Return page `number` (as the address says, perhaps nonsense) of the announcements below `index`."""
    found = announcements(index.locale.language_code).filter(path__startswith=index.path, depth=index.depth + 1)
    return Paginator(found, PER_PAGE).get_page(number)


def announcements_in_front(language: str, today: date, limit: int) -> list[AnnouncementPage]:
    """Return the newest announcements that still stand in front, and with them the newest important ones."""
    current = announcements(language, today=today).filter(Q(until__isnull=True) | Q(until__gte=today))
    newest = list(current[:limit])
    important = current.filter(is_important=True).exclude(pk__in=[page.pk for page in newest])
    return newest + list(important[:_MOST_IMPORTANT])


def _news_of_announcements(language: str, today: date, limit: int) -> Iterator[NewThing]:
    for page in announcements_in_front(language, today, limit):
        yield NewThing(
            day=page.announced_on, kind=_("Announcement"), title=page.title, url=page.url or "",
            language=page.content_language, detail=page.summary, is_important=page.is_important,
        )  # fmt: skip


# --- documents -----------------------------------------------------------------------------------


def versions_in_force(today: date) -> QuerySet[DocumentVersion]:
    """Return the version in force of each document that is not withdrawn: none before its day."""
    later = DocumentVersion.objects.filter(
        document=OuterRef("document"), effective_from__lte=today, effective_from__gt=OuterRef("effective_from")
    )
    offered = Q(document__withdrawn_on__isnull=True) | Q(document__withdrawn_on__gt=today)
    return DocumentVersion.objects.filter(~Exists(later), offered, effective_from__lte=today).select_related("document")


def newest_versions(today: date, limit: int) -> list[DocumentVersion]:
    """Return the versions in force that came last, newest first."""
    return list(versions_in_force(today).order_by("-effective_from", "-pk")[:limit])


def _news_of_documents(language: str, today: date, limit: int) -> Iterator[NewThing]:
    for version in newest_versions(today, limit):
        document = version.document
        yield NewThing(
            day=version.effective_from, kind=_("Document"), title=f"{document} {version.label}",
            url=document.get_absolute_url(), detail=version.changes, detail_language="zh-hant",
            language="en" if language == "en" and document.title_en else "zh-hant",
        )  # fmt: skip


register_news(_news_of_announcements)
register_news(_news_of_documents)


def whats_new(*, limit: int, keeps_important: bool = False, today: date | None = None) -> list[NewThing]:
    """Return what is new, newest first. The number of queries does not grow with the things.

    With `keeps_important`, important announcements have their place while they stand in front, whatever came
    after them.
    """
    things = news_of_all(interface_language(), today or timezone.localdate(), limit)
    kept = [thing for thing in things if thing.is_important][:_MOST_IMPORTANT] if keeps_important else []
    others = [thing for thing in things if thing not in kept][: max(0, limit - len(kept))]
    return sorted(kept + others, key=lambda thing: thing.day, reverse=True)


# --- law -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LawChange:
    """The last change of a law. `changed` is the number of its articles; None where no words before are known."""

    version: LawVersion
    changed: int | None


def law_changes(*, limit: int) -> list[LawChange]:
    """Return the newest versions of laws, newest first, each with how many articles it changed. One query."""
    official = ArticleVersion.objects.filter(source=TextSource.OFFICIAL)
    before = official.filter(law_version__law=OuterRef("law"), law_version__amended_on__lt=OuterRef("amended_on"))
    versions = (
        LawVersion.objects.select_related("law")
        .annotate(
            has_before=Exists(before),
            changed=Count("article_versions", filter=Q(article_versions__source=TextSource.OFFICIAL)),
        )
        .order_by("-amended_on", "-pk")[:limit]
    )
    return [LawChange(version, version.changed if version.has_before else None) for version in versions]


# --- tasks ---------------------------------------------------------------------------------------


def documents_of_task(task: ProcurementTask, *, today: date | None = None) -> list[DocumentVersion]:
    """Return the versions in force of the documents for the task, with their files, in the documents' order."""
    found = versions_in_force(today or timezone.localdate()).filter(document__tasks=task)
    return list(found.prefetch_related("files").order_by("document__order", "document__title"))


def documents_in_front(*, limit: int, today: date | None = None) -> list[DocumentVersion]:
    """Return the versions in force of the first documents, as the editors have ordered them."""
    return list(versions_in_force(today or timezone.localdate()).order_by("document__order", "document__title")[:limit])


def articles_of(documents: Iterable[LibraryDocument], *, limit: int) -> list[Article]:
    """Return the articles that `documents` cite, those cited most often first, at most `limit`."""
    ids = [document.pk for document in documents]
    content_type = ContentType.objects.get_for_model(LibraryDocument)
    cited = Citation.objects.filter(content_type=content_type, object_id__in=ids)
    counts = cited.values("article").annotate(times=Count("object_id", distinct=True)).order_by("-times", "article")
    wanted = [row["article"] for row in counts[:limit]]
    found = Article.objects.select_related("law").in_bulk(wanted)
    return sorted((found[pk] for pk in wanted), key=lambda article: (article.law_id, article.order))


# --- the front page ------------------------------------------------------------------------------


def front_of_zone() -> dict[str, Any]:
    """Return what the front page of the zone shows. Constant queries."""
    language = interface_language()
    return {
        "tasks": list(ProcurementTask.objects.all()),
        "news": whats_new(limit=8, keeps_important=True),
        "changes": law_changes(limit=4),
        "versions": documents_in_front(limit=9),
        "announcement_index": announcement_index(language),
    }
