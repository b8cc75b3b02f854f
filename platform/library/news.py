"""What is new in the procurement zone: apps above register what they publish, from their `panels.py`.

The front page of the zone and the panel on the home page show all of it in one list, newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise


@dataclass(frozen=True)
class NewThing:
    """One line of the list. `language` is that of the title, `kind` a word for what it is.

    `detail` is a sentence more; it is in the language of the title unless `detail_language` says another.
    """

    day: date
    kind: str | Promise
    title: str
    url: str
    language: str
    detail: str = ""
    detail_language: str = ""
    is_important: bool = False


# (language of the interface, today, how many at most) → the newest things, newest first
NewsSource = Callable[[str, date, int], Iterable[NewThing]]

_sources: list[NewsSource] = []


def register_news(source: NewsSource) -> None:
    """Register a source; it answers with few queries, whatever the number of things."""
    _sources.append(source)


def news_of_all(language: str, today: date, limit: int) -> list[NewThing]:
    """Return the newest things of all sources, newest first; what came on the same day as the sources have it."""
    things = [thing for source in _sources for thing in source(language, today, limit)]
    return sorted(things, key=lambda thing: thing.day, reverse=True)
