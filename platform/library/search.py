"""The sources of the search that find articles of law and documents of the zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelsearch.backends import get_search_backend

from website.search_sources import Hit, register

from .documents import current_version_of, documents_found
from .enums import TextSource
from .models import Article, LibraryDocument
from .selectors import with_current_text


def find_articles(query: str, user: Any) -> Any:
    """Return the articles whose law, number or words match; everybody may read them all."""
    return get_search_backend().search(query, Article, operator="and")


def article_hits(articles: Sequence[Article]) -> list[Hit]:
    """Return the lines to print for `articles`."""
    ids = [article.pk for article in articles]
    complete = {
        article.pk: article for article in with_current_text(Article.objects.filter(pk__in=ids)).select_related("law")
    }
    return [_hit(complete[pk]) for pk in ids if pk in complete]


def _hit(article: Any) -> Hit:
    remarks = [
        gettext("repealed") if article.law.repealed_on else "",
        str(TextSource.SUMMARY.label) if article.words_source == TextSource.SUMMARY else "",
    ]
    return Hit(
        title=article.title,
        url=article.get_absolute_url(),
        text=article.words or "",
        note=" · ".join(filter(None, remarks)),
        language="zh-hant",
    )


def find_documents(query: str, user: Any) -> list[LibraryDocument]:
    """Return the documents on offer that match by title, purpose or the words in force, best first; for everybody."""
    return documents_found(query)


def document_hits(documents: Sequence[LibraryDocument]) -> list[Hit]:
    """Return the lines to print for `documents`."""
    return [_document_hit(document) for document in documents]


def _document_hit(document: LibraryDocument) -> Hit:
    version = current_version_of(document)
    points = [f"{point.step}：{point.control}" for point in version.control_points.all()] if version else []
    words = [document.summary, version.changes if version else "", *points]
    return Hit(
        title=str(document),
        url=document.get_absolute_url(),
        text=" ".join(filter(None, words)),
        note=f"{document.get_kind_display()} {version.label if version else ''}".strip(),
        language="zh-hant",
    )


register(key="documents", label=_("Documents of the zone"), order=25, find=find_documents, hits=document_hits)
register(key="articles", label=_("Articles of law"), order=30, find=find_articles, hits=article_hits)
