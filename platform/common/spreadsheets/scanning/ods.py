"""The scan of content.xml of an .ods, where one element may stand for a million cells."""

import zipfile

from common.spreadsheets.rawsheet import Area, Doubt

from .sheetscan import Limits, Refusal, ScanRefused, SheetScan, parse

_URN = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0 "
_OFFICE, _TABLE, _STYLE, _TEXT = (_URN.format(name) for name in ("office", "table", "style", "text"))
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_CELLS = {"table-cell", "covered-table-cell"}


def scan_ods(archive: zipfile.ZipFile, limits: Limits) -> list[SheetScan]:
    """The sheets in their order. Raises `ScanRefused`."""
    names = set(archive.namelist())
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise ScanRefused(Refusal.PROTECTED)
    scan = _OdsScan(limits)
    with archive.open("content.xml") as content:
        parse(content, start=scan.start, end=scan.end, text=scan.text)
    return scan.sheets


class _Cell:
    """The cell that is being read."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.repeats = _count(attributes, "number-columns-repeated")
        self.spans = (_count(attributes, "number-rows-spanned"), _count(attributes, "number-columns-spanned"))
        self.value_type = attributes.get(f"{_OFFICE}value-type")
        self.is_error = attributes.get(f"{_CALC}value-type") == "error"
        self.is_formula = f"{_TABLE}formula" in attributes
        self.is_true = attributes.get(f"{_OFFICE}boolean-value") == "true"
        self.characters = len(attributes.get(f"{_OFFICE}string-value", ""))

    @property
    def has_value(self) -> bool:
        return bool(self.value_type or self.is_formula or self.characters)


class _OdsScan:
    """Follows rows and cells, repeats included. Only cells with a value count: the reader drops the others."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: list[SheetScan] = []
        self._limits = limits
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._depth = 0  # tables within cells are no sheets
        self._notes = 0  # the text of a comment is no value
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
        elif name == "annotation":
            self._notes += 1
        elif name == "s" and self._cell is not None:
            self._cell.characters += int(attributes.get(f"{_TEXT}c", "1") or 1)

    def end(self, name: str) -> None:
        if name == "table":
            self._depth -= 1
        elif self._depth != 1:
            return
        elif name == "table-row":
            sheet = self.sheets[-1]
            if self._row_is_hidden and sheet.last_row >= self._row:
                sheet.hidden_rows += sheet.last_row - self._row + 1
            self._row += self._row_repeats
        elif name in _CELLS and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif name == "annotation":
            self._notes -= 1

    def text(self, data: str) -> None:
        if self._cell is not None and self._depth == 1 and not self._notes:
            self._cell.characters += len(data)

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
            sheet.merged.append(Area(row, column, row + rows - 1, column + columns - 1))
        if not cell.has_value:
            return
        sheet.fill(row, column, rows=self._row_repeats, columns=cell.repeats, characters=cell.characters)
        places = [(row + down, column + right) for down in range(self._row_repeats) for right in range(cell.repeats)]
        if cell.is_error:
            sheet.doubts.update(dict.fromkeys(places, Doubt.ERROR))
        elif cell.is_formula and cell.value_type is None:
            sheet.doubts.update(dict.fromkeys(places, Doubt.NOT_COMPUTED))
        elif cell.value_type == "boolean":
            sheet.booleans.update(dict.fromkeys(places, cell.is_true))


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(f"{_TABLE}{name}", "1")
    if not text.isdecimal() or not 0 < int(text) < 2**31:
        raise ScanRefused(Refusal.DAMAGED)
    return int(text)
