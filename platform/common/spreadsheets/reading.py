"""Reading a table from an upload: .ods, .xlsx or .csv, told by its content and not only by its name.

The way of a file: what kind is it (`kinds`), its values and what is doubtful in them, within limits (`scanning` and
`workbook_reading`, or `csv_reading`), and then the columns and rows that the caller asked for (`matching`), or all of
them as they stand (`raw`).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import IO

from django.utils.translation import gettext as _

from .csv_reading import read_csv
from .kinds import check_kind
from .matching import match_table
from .problems import Problem, SpreadsheetError
from .raw import RawTable, lay_raw
from .rawsheet import RawSheet
from .remarks import character_notes
from .scanning import Limits
from .table import ColumnSpec, Table, normalise_heading
from .workbook_reading import read_workbook

MAX_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 256
# Titles above the headings do not count against the rows of a table.
_ROWS_BESIDE_THE_TABLE = 1_000


def read_table(stream: IO[bytes], *, name: str, columns: Sequence[ColumnSpec], max_rows: int = 20_000) -> Table:
    """Read the first visible sheet of `stream`, whose file is called `name`, under its row of headings.

    The heading row is the one among the first twenty that holds most of the `columns`; rows without a value in any of
    them are passed over. Text comes normalised (NFKC) and stripped, numbers of workbooks as Decimal, dates as date,
    TRUE and FALSE as text; cells of .csv are always text.

    Raises `SpreadsheetError` with every problem found, and its `code`: `wrong_type`, `too_large`, `empty`, `damaged`,
    `encoding`, `columns`, `no_rows`, `too_many_rows`, or `cells`. Nothing is returned then: there is no half a table.
    """
    known = [str(heading) for spec in columns for heading in spec.headings]
    sheet = _read_sheet(stream, name=name, known=known, max_rows=max_rows)
    return match_table(sheet, name=name, columns=columns, max_rows=max_rows)


def read_raw(stream: IO[bytes], *, name: str, known: Collection[str] = (), max_rows: int = 20_000) -> RawTable:
    """Read the first visible sheet of `stream` under its own headings, for a person to say what each column means.

    The heading row is the one among the first twenty that holds most of the `known` headings, or else the first one
    with two cells or more. Every cell comes as text, as it was typed but for outer spaces; days as 2018-03-05, with
    the time where there is one. Merged cells and cells whose value cannot be taken are named, not refused.

    Raises `SpreadsheetError` as `read_table` does, but never `columns` or `cells`.
    """
    sheet = _read_sheet(stream, name=name, known=known, max_rows=max_rows)
    return lay_raw(sheet, name=name, known=known, max_rows=max_rows)


def _read_sheet(stream: IO[bytes], *, name: str, known: Collection[str], max_rows: int) -> RawSheet:
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        limit = _("The file is larger than %(limit)d MB.") % {"limit": MAX_BYTES // 1024 // 1024}
        raise SpreadsheetError([Problem(name, None, None, limit)], code="too_large")
    kind = check_kind(data, name)
    limits = Limits(rows=max_rows + _ROWS_BESIDE_THE_TABLE, columns=MAX_COLUMNS)
    if kind == "csv":
        headings = {normalise_heading(heading) for heading in known}
        sheet = read_csv(data, name=name, known=headings, limits=limits, max_rows=max_rows)
    else:
        sheet = read_workbook(data, kind, name=name, limits=limits, max_rows=max_rows)
    return replace(sheet, notes=[*sheet.notes, *character_notes(sheet.rows)])
