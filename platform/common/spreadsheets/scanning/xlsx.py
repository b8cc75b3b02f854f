"""The scan of an .xlsx: its list of sheets, its shared strings and its cells."""

import contextlib
import posixpath
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from common.spreadsheets.rawsheet import Area, Doubt

from .sheetscan import Limits, Refusal, ScanRefused, SheetScan, parse

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_SHARED_STRINGS = "xl/sharedStrings.xml"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def scan_xlsx(archive: zipfile.ZipFile, limits: Limits) -> list[SheetScan]:
    """The worksheets in their order. Raises `ScanRefused`."""
    lengths = _shared_lengths(archive)
    sheets: list[SheetScan] = []
    for entry in _sheets(archive):
        is_read = entry.visible and not any(sheet.visible for sheet in sheets)
        scan = _XlsxScan(SheetScan(entry.name, entry.visible, limits, is_read), lengths)
        # The reader opens one sheet only: of the others it is enough to know whether they hold anything.
        with contextlib.suppress(_FirstValueFound), _open(archive, entry.path) as content:
            parse(content, start=scan.start, end=scan.end, text=scan.text)
        sheets.append(scan.sheet)
    return sheets


class _FirstValueFound(Exception):  # noqa: N818  ends the scan of a sheet that is not read
    """A sheet that is not read holds something."""


def _open(archive: zipfile.ZipFile, path: str) -> IO[bytes]:
    try:
        return archive.open(path)
    except KeyError:
        raise ScanRefused(Refusal.DAMAGED) from None


@dataclass(frozen=True)
class _Entry:
    """A worksheet of the workbook and where it lies."""

    name: str
    visible: bool
    path: str


def _sheets(archive: zipfile.ZipFile) -> list[_Entry]:
    targets: dict[str, str] = {}
    listed: list[dict[str, str]] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[attributes.get("Id", "")] = path

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            listed.append({key.rpartition(" ")[2]: value for key, value in attributes.items()})

    for path, start in ((_RELATIONS, relation), (_WORKBOOK, sheet)):
        with _open(archive, path) as content:
            parse(content, start=start, end=lambda _name: None)
    return [
        _Entry(entry.get("name", ""), entry.get("state", "visible") == "visible", targets[entry["id"]])
        for entry in listed
        if entry.get("id") in targets
    ]


def _shared_lengths(archive: zipfile.ZipFile) -> list[int]:
    """How long each shared string is: a cell refers to it by its number, and the reader copies it every time."""
    lengths: list[int] = []
    if _SHARED_STRINGS not in archive.namelist():
        return lengths

    def start(name: str, _attributes: dict[str, str]) -> None:
        if name == "si":
            lengths.append(0)

    def text(data: str) -> None:
        if lengths:
            lengths[-1] += len(data)

    with archive.open(_SHARED_STRINGS) as content:
        parse(content, start=start, end=lambda _name: None, text=text)
    return lengths


class _XlsxScan:
    """Follows rows and cells; a cell may leave out where it is, and then stands beside the one before."""

    def __init__(self, sheet: SheetScan, lengths: Sequence[int]) -> None:
        self.sheet = sheet
        self._lengths = lengths
        self._row = 0
        self._column = -1
        self._row_is_hidden = False
        self._type = "n"
        self._is_formula = False
        self._has_result = False
        self._within = ""
        self._value = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = _number(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = -1
            self._row_is_hidden = attributes.get("hidden") in {"1", "true"}
        elif name == "c":
            self._start_cell(attributes)
        elif name == "f":
            self._is_formula = True
        elif name in {"v", "is"}:
            self._within = name
            self._has_result = True
        elif name == "mergeCell":
            first, _colon, last = attributes.get("ref", "").partition(":")
            (first_row, first_column), (last_row, last_column) = _position(first), _position(last or first)
            self.sheet.merged.append(Area(first_row, first_column, last_row, last_column))

    def end(self, name: str) -> None:
        if name in {"v", "is"}:
            self._within = ""
        elif name == "c":
            self._end_cell()
        elif name == "row" and self._row_is_hidden and self.sheet.last_row == self._row:
            self.sheet.hidden_rows += 1

    def text(self, data: str) -> None:
        if self._within:
            self._value += data

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self._row, self._column = _position(attributes["r"])
        else:
            self._column += 1
        self._type = attributes.get("t", "n")
        self._is_formula = self._has_result = False
        self._value = ""

    def _end_cell(self) -> None:
        if not self._value and not self._is_formula:
            return
        characters = len(self._value)
        if self._type == "s":
            index = _number(self._value)
            if index >= len(self._lengths):
                raise ScanRefused(Refusal.DAMAGED)
            characters = self._lengths[index]
        self.sheet.fill(self._row, self._column, characters=characters)
        if not self.sheet.is_read:
            raise _FirstValueFound
        place = (self._row, self._column)
        if self._type == "e":
            self.sheet.doubts[place] = Doubt.ERROR
        elif self._is_formula and not self._value and not (self._has_result and self._type == "str"):
            # t="str" with an empty result is a formula that answered with no text
            self.sheet.doubts[place] = Doubt.NOT_COMPUTED


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
