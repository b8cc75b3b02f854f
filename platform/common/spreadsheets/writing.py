"""Writing a table as a stream of bytes: .ods first, .xlsx and .csv beside it; memory does not grow with the rows."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from django.utils.functional import Promise

Kind = Literal["text", "number", "date", "datetime", "percent", "percent1"]

PERCENT_DECIMALS: dict[str, int] = {"percent": 2, "percent1": 1}
"""The decimals with which the kinds of percentages are shown."""

FORMATS = ("ods", "xlsx", "csv")

CONTENT_TYPES = {
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

_PEEKED_ROWS = 50
_MOST_CHARACTERS = 40
_LEAST_WIDTH: dict[str, int] = {"text": 6, "number": 6, "date": 10, "datetime": 16, "percent": 8, "percent1": 8}
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


class Column(NamedTuple):
    """A column to write: its heading and the kind of its cells. A plain tuple (heading, kind) will do as well.

    number: int, float, Decimal or Fraction. percent: a percentage as the reports hold it (91.43), written as a
    number with a percent style of two decimals, percent1 of one. date, datetime: shown as ISO; aware datetimes in
    the site's time zone.
    """

    heading: str | Promise
    kind: Kind = "text"


@dataclass(frozen=True)
class Sheet:
    """A table to write: `rows` may be a generator.

    `notes` stand under the table, but not in .csv, which is for machines.
    """

    title: str | Promise
    columns: Sequence[tuple[str | Promise, Kind]]
    rows: Iterable[Sequence[Any]]
    notes: Sequence[str | Promise] = field(default=())


def write(format: str, sheet: Sheet) -> Iterator[bytes]:  # noqa: A002  the word that callers and URLs use
    """The file in pieces, for a `StreamingHttpResponse` or a file on disk. `format` is ods, xlsx or csv.

    A cell whose text begins like a formula stays text everywhere. Raises `ValueError` for another format.
    """
    from . import csv_writing, ods_writing, xlsx_writing

    writers = {"ods": ods_writing.write_ods, "xlsx": xlsx_writing.write_xlsx, "csv": csv_writing.write_csv}
    if format not in writers:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, not {format!r}")
    return writers[format](sheet)


def peek_widths(sheet: Sheet) -> tuple[list[int], Iterator[Sequence[Any]]]:
    """How wide each column should be, in Latin characters, by its heading and first rows; and all the rows again."""
    rows = iter(sheet.rows)
    first = list(itertools.islice(rows, _PEEKED_ROWS))
    widths = []
    for index, (heading, kind) in enumerate(sheet.columns):
        needed = [_width(str(heading)), _LEAST_WIDTH[kind]]
        if kind == "text":
            needed += [_width(str(value)) for row in first for value in row[index : index + 1] if value is not None]
        widths.append(min(max(needed), _MOST_CHARACTERS) + 2)
    return widths, itertools.chain(first, rows)


def sheet_name(sheet: Sheet) -> str:
    """The sheet's title as every program takes it: without signs that names may not have, 31 characters at most."""
    printable = "".join(character for character in str(sheet.title) if character.isprintable())
    return printable.translate(_NOT_IN_SHEET_NAMES).strip(" '")[:31].strip(" '") or "1"


def _width(text: str) -> int:
    """Chinese characters take two places."""
    return sum(1 if ord(character) < 0x1100 else 2 for character in text)
