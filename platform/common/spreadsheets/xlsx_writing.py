""".xlsx by xlsxwriter, which keeps its rows in temporary files: memory does not grow with them."""

import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .values import as_date, as_datetime, as_number, as_text
from .writing import PERCENT_DECIMALS, peek_widths, sheet_name

if TYPE_CHECKING:
    from .writing import Kind, Sheet

_PIECE = 64 * 1024
_FIRST_DAY = date(1900, 1, 1)  # earlier ones Excel does not know: they stay text
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_NUMBER_FORMATS: dict[str, str] = {
    "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "percent": "0.00%", "percent1": "0.0%",
}  # fmt: skip


def write_xlsx(sheet: "Sheet") -> Iterator[bytes]:
    """The table as a workbook of one sheet; the heading row stays in view."""
    with tempfile.TemporaryFile() as file:
        with Workbook(file, _OPTIONS) as book:
            _fill(book, sheet)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _fill(book: Workbook, sheet: "Sheet") -> None:
    page = book.add_worksheet(sheet_name(sheet))
    styles = {kind: book.add_format({"num_format": shown}) for kind, shown in _NUMBER_FORMATS.items()}
    header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    page.freeze_panes(1, 0)
    widths, rows = peek_widths(sheet)
    for index, ((heading, _kind), width) in enumerate(zip(sheet.columns, widths, strict=True)):
        page.set_column(index, index, width)
        page.write_string(0, index, str(heading), header)
    number = 0
    for number, row in enumerate(rows, 1):
        for index, (value, (_heading, kind)) in enumerate(zip(row, sheet.columns, strict=True)):
            if value is not None and value != "":
                _write_cell(page, number, index, value, kind, styles.get(kind))
    for offset, note in enumerate(sheet.notes, 2):
        page.write_string(number + offset, 0, str(note))


def _write_cell(page: Worksheet, row: int, column: int, value: Any, kind: "Kind", style: Format | None) -> None:
    """Write one cell. Raises `ValueError` for what .xlsx cannot hold, which xlsxwriter would leave out silently."""
    if kind == "number":
        failed = page.write_number(row, column, as_number(value), style)
    elif kind in PERCENT_DECIMALS:
        failed = page.write_number(row, column, as_number(value) / Decimal(100), style)
    elif kind == "date" and as_date(value) >= _FIRST_DAY:
        failed = page.write_datetime(row, column, as_date(value), style)
    elif kind == "datetime":
        failed = page.write_datetime(row, column, as_datetime(value), style)
    else:
        failed = page.write_string(row, column, as_text(value))
    if failed:
        raise ValueError(
            f"row {row + 1}, column {column + 1}: .xlsx holds 1,048,576 rows, and 32,767 characters a cell"
        )
