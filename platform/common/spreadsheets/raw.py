"""A table under its own headings: what an old file holds, before anybody says what its columns mean."""

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from .matching import HEADER_SEARCH_ROWS, as_cell, has_value, nothing_to_read, too_many_rows
from .problems import Problem, SpreadsheetError
from .rawsheet import Area, Doubt, RawSheet
from .table import INVISIBLE, normalise_heading
from .typedcells import Held, held_by


@dataclass(frozen=True)
class RawRow:
    """One row: `number` as the user sees it, `cells` as text from column A on, as many as there are columns.

    `held` has a letter per cell for what it was before it became text (`Held`).
    """

    number: int
    cells: Sequence[str]
    held: str


@dataclass(frozen=True)
class RawTable:
    """What stands under the headings of the first visible sheet of `file`; blank rows are left out.

    `headings` has one text per column, "" where a column with values has none. `merged` are the merged cells that
    reach below the headings; their value stands in the first one only. `doubts` tells by (row number, column from
    0) why a value cannot be taken: that cell is "" in the row. `above` are the texts above the headings: a title, the
    unit of the amounts.
    """

    file: str
    header_row: int
    headings: Sequence[str]
    rows: Sequence[RawRow]
    merged: Sequence[Area] = ()
    doubts: dict[tuple[int, int], Doubt] = field(default_factory=dict)
    notes: Sequence[str] = ()
    above: Sequence[str] = ()


def lay_raw(sheet: RawSheet, *, name: str, known: Collection[str], max_rows: int) -> RawTable:
    """The sheet as a `RawTable`. Raises `SpreadsheetError` (`empty`, `no_rows`, `too_many_rows`)."""
    rows = iter(sheet.rows)
    first = list(itertools.islice((row for row in rows if has_value(row[1])), HEADER_SEARCH_ROWS))
    if not first:
        raise nothing_to_read(sheet, name)
    index = _heading_index([values for _number, values in first], {normalise_heading(heading) for heading in known})
    header_row, heading_values = first[index]
    doubts = {place: doubt for place, doubt in sheet.doubts.items() if place[0] > header_row}
    below = _texts(itertools.chain(first[index + 1 :], rows), doubts)
    laid: list[tuple[int, list[str], str]] = []
    for row in below:
        if len(laid) == max_rows:
            raise too_many_rows(name, row[0], max_rows)
        laid.append(row)
    if not laid:
        raise SpreadsheetError(
            [Problem(name, header_row, None, _("There is no row under the headings."))], code="no_rows"
        )
    headings = [_text(value)[0] for value in heading_values]
    width = max(_width(headings), 0 if sheet.is_text else max(_width(cells) for _number, cells, _held in laid))
    if sheet.is_text:
        doubts |= {(number, width): Doubt.BEYOND_HEADINGS for number, cells, _held in laid if _width(cells) > width}
    return RawTable(
        file=name,
        header_row=header_row,
        headings=_padded(headings, width),
        rows=[
            RawRow(number, _padded(cells, width), held[:width].ljust(width, Held.TEXT)) for number, cells, held in laid
        ],
        merged=_within(sheet.merged, header_row, laid[-1][0], width),
        doubts=doubts,
        notes=list(sheet.notes),
        above=[text for _number, values in first[:index] for value in values if (text := _text(value)[0])],
    )


def _heading_index(rows: Sequence[Sequence[Any]], known: Collection[str]) -> int:
    """Which of the first rows holds the headings: most known ones, else the first that is more than a title."""
    counts = [sum(isinstance(value, str) and normalise_heading(value) in known for value in row) for row in rows]
    if max(counts) > 0:
        return counts.index(max(counts))
    return next((index for index, row in enumerate(rows) if sum(has_value([value]) for value in row) > 1), 0)


def _texts(
    rows: Iterable[tuple[int, Sequence[Any]]], doubts: dict[tuple[int, int], Doubt]
) -> Iterable[tuple[int, list[str], str]]:
    """Rows that hold anything, as text, and what it was; what is doubtful about a value is added to `doubts`."""
    doubtful_rows = {row for row, _column in doubts}
    for number, values in rows:
        cells = []
        for column, value in enumerate(values):
            text, doubt = _text(value)
            if doubt is not None:
                doubts[number, column] = doubt
                doubtful_rows.add(number)
            cells.append("" if (number, column) in doubts else text)
        if any(cells) or number in doubtful_rows:
            yield number, cells, "".join(map(held_by, values))


def _text(value: Any) -> tuple[str, Doubt | None]:
    """As `as_cell`, but text keeps its full-width signs, which prose is written with, and days their time."""
    cell, doubt = as_cell(value)
    if doubt is not None:
        return "", doubt
    if isinstance(value, str):
        return value.translate(INVISIBLE).strip(), None
    if isinstance(value, datetime) and value.time() != time():
        return f"{value:%Y-%m-%d %H:%M}", None
    if isinstance(cell, Decimal):
        return f"{cell:f}", None
    return ("" if cell is None else str(cell)), None


def _within(areas: Iterable[Area], header_row: int, last_row: int, width: int) -> list[Area]:
    """Those that reach into the rows below the headings, cut to where anything stands."""
    cut = (
        area._replace(last_row=min(area.last_row, last_row), last_column=min(area.last_column, width - 1))
        for area in areas
        if area.last_row > header_row and area.first_row <= last_row and area.first_column < width
    )
    return [area for area in cut if area[:2] != area[2:]]


def _width(cells: Sequence[str]) -> int:
    """Up to the last cell that holds anything."""
    return max((index for index, cell in enumerate(cells, 1) if cell), default=0)


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]
