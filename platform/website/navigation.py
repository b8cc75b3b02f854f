"""The main menu: apps register their entries from `panels.py`; each user sees what they may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Entry:
    """One entry of the main menu. `url_name` is reversed without arguments.

    `covers` names further addresses that belong to the entry: on them, and below them, it is the current one.
    """

    order: int
    label: str | Promise
    url_name: str
    predicate: Callable[[Any], bool]
    covers: tuple[str, ...] = ()


_entries: list[Entry] = []


def add_entry(
    *, order: int, label: str | Promise, url_name: str, predicate: Callable[[Any], bool], covers: tuple[str, ...] = ()
) -> None:
    """Register an entry; `predicate` receives the user (perhaps anonymous). For `covers` see `Entry`."""
    _entries.append(Entry(order, label, url_name, predicate, covers))
    _entries.sort(key=lambda entry: entry.order)


def entries_for(user: Any) -> list[Entry]:
    """Return the entries that `user` sees, in order."""
    return [entry for entry in _entries if entry.predicate(user)]
