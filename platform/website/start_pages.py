"""Where signing in leads: apps register the one page of a role from `panels.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StartPage:
    """The page of those for whom `predicate` holds. `url_name` is reversed without arguments."""

    order: int
    url_name: str
    predicate: Callable[[Any], bool]


_pages: list[StartPage] = []


def add_start_page(*, order: int, url_name: str, predicate: Callable[[Any], bool]) -> None:
    """Register a page; of several that fit, the lowest `order` wins: who decides things goes before who reports."""
    _pages.append(StartPage(order, url_name, predicate))
    _pages.sort(key=lambda page: page.order)


def start_page_of(user: Any) -> str | None:
    """Return the name of the page that `user` begins at, or None for those who only learn."""
    return next((page.url_name for page in _pages if page.predicate(user)), None)
