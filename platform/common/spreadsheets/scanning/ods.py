"""The scan of content.xml of an .ods, where one element may stand for a million cells."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from common.rocdates import roc_day_of_antiquity
from common.spreadsheets.rawsheet import Area, Doubt, FormattedNumber

from .archive import Package
from .sheetscan import Limits, Refusal, ScanRefused, SheetScan, parse

_URN = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_OFFICE, _TABLE, _STYLE, _TEXT = (f"{_URN.format(name)} " for name in ("office", "table", "style", "text"))
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
# Pictures and shapes are anchored in cells with titles and texts of their own; comments and readings of characters
# (ruby) are no value either.
_NOT_THE_CELLS_TEXT = {
    _URN.format("drawing"), _URN.format("dr3d"), f"{_OFFICE}annotation", f"{_TEXT}ruby-text",
}  # fmt: skip
_CELLS = {"table-cell", "covered-table-cell"}
_NUMBERS = {"float", "percentage", "currency"}
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?Z?")
_LENGTH = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
_ERROR = re.compile(r"#[A-Z/0!?]+|Err:\d+")
_BLANKS = re.compile(r"[ \t\r\n]+")
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"


def is_spreadsheet(package: Package) -> bool | None:
    """Whether an OpenDocument package holds a spreadsheet; None where it is no OpenDocument package.

    The file called mimetype tells; where it is missing or soiled, the manifest does or the content itself.
    """
    if "content.xml" not in package:
        return None
    stated = package.read("mimetype", 100).strip(b"\xef\xbb\xbf \t\r\n\0")
    if stated.startswith(b"application/"):
        return stated.startswith(_SPREADSHEET)
    manifest, content = package.read("META-INF/manifest.xml", 100_000), package.read("content.xml", 1_000_000)
    return _SPREADSHEET in manifest or b":spreadsheet" in content


def scan_ods(package: Package, limits: Limits) -> list[SheetScan]:
    """The sheets in their order. Raises `ScanRefused`."""
    if b"encryption-data" in package.read("META-INF/manifest.xml", limits.unpacked_bytes):
        raise ScanRefused(Refusal.PROTECTED)
    scan = _OdsScan(limits)
    with package.open("content.xml") as content:
        parse(content, start=scan.start, end=scan.end, text=scan.text, without=_NOT_THE_CELLS_TEXT)
    for sheet in scan.sheets:
        sheet.uncover()
    return scan.sheets


class _Cell:
    """The cell that is being read."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.repeats = _count(attributes, "number-columns-repeated")
        self.spans = (_count(attributes, "number-rows-spanned"), _count(attributes, "number-columns-spanned"))
        self._attributes = attributes
        self._lines: list[str] = []

    def start_line(self) -> None:
        self._lines.append("")

    def add(self, text: str) -> None:
        if self._lines:
            self._lines[-1] += text

    @property
    def shown(self) -> str:
        """What people see in the cell."""
        return "\n".join(self._lines)

    def read(self) -> tuple[Any, Doubt | None]:
        """The value, or why there is none that can be taken."""
        value_type = self._office("value-type")
        if self._attributes.get(f"{_CALC}value-type") == "error":
            return None, Doubt.ERROR
        if value_type == "boolean":
            return self._office("boolean-value") == "true", None
        if value_type in _NUMBERS:
            return self._number()
        if value_type == "date":
            return self._day()
        if value_type == "time":
            return self._length()
        text = self._office("string-value")
        # A formula that answers with no text has a line, an empty one, and no type; one never computed has no line.
        if value_type is None and text is None and not self._lines and f"{_TABLE}formula" in self._attributes:
            return None, Doubt.NOT_COMPUTED
        return self.shown if text is None else text, None

    def _office(self, name: str) -> str | None:
        return self._attributes.get(f"{_OFFICE}{name}")

    def _number(self) -> tuple[Any, Doubt | None]:
        try:
            number = float(self._office("value") or "")
        except ValueError:
            return None, Doubt.ERROR
        if number != number or number in (float("inf"), float("-inf")) or _ERROR.fullmatch(self.shown):
            return None, Doubt.ERROR
        plain = str(int(number)) if number == int(number) else repr(number)
        return number if self.shown in ("", plain, self._office("value")) else FormattedNumber(number), None

    def _day(self) -> tuple[Any, Doubt | None]:
        found = _DAY.fullmatch(self._office("date-value") or "")
        if found is None:
            return None, Doubt.ERROR
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        try:
            moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  a cell has no zone
        except ValueError:
            return None, Doubt.ERROR
        if found[7] and float(found[7]) >= 0.5:
            moment += timedelta(seconds=1)
        return (moment if found[4] else moment.date()), None

    def _length(self) -> tuple[Any, Doubt | None]:
        found = _LENGTH.fullmatch(self._office("time-value") or "")
        if found is None:
            return None, Doubt.ERROR
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
        try:
            length = timedelta(days=days, hours=hours, minutes=minutes, seconds=round(seconds))
        except OverflowError:
            return None, Doubt.ERROR
        if found[1]:
            return -length, None
        is_clock = length < timedelta(days=1)
        return ((datetime.combine(date.min, time()) + length).time() if is_clock else length), None


