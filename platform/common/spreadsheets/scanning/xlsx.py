"""The scan of an .xlsx: where its parts lie, its strings, what its formats mean, and its cells."""

import contextlib
import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from common.rocdates import roc_day_of_antiquity
from common.spreadsheets.rawsheet import Area, Doubt, FormattedNumber

from .archive import Package
from .numberformats import NumberFormat, meaning_of
from .sheetscan import Found, Limits, Refusal, ScanRefused, SheetScan, parse

_USUAL_WORKBOOK = "xl/workbook.xml"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  a cell has no zone
_DAY_ZERO_OF_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_DAY = 24 * 60 * 60


def find_workbook(package: Package) -> str | None:
    """Where the workbook lies in the package, by its relations; None where it holds none, but a text or nothing."""
    found = [path for kind, path in _relations(package, "").values() if kind == "officeDocument"]
    for path in [*found, _USUAL_WORKBOOK]:
        if path in package and _root_of(package, path) == "workbook":
            return path
    return None


def scan_xlsx(package: Package, limits: Limits) -> list[SheetScan]:
    """The worksheets in their order. Raises `ScanRefused`."""
    path = find_workbook(package)
    if path is None:
        raise ScanRefused(Refusal.DAMAGED)
    book = _Book(package, path)
    strings = _shared_strings(package, book.part("sharedStrings"), limits)
    formats = _formats(package, book.part("styles"))
    sheets: list[SheetScan] = []
    for entry in book.sheets:
        is_read = entry.visible and not any(sheet.visible for sheet in sheets)
        sheet = SheetScan(entry.name, entry.visible, limits, is_read)
        scan = _XlsxScan(sheet, strings, formats, _DAY_ZERO_OF_1904 if book.counts_from_1904 else _DAY_ZERO)
        with contextlib.suppress(Found), package.open(entry.path) as content:
            parse(content, start=scan.start, end=scan.end, text=scan.text)
        sheet.uncover()
        sheets.append(sheet)
    return sheets


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """By id the kind (worksheet, styles …) and the path of what `part`, or the whole package, is related to."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            place = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], place)

    if path in package:
        with package.open(path) as content:
            parse(content, start=relation)
    return found


def _root_of(package: Package, path: str) -> str:
    root = ""

    def first(name: str, _attributes: dict[str, str]) -> None:
        nonlocal root
        root = name
        raise Found

    with contextlib.suppress(Found, ScanRefused), package.open(path) as content:
        parse(content, start=first)
    return root


@dataclass(frozen=True)
class _Entry:
    """A worksheet of the workbook and where it lies."""

    name: str
    visible: bool
    path: str


class _Book:
    """What the workbook says: its sheets, and where its days begin to count."""

    def __init__(self, package: Package, path: str) -> None:
        self._relations = _relations(package, path)
        self._listed: list[dict[str, str]] = []
        self.counts_from_1904 = False
        with package.open(path) as content:
            parse(content, start=self._start)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self._listed.append({key.rpartition(" ")[2]: value for key, value in attributes.items()})
        elif name == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904") in {"1", "true"}

    @property
    def sheets(self) -> list[_Entry]:
        """The worksheets; sheets that are charts have no cells."""
        related = ((entry, self._relations.get(entry.get("id", ""), ("", ""))) for entry in self._listed)
        return [
            _Entry(entry.get("name", ""), entry.get("state", "visible") == "visible", path)
            for entry, (kind, path) in related
            if kind == "worksheet"
        ]

    def part(self, kind: str) -> str:
        """Where the part of this kind lies; nothing where there is none."""
        return next((path for found, path in self._relations.values() if found == kind), "")


def _shared_strings(package: Package, path: str, limits: Limits) -> list[str]:
    strings: list[str] = []
    text = _TextOfCell()
    characters = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        if name == "si":
            text.clear()
        text.start(name)

    def end(name: str) -> None:
        nonlocal characters
        text.end(name)
        if name == "si":
            strings.append(text.whole())
            characters += len(strings[-1])
            if characters > limits.characters or len(strings) > limits.cells:
                raise ScanRefused(Refusal.TOO_LARGE)

    if path and path in package:
        with package.open(path) as content:
            parse(content, start=start, end=end, text=text.add)
    return strings


def _formats(package: Package, path: str) -> list[NumberFormat]:
    """What the format of each style of cells means, in the order of the styles."""
    codes: dict[int, str] = {}
    used: list[int] = []
    is_within = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal is_within
        if name == "numFmt":
            codes[_number(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            is_within = True
        elif name == "xf" and is_within:
            used.append(_number(attributes.get("numFmtId", "0")))

    def end(name: str) -> None:
        nonlocal is_within
        is_within = is_within and name != "cellXfs"

    if path and path in package:
        with package.open(path) as content:
            parse(content, start=start, end=end)
    known = {number: meaning_of(number, codes.get(number)) for number in set(used)}
    return [known[number] for number in used]


class _TextOfCell:
    """Collects the runs of a rich text; how its characters are read aloud (rPh) is no part of it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._is_within = False
        self._is_reading_aid = False

    def clear(self) -> None:
        self._pieces.clear()

    def start(self, name: str) -> None:
        if name == "rPh":
            self._is_reading_aid = True
        elif name == "t":
            self._is_within = not self._is_reading_aid

    def end(self, name: str) -> None:
        if name == "rPh":
            self._is_reading_aid = False
        elif name == "t":
            self._is_within = False

    def add(self, data: str) -> None:
        if self._is_within:
            self._pieces.append(data)

    def whole(self) -> str:
        return _unescaped("".join(self._pieces))


