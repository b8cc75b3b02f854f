"""The verdicts on a file, kept beside it a portion at a time, so that any page of them is shown at once.

An import of 50,000 notices has as many verdicts: too many for a row of the database or for the memory of a request,
and to judge the file again for each page would take as long as the file. The worker writes them as it reads; a page
opens the list of portions and the one or two that it lies in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from posixpath import dirname
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from common.imports import Outcome, RowVerdict

PER_PAGE = 50


class VerdictPages:
    """Writes the verdicts on the file that is kept as `file`, a portion at a time; `close` makes them readable."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._portions: list[dict[str, int]] = []

    def add(self, verdicts: Sequence[RowVerdict[Any]]) -> None:
        """Keep a portion."""
        rows = [[verdict.row, verdict.outcome.value, verdict.label, list(verdict.reasons)] for verdict in verdicts]
        counts = {outcome.value: 0 for outcome in Outcome}
        for verdict in verdicts:
            counts[verdict.outcome.value] += 1
        _save(_portion_name(self._file, len(self._portions)), rows)
        self._portions.append(counts)

    def close(self) -> None:
        """Write the list of portions."""
        _save(_list_name(self._file), self._portions)


def read_page(file: str, page: int, outcome: str = "") -> list[RowVerdict[None]]:
    """Return the verdicts of a page, from 1, of those with `outcome` or of all; none where there are none."""
    first, last = (page - 1) * PER_PAGE, page * PER_PAGE
    shown: list[RowVerdict[None]] = []
    before = 0
    for number, counts in enumerate(_load(_list_name(file))):
        here = counts[outcome] if outcome else sum(counts.values())
        if before < last and before + here > first:
            wanted = list(_of_outcome(_load(_portion_name(file, number)), outcome))
            shown += wanted[max(0, first - before) : last - before]
        before += here
        if before >= last:
            break
    return shown


def drop_pages(file: str) -> None:
    """Delete the verdicts on `file`, also those of a worker that was killed while it wrote them."""
    folder = dirname(file)
    if folder and default_storage.exists(file):
        for name in default_storage.listdir(folder)[1]:
            if name.startswith(_PREFIX):
                default_storage.delete(f"{folder}/{name}")


def _of_outcome(rows: Iterable[Any], outcome: str) -> Iterator[RowVerdict[None]]:
    for row, found, label, reasons in rows:
        if not outcome or found == outcome:
            yield RowVerdict(row, Outcome(found), label, tuple(reasons))


_PREFIX = "verdicts"


def _list_name(file: str) -> str:
    return f"{dirname(file)}/{_PREFIX}.json"


def _portion_name(file: str, number: int) -> str:
    return f"{dirname(file)}/{_PREFIX}-{number:05}.json"


def _save(name: str, content: Any) -> None:
    default_storage.save(name, ContentFile(json.dumps(content, ensure_ascii=False).encode()))


def _load(name: str) -> Any:
    if not default_storage.exists(name):
        return []
    with default_storage.open(name) as file:
        return json.load(file)
