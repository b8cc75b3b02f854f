"""Reads of the library."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from .enums import TextSource
from .models import Article, ArticleVersion, Law, LawVersion
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
