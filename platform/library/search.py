"""The source of the search that finds articles of law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from modelsearch.backends import get_search_backend

from website.search_sources import Hit, register

from .enums import TextSource
from .models import Article
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
    return Hit(
        title=article.title,
        url=article.get_absolute_url(),
        text=article.words or "",
        note=TextSource.SUMMARY.label if article.words_source == TextSource.SUMMARY else "",
        language="zh-hant",
    )


register(key="articles", label=_("Articles of law"), order=30, find=find_articles, hits=article_hits)