class _XlsxScan:
    """Follows rows and cells; a cell may leave out where it is, and then stands beside the one before."""

    def __init__(
        self, sheet: SheetScan, strings: Sequence[str], formats: Sequence[NumberFormat], day_zero: datetime
    ) -> None:
        self.sheet = sheet
        self._strings = strings
        self._formats = formats
        self._day_zero = day_zero
        self._row = 0
        self._column = -1
        self._row_is_hidden = False
        self._type = "n"
        self._format = NumberFormat.PLAIN
        self._is_formula = False
        self._has_result = False
        self._is_value = False
        self._value = ""
        self._text = _TextOfCell()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = _number(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = -1
            self._row_is_hidden = attributes.get("hidden") in {"1", "true"}
        elif name == "c":
            self._start_cell(attributes)
        elif name == "f":
            self._is_formula = True
        elif name == "v":
            self._is_value = self._has_result = True
        elif name == "mergeCell":
            first, _colon, last = attributes.get("ref", "").partition(":")
            (first_row, first_column), (last_row, last_column) = _position(first), _position(last or first)
            self.sheet.merge(Area(first_row, first_column, last_row, last_column))
        else:
            self._text.start(name)

    def end(self, name: str) -> None:
        if name == "v":
            self._is_value = False
        elif name == "c":
            self._end_cell()
        elif name == "row" and self._row_is_hidden:
            self.sheet.hide(self._row)
        else:
            self._text.end(name)

    def text(self, data: str) -> None:
        if self._is_value:
            self._value += data
        else:
            self._text.add(data)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self._row, self._column = _position(attributes["r"])
        else:
            self._column += 1
        self._type = attributes.get("t", "n")
        style = _number(attributes.get("s", "0"))
        self._format = self._formats[style] if style < len(self._formats) else NumberFormat.PLAIN
        self._is_formula = self._has_result = False
        self._value = ""
        self._text.clear()

    def _end_cell(self) -> None:
        value, doubt = self._read()
        self.sheet.put(self._row, self._column, value, doubt=doubt)
        if self.sheet.has_values and not self.sheet.is_read:
            raise Found

    def _read(self) -> tuple[Any, Doubt | None]:
        if self._type == "inlineStr":
            return self._text.whole(), None
        if self._type == "e":
            return None, Doubt.ERROR
        if not self._value:
            # t="str" with an empty result is a formula that answered with no text
            is_blank = not self._is_formula or (self._has_result and self._type == "str")
            return None, None if is_blank else Doubt.NOT_COMPUTED
        if self._type == "s":
            index = _number(self._value)
            if index >= len(self._strings):
                raise ScanRefused(Refusal.DAMAGED)
            return self._strings[index], None
        if self._type == "str":
            return _unescaped(self._value), None
        if self._type == "b":
            return self._value.strip() in {"1", "true"}, None
        if self._type == "d":
            return self._iso_day()
        return self._number()

    def _iso_day(self) -> tuple[Any, Doubt | None]:
        try:
            moment = datetime.fromisoformat(self._value.strip()).replace(tzinfo=None)
        except ValueError:
            return None, Doubt.ERROR
        return (moment.date() if moment.time() == time() else moment), None

    def _number(self) -> tuple[Any, Doubt | None]:
        try:
            number = float(self._value)
            value = self._as_shown(number)
        except (ValueError, OverflowError):
            return None, Doubt.ERROR
        if isinstance(value, date) and (typed := roc_day_of_antiquity(value)) is not None:
            self.sheet.note_old_day(self._row, self._column)
            return typed, None
        return value, None

    def _as_shown(self, number: float) -> Any:
        """A day, a time or a length where the format shows one. Raises OverflowError for days without a calendar."""
        if number != number or number in (float("inf"), float("-inf")):
            raise ValueError(number)
        if self._format is NumberFormat.PLAIN or (self._format is NumberFormat.WHOLE and number == int(number)):
            return number
        if self._format in (NumberFormat.WHOLE, NumberFormat.OTHER):
            return FormattedNumber(number)
        if self._format is NumberFormat.LENGTH:
            return timedelta(seconds=round(number * _DAY))
        if 0 <= number < 1 or (self._format is NumberFormat.TIME and 0 <= number < 366):
            return (self._day_zero + timedelta(seconds=round(number % 1 * _DAY))).time()
        if self._day_zero is _DAY_ZERO and 1 <= number < 60:
            number += 1  # Excel counts a 29 February 1900 that never was
        moment = self._day_zero + timedelta(seconds=round(number * _DAY))
        return moment.date() if moment.time() == time() else moment


def _unescaped(text: str) -> str:
    """Text without the spelling that .xlsx has for characters which XML cannot hold: _x000D_."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\r\n", "\n")


def _position(reference: str) -> tuple[int, int]:
    """Row from 1 and column from 0 of a reference such as B5."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ScanRefused(Refusal.DAMAGED)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column - 1


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 10:
        raise ScanRefused(Refusal.DAMAGED)
    return int(text)
