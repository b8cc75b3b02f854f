"""What cites an article, as its page lists it: pages and anything else, grouped by kind, for one reader.

This app does not know who cites. Whatever has citations (`services.sync_citations`) and an address
(`get_absolute_url`) is listed; a type whose objects are not for everybody defines `may_be_viewed_by(user)`, or
`viewable_ids(objects, user)` where asking each would cost a query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.text import capfirst
from wagtail.models import Locale, Page

from website.selectors import viewable_pages

from .models import Article, Citation
from .reviews import key_of, open_reviews_among


@dataclass(frozen=True)
class BackLink:
    """One thing that cites; `waits` says that it is to be read again since the article was changed."""

    title: str
    url: str
    language: str
    waits: bool


@dataclass(frozen=True)
class BackLinks:
    """What cites an article, of one kind."""

    label: str
    links: list[BackLink]


def back_links(article: Article, user: Any) -> list[BackLinks]:
    """Return what cites `article` and `user` may read, by kind; pages in the language of the interface.

    The number of queries grows with the kinds that cite, not with what cites.
    """
    citing: dict[int, list[int]] = defaultdict(list)
    found = Citation.objects.filter(article=article).order_by().values_list("content_type_id", "object_id").distinct()
    for kind, number in found:
        citing[kind].append(number)
    types = ContentType.objects.get_for_models(*_models_of(citing), for_concrete_models=False)
    page_ids = [number for model, type_ in types.items() if issubclass(model, Page) for number in citing[type_.pk]]
    objects: list[Model] = list(_pages(page_ids, user))
    for model, type_ in types.items():
        if not issubclass(model, Page) and hasattr(model, "get_absolute_url"):
            objects += _viewable(model, list(model._default_manager.filter(pk__in=citing[type_.pk])), user)
    waiting = {
        key
        for key, reviews in open_reviews_among(objects).items()
        if any(review.article_id == article.pk for review in reviews)
    }
    groups: dict[type[Model], list[BackLink]] = defaultdict(list)
    for obj in objects:
        groups[type(obj)].append(_link(obj, key_of(obj) in waiting))
    return sorted(
        (
            BackLinks(str(capfirst(model._meta.verbose_name_plural or "")), sorted(links, key=lambda link: link.title))
            for model, links in groups.items()
        ),
        key=lambda group: group.label,
    )


def _models_of(citing: dict[int, list[int]]) -> list[type[Model]]:
    models = (ContentType.objects.get_for_id(kind).model_class() for kind in citing)
    return [model for model in models if model is not None]


def _pages(ids: list[int], user: Any) -> list[Page]:
    """Return the pages to show for the citing pages `ids`: a page counts as well when it translates one of them."""
    live = Page.objects.live().public()
    shown = live.filter(
        translation_key__in=live.filter(pk__in=ids).values("translation_key"), locale=Locale.get_active()
    )
    return viewable_pages(list(shown.values_list("pk", flat=True)), user) if ids else []


def _viewable(model: Any, objects: Sequence[Any], user: Any) -> list[Model]:
    if hasattr(model, "viewable_ids"):
        allowed = model.viewable_ids(objects, user)
        return [obj for obj in objects if obj.pk in allowed]
    return [obj for obj in objects if not hasattr(obj, "may_be_viewed_by") or obj.may_be_viewed_by(user)]


def _link(obj: Any, waits: bool) -> BackLink:
    if isinstance(obj, Page):
        return BackLink(obj.title, obj.url or "", getattr(obj, "content_language", ""), waits)
    return BackLink(str(obj), obj.get_absolute_url(), getattr(obj, "content_language", ""), waits)
