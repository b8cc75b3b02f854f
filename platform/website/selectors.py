"""Reads of pages that more than one place needs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from wagtail.models import Locale, Page

from .models import BasePage

_RELATED = ("locale", "alias_of__locale")  # what addresses and `content_language` read


def only_viewable(pages: Iterable[Page], user: Any) -> list[Page]:
    """Return those of the specific `pages` that `user` may read, in the given order.

    Pages of one type are asked about together, so that a type may answer for many with few queries.
    """
    pages = list(pages)
    allowed: set[int] = set()
    for page_type, group in groupby(sorted(pages, key=lambda page: page.content_type_id), key=type):
        if issubclass(page_type, BasePage):
            allowed |= page_type.viewable_ids(list(group), user)
    return [page for page in pages if page.pk in allowed]


def viewable_pages(ids: list[int], user: Any) -> list[Page]:
    """Return the specific pages numbered `ids` that `user` may read, in the order of `ids`."""
    pages = {page.pk: page for page in Page.objects.filter(pk__in=ids).specific().prefetch_related(*_RELATED)}
    return only_viewable((pages[pk] for pk in ids if pk in pages), user)


def page_tree(user: Any) -> list[tuple[Page, list[Any]]]:
    """Return the live pages in the active language that `user` may read, as (page, children) pairs.

    A page whose parent is not shown is not shown either. The number of queries does not grow with the pages.
    """
    pages = (
        Page.objects.live()
        .public()
        .filter(locale=Locale.get_active(), depth__gt=1)
        .order_by("path")
        .specific()
        .prefetch_related(*_RELATED)
    )
    roots: list[tuple[Page, list[Any]]] = []
    by_path: dict[str, list[Any]] = {}
    for page in only_viewable(pages, user):
        branch: list[Any] = []
        siblings = roots if page.depth == 2 else by_path.get(page.path[: -page.steplen])
        if siblings is not None:
            siblings.append((page, branch))
            by_path[page.path] = branch
    return roots
