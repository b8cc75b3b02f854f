"""CSV as people send it: UTF-8 with or without BOM, or Big5; commas, semicolons or tabs."""

import csv
import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .problems import Problem, SpreadsheetError
from .rawsheet import RawSheet

_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ",;\t"
_DEFUSED = re.compile(r"'(?=[=+\-@\t\r\n＝＋－＠])")
# Big5 has no 堃: programs put a question mark in its place without a word.
_LOST = re.compile(r"[\u3400-\u9fff]\?|\?[\u3400-\u9fff]")


def read_csv(data: bytes, *, name: str) -> RawSheet:
    """The rows of a CSV file. Raises `SpreadsheetError` (`encoding`, `damaged`) in words."""
    text, is_big5 = _decode(data, name)
    rows = list(_rows(text, name))
    notes = []
    if is_big5:
        notes += [
            _("Row %(row)d: the question mark in “%(value)s” may stand for a character that Big5 does not have.")
            % {"row": number, "value": cell}
            for number, row in rows
            for cell in row
            if _LOST.search(cell)
        ]
    return RawSheet(rows=rows, notes=notes, is_text=True)


def _decode(data: bytes, name: str) -> tuple[str, bool]:
    """The text, and whether it was Big5. Every decoder is strict: no character is ever lost here."""
    if data.startswith(_UTF16_BOMS) or b"\0" in data[:1024]:
        message = _("The file is in UTF-16 (“Unicode text”) or not text at all. Save it as “CSV UTF-8”.")
        raise SpreadsheetError([Problem(name, None, None, message)], code="encoding")
    encodings = ["utf-8-sig"] if data.startswith(_UTF8_BOM) else ["utf-8", "cp950", "big5hkscs"]
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding in {"cp950", "big5hkscs"}
        except UnicodeDecodeError:
            continue
    message = _("The characters are neither UTF-8 nor Big5. Save the file as “CSV UTF-8”.")
    raise SpreadsheetError([Problem(name, None, None, message)], code="encoding")


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Records with their numbers as a spreadsheet program shows them: a cell with a line break stays in one row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    try:
        for number, record in enumerate(reader, 1):
            yield number, [_DEFUSED.sub("", cell, count=1) if cell.startswith("'") else cell for cell in record]
    except csv.Error:
        message = _("The row cannot be read: look for a quotation mark that is not closed or out of place.")
        raise SpreadsheetError([Problem(name, number + 1, None, message)], code="damaged") from None


def _delimiter(text: str) -> str:
    """The sign that parts the cells: the one that stands most often in the first line that has any."""
    for line in text.splitlines():
        counts = {sign: line.count(sign) for sign in _DELIMITERS}
        if any(counts.values()):
            return max(counts, key=lambda sign: counts[sign])
    return ","
