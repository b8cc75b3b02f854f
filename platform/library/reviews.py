"""Reads of reviews after changes of law: what waits, for whom, and how many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from wagtail.models import Page

from .models import Citation, CitationReview

Key = tuple[int, int]  # content type and number of what cites


def open_reviews_of(obj: Model) -> list[CitationReview]:
    """Return the open reviews of `obj`, one for each article: the newest, in the order of the articles. One query.

    Those of a page are also those of the pages that it is a translation or an alias of, and of theirs.
    """
    return open_reviews_among([obj]).get(key_of(obj), [])


def open_reviews_among(objects: Iterable[Model]) -> dict[Key, list[CitationReview]]:
    """Return the open reviews of many `objects` by `key_of` each, as `open_reviews_of` does for one.

    Objects without an open review are left out. At most three queries, however many objects.
    """
    wanted = {key_of(obj): obj for obj in objects if obj.pk}
    reached = _reached_by(wanted)
    if not reached:
        return {}
    found: dict[Key, dict[int, CitationReview]] = defaultdict(dict)
    for review in pending_reviews().filter(object_id__in={number for _kind, number in reached}):
        for key in reached.get((review.content_type_id, review.object_id), ()):
            found[key].setdefault(review.article_id, review)
    return {
        key: sorted(by_article.values(), key=lambda review: (review.article.law_id, review.article.order))
        for key, by_article in found.items()
    }


def key_of(obj: Model) -> Key:
    """Return the content type and number by which `obj` cites: those of the specific page for a page."""
    if isinstance(obj, Page):
        return obj.content_type_id, obj.pk
    return ContentType.objects.get_for_model(obj).pk, obj.pk


def citing_keys(articles: Iterable[int]) -> set[tuple[int, int, int]]:
    """Return (article, content type, number) of what cites the `articles` (keys) and would have to be read again.

    What cites an article twice is there once; a page that shows the words of another (an alias) is left out.
    """
    citing = Citation.objects.filter(article__in=list(articles)).order_by()
    keys = set(citing.values_list("article_id", "content_type_id", "object_id"))
    numbers = {number for _article, _kind, number in keys}
    aliases = Page.objects.filter(pk__in=numbers, alias_of__isnull=False).values_list("content_type_id", "pk")
    shown_elsewhere = set(aliases)
    return {key for key in keys if key[1:] not in shown_elsewhere}


def pending_reviews() -> QuerySet[CitationReview]:
    """Return the open reviews with what a list says of them: the newest change first."""
    return CitationReview.objects.filter(closed_at=None).select_related(
        "article__law", "version__law_version", "version__article__law"
    )


def _reached_by(wanted: dict[Key, Model]) -> dict[Key, set[Key]]:
    """Return the citing keys whose reviews count for the keys wanted: their own, and those of translations."""
    reached: dict[Key, set[Key]] = {key: {key} for key in wanted}
    pages = {key: obj for key, obj in wanted.items() if isinstance(obj, Page)}
    by_translation: dict[object, set[Key]] = defaultdict(set)
    for key, page in pages.items():
        by_translation[page.translation_key].add(key)
    same = Page.objects.filter(translation_key__in=by_translation) if pages else Page.objects.none()
    for kind, number, translation_key in same.values_list("content_type_id", "pk", "translation_key"):
        reached.setdefault((kind, number), set()).update(by_translation[translation_key])
    return reached
