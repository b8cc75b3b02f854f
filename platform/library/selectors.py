"""Reads of the library."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from wagtail.models import Locale, Page, get_page_models

from website.selectors import viewable_pages

from .enums import TextSource
from .models import Article, ArticleVersion, Citation, Law, LawVersion
from .numerals import parse_number


def find_article(law: str, number: str) -> Article | None:
    """Return article `number` (48, 11-1, full width too) of `law`, by its pcode, name or a short name."""
    main, _, branch = number.replace("－", "-").partition("-")
    try:
        wanted = f"{parse_number(main)}-{parse_number(branch)}" if branch else str(parse_number(main))
    except ValueError:
        return None
    by_name = Q(law__pcode__iexact=law) | Q(law__name=law) | Q(law__aliases__name=law)
    return Article.objects.filter(by_name, number=wanted).select_related("law").first()


def with_current_text(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Annotate each article with the `words` and `source` that `Article.current_version` has, in one query."""
    newest = ArticleVersion.objects.filter(article=OuterRef("pk")).order_by("-law_version__amended_on", "source")
    return articles.annotate(
        words=Subquery(newest.values("text")[:1]), words_source=Subquery(newest.values("source")[:1])
    )


def laws_listed() -> QuerySet[Law]:
    """Return all laws with `article_count`, `amended_on` and whether the text `is_official`."""
    newest = LawVersion.objects.filter(law=OuterRef("pk")).order_by("-amended_on")
    official = ArticleVersion.objects.filter(article__law=OuterRef("pk"), source=TextSource.OFFICIAL)
    return Law.objects.annotate(
        article_count=Count("articles"),
        amended_on=Subquery(newest.values("amended_on")[:1]),
        is_official=Exists(official),
    )


def neighbours(article: Article) -> tuple[Article | None, Article | None]:
    """Return the articles before and after `article` in its law."""
    others = Article.objects.filter(law_id=article.law_id).select_related("law")
    return (
        others.filter(order__lt=article.order).order_by("-order").first(),
        others.filter(order__gt=article.order).order_by("order").first(),
    )


def pages_citing(article: Article, user: Any) -> list[Page]:
    """Return the pages that cite `article` and that `user` may read, each in the language of the interface.

    A page counts when its words, or those that it is the translation of, cite the article.
    """
    page_types = ContentType.objects.get_for_models(*get_page_models()).values()
    citing = Citation.objects.filter(article=article, content_type__in=page_types).values_list("object_id", flat=True)
    live = Page.objects.live().public()
    shown = live.filter(
        translation_key__in=live.filter(pk__in=list(citing)).values("translation_key"), locale=Locale.get_active()
    )
    return viewable_pages(list(shown.order_by("title").values_list("pk", flat=True)), user)