class _OdsScan:
    """Follows rows and cells, repeats included."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: list[SheetScan] = []
        self._limits = limits
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._depth = 0  # tables within cells are no sheets
        self._row = 1
        self._column = 0
        self._row_repeats = 1
        self._row_is_hidden = False
        self._cell: _Cell | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self._depth += 1
            if self._depth == 1:
                self._start_sheet(attributes)
        elif name == "style":
            self._style = attributes.get(f"{_STYLE}name", "")
        elif name == "table-properties" and attributes.get(f"{_TABLE}display") == "false":
            self._hidden_styles.add(self._style)
        elif self._depth != 1:
            return
        elif name == "table-row":
            self._row_repeats = _count(attributes, "number-rows-repeated")
            self._row_is_hidden = attributes.get(f"{_TABLE}visibility", "visible") != "visible"
            self._column = 0
        elif name in _CELLS:
            self._cell = _Cell(attributes)
        elif self._cell is not None:
            self._start_in_cell(self._cell, name, attributes)

    def _start_in_cell(self, cell: _Cell, name: str, attributes: dict[str, str]) -> None:
        if name == "p":
            cell.start_line()
        elif name == "s":
            # as many as a cell may hold at all: a number here must not unfold to gigabytes
            cell.add(" " * min(_number(attributes.get(f"{_TEXT}c", "1")), 65_536))
        elif name == "tab":
            cell.add("\t")
        elif name == "line-break":
            cell.add("\n")

    def end(self, name: str) -> None:
        if name == "table":
            self._depth -= 1
        elif self._depth != 1:
            return
        elif name == "table-row":
            if self._row_is_hidden:
                self.sheets[-1].hide(self._row, self._row_repeats)
            self._row += self._row_repeats
        elif name in _CELLS and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None

    def text(self, data: str) -> None:
        if self._cell is not None and self._depth == 1:
            self._cell.add(_BLANKS.sub(" ", data))

    def _start_sheet(self, attributes: dict[str, str]) -> None:
        visible = attributes.get(f"{_TABLE}style-name") not in self._hidden_styles
        is_read = visible and not any(sheet.visible for sheet in self.sheets)
        self.sheets.append(SheetScan(attributes.get(f"{_TABLE}name", ""), visible, self._limits, is_read))
        self._row, self._column = 1, 0

    def _end_cell(self, cell: _Cell) -> None:
        sheet, row, column = self.sheets[-1], self._row, self._column
        self._column += cell.repeats
        if cell.spans != (1, 1):
            rows, columns = cell.spans
            sheet.merge(Area(row, column, row + rows - 1, column + columns - 1))
        value, doubt = cell.read()
        if isinstance(value, date) and (typed := roc_day_of_antiquity(value)) is not None:
            value = typed
            sheet.note_old_day(row, column, times=self._row_repeats * cell.repeats)
        sheet.put(row, column, value, doubt=doubt, rows=self._row_repeats, columns=cell.repeats)


def _count(attributes: dict[str, str], name: str) -> int:
    count = _number(attributes.get(f"{_TABLE}{name}", "1"))
    if count == 0:
        raise ScanRefused(Refusal.DAMAGED)
    return count


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 10 or int(text) >= 2**31:
        raise ScanRefused(Refusal.DAMAGED)
    return int(text)
