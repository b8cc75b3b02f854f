"""What the search looks through: apps register their sources from `<app>/search.py`.

    search_sources.register(key="runs", label=_("Classes"), order=20, find=find_runs, hits=run_hits)

`find` receives the query and the user and returns what a paginator takes (a queryset's `.search()`, or a
list) of only what this user may see; `hits` turns one page of it into what is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Hit:
    """One line of the results.

    `text` is plain text, from which the page cuts an excerpt around the words sought. `note` is a short
    remark (dates, kind). `language` is set where the words are not in the language of the interface.
    """

    title: str
    url: str
    text: str = ""
    note: str | Promise = ""
    language: str = ""


@dataclass(frozen=True)
class SearchSource:
    """One kind of thing that can be found. `key` stands in the address, `label` over the results."""

    key: str
    label: str | Promise
    order: int
    find: Callable[[str, Any], Any]
    hits: Callable[[Sequence[Any]], list[Hit]]


_sources: dict[str, SearchSource] = {}


def register(
    *,
    key: str,
    label: str | Promise,
    order: int,
    find: Callable[[str, Any], Any],
    hits: Callable[[Sequence[Any]], list[Hit]],
) -> None:
    """Register a source; `order` is its place among the results (pages 10, runs 20, articles 30)."""
    _sources[key] = SearchSource(key, label, order, find, hits)


def all_sources() -> list[SearchSource]:
    """Return the sources in their order."""
    return sorted(_sources.values(), key=lambda source: source.order)
