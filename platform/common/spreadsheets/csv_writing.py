"""CSV in UTF-8 with a BOM, so that spreadsheet programs read it right; text that begins like a formula is defused."""

import csv
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .values import as_date, as_datetime, as_number, as_text, plain
from .writing import PERCENT_DECIMALS

if TYPE_CHECKING:
    from .writing import Kind, Sheet

_PIECE = 64 * 1024
DEFUSED = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""What programs take for the start of a formula, its full-width twins included; and what would read as defused."""


def write_csv(sheet: "Sheet") -> Iterator[bytes]:
    """The table as CSV, without the sheet's notes."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([_defused(str(heading)) for heading, _kind in sheet.columns])
    yield b"\xef\xbb\xbf"
    for row in sheet.rows:
        writer.writerow(
            [_text(value, kind) for value, (_heading, kind) in zip(row, sheet.columns, strict=True)],
        )
        if buffer.tell() >= _PIECE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _text(value: Any, kind: "Kind") -> str:
    if value is None or value == "":
        return ""
    if kind == "number":
        return plain(as_number(value))
    if kind in PERCENT_DECIMALS:  # as the screen and the styled cells show it
        return f"{as_number(value):.{PERCENT_DECIMALS[kind]}f}%"
    if kind == "date":
        return as_date(value).isoformat()
    if kind == "datetime":
        return as_datetime(value).isoformat(" ")
    return _defused(as_text(value))


def _defused(text: str) -> str:
    """An apostrophe before what a program would compute: it shows the text and computes nothing."""
    return f"'{text}" if DEFUSED.match(text) else text
