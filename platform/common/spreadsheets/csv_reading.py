"""CSV as people send it: UTF-8 with or without BOM, or Big5; commas, semicolons or tabs."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from .big5 import ETEN_CHARACTERS, decode_big5
from .csv_writing import DEFUSED
from .matching import has_value, too_many_columns, too_many_rows
from .problems import Problem, SpreadsheetError
from .rawsheet import RawSheet
from .remarks import noted
from .scanning import Limits
from .table import normalise_heading

_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ",;\t"
_TRIED_ROWS = 20
_END_OF_OLD_FILES = "\x1a"  # what DOS programs put behind the text
# ="0912": how a program keeps another one from taking text for a number
_QUOTED = re.compile(r'="((?:[^"]|"")*)"')
# Big5 has no 堃: programs put a question mark in its place without a word.
_LOST = re.compile(r"[\u3400-\u9fff]\?|\?[\u3400-\u9fff]")
_ETEN = re.compile(f"[{re.escape(''.join(sorted(ETEN_CHARACTERS)))}]")


def read_csv(data: bytes, *, name: str, known: set[str], limits: Limits, max_rows: int) -> RawSheet:
    """The rows of a CSV file; the separator is the one that yields the most of the `known` headings.

    Raises `SpreadsheetError` (`encoding`, `damaged`, `too_many_rows`, `too_large`) in words.
    """
    text, is_big5 = _decode(data, name)
    rows = list(_rows(text, _delimiter(text, known), name=name, limits=limits, max_rows=max_rows))
    notes: list[str] = []
    if is_big5:
        notes += _lost(rows)
        notes += noted(
            rows,
            _ETEN,
            _("“%(characters)s” may be a self-made character where the file was written. Look whether it fits."),
        )
    return RawSheet(rows=rows, notes=notes, is_text=True)


def _decode(data: bytes, name: str) -> tuple[str, bool]:
    """The text, and whether it was Big5. Every decoder is strict: no character is ever lost here."""
    if data.startswith(_UTF16_BOMS) or b"\0" in data[:1024]:
        message = _("The file is in UTF-16 (“Unicode text”) or not text at all. Save it as “CSV UTF-8”.")
        raise SpreadsheetError([Problem(name, None, None, message)], code="encoding")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        message = _("The file holds a character that no text has (NUL). Save it as “CSV UTF-8” again.")
        raise SpreadsheetError([Problem(name, line, None, message)], code="encoding")
    try:
        return data.decode("utf-8-sig").rstrip(_END_OF_OLD_FILES), False
    except UnicodeDecodeError:
        pass
    try:
        if not data.startswith(_UTF8_BOM):
            return decode_big5(data).rstrip(_END_OF_OLD_FILES), True
    except ValueError:
        pass
    message = _("The characters are neither UTF-8 nor Big5. Save the file as “CSV UTF-8”.")
    raise SpreadsheetError([Problem(name, None, None, message)], code="encoding")


def _rows(
    text: str, delimiter: str, *, name: str, limits: Limits, max_rows: int
) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows with a value, with their numbers as a spreadsheet program shows them: a cell with a line break is one."""
    number = taken = 0
    try:
        for number, record in enumerate(_records(text, delimiter), 1):
            while record and not record[-1].strip():
                record.pop()
            if len(record) > limits.columns:
                raise too_many_columns(name, number, limits.columns)
            if not has_value(record):
                continue
            taken += 1
            if taken > limits.rows:
                raise too_many_rows(name, number, max_rows)
            yield number, [_plain(cell) for cell in record]
    except csv.Error:
        message = _("The row cannot be read: look for a quotation mark that is not closed or out of place.")
        raise SpreadsheetError([Problem(name, number + 1, None, message)], code="damaged") from None


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _plain(cell: str) -> str:
    """What a spreadsheet program shows of a cell, and what our own writer had in it."""
    if cell.startswith("'"):
        return cell[1:] if DEFUSED.match(cell, 1) else cell
    if cell.startswith('="') and (found := _QUOTED.fullmatch(cell)) is not None:
        return found[1].replace('""', '"')
    return cell


def _delimiter(text: str, known: set[str]) -> str:
    """The sign that parts the cells: the one that gives most known headings, else most rows of the same length."""
    return max(_DELIMITERS, key=lambda sign: _fitness(text, sign, known))


def _fitness(text: str, sign: str, known: set[str]) -> tuple[int, int, int]:
    tried: list[list[str]] = []
    try:
        tried.extend(itertools.islice(filter(None, _records(text, sign)), _TRIED_ROWS))
    except csv.Error:
        return 0, 0, 0
    headings = max((len(known & {normalise_heading(cell) for cell in row}) for row in tried), default=0)
    lengths = Counter(len(row) for row in tried if len(row) > 1)
    length, times = lengths.most_common(1)[0] if lengths else (0, 0)
    return headings, times, length


def _lost(rows: Sequence[tuple[int, Sequence[str]]]) -> list[str]:
    return noted(
        rows,
        _LOST,
        _("the question mark in “%(value)s” may stand for a character that Big5 does not have."),
    )
