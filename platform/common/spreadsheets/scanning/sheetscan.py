"""What the scans of both formats share: the limits, the findings of one sheet, and a parser that trusts nobody."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, Any, NoReturn
from xml.parsers import expat

from common.spreadsheets.rawsheet import Area, Doubt

NAMESPACE_END = " "


class Refusal(StrEnum):
    """Why a workbook is not read at all."""

    TOO_LARGE = "too_large"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_ROWS = "too_many_rows"
    DAMAGED = "damaged"
    PROTECTED = "protected"


class ScanRefused(Exception):  # noqa: N818  a finding of ours about the file, not an error in the program
    """The workbook is not safe or not readable; `row`, from 1, where it is known."""

    def __init__(self, refusal: Refusal, *, row: int | None = None) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.row = row


@dataclass(frozen=True)
class Limits:
    """How much a workbook may unfold to. `rows` bounds the last row with a value of the sheet that is read."""

    rows: int
    columns: int
    cells: int = 2_000_000
    characters: int = 50_000_000
    doubts: int = 500_000
    merged: int = 100_000
    unpacked_bytes: int = 300 * 1024 * 1024
    members: int = 2_000


@dataclass
class SheetScan:
    """One sheet. `rows` are those with a value, by number from 1; positions are (row number, column from 0).

    Of a sheet that is not read it is enough to know whether it holds anything.
    """

    name: str
    visible: bool
    limits: Limits
    is_read: bool = False  # the first visible one
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    doubts: dict[tuple[int, int], Doubt] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    old_days: int = 0
    first_old_day: tuple[int, int] | None = None
    hidden_rows: int = 0
    has_values: bool = False
    _cells: int = 0
    _characters: int = 0

    def put(
        self,
        row: int,
        column: int,
        value: Any,
        *,
        doubt: Doubt | None = None,
        rows: int = 1,
        columns: int = 1,
    ) -> None:
        """Take a cell, repeated over `rows` and `columns`; a blank one counts for nothing, however often it stands.

        Cells come in reading order. Raises `ScanRefused` beyond the limits.
        """
        if doubt is None and (value is None or (isinstance(value, str) and not value.strip())):
            return
        self.has_values = True
        if not self.is_read:
            return
        if column + columns > self.limits.columns:
            raise ScanRefused(Refusal.TOO_MANY_COLUMNS, row=row)
        if row + rows - 1 > self.limits.rows:
            raise ScanRefused(Refusal.TOO_MANY_ROWS, row=self.limits.rows + 1)
        self._characters += len(value) * rows * columns if isinstance(value, str) else 0
        if self._characters > self.limits.characters:
            raise ScanRefused(Refusal.TOO_LARGE, row=row)
        cells = self._row(row, rows)
        if len(cells) > column:  # told twice: the last one counts, as programs show it
            del cells[column:]
        self._cells += max(column + columns - len(cells), 0) * rows
        if self._cells > self.limits.cells:
            raise ScanRefused(Refusal.TOO_MANY_ROWS, row=row)
        cells += [None] * (column - len(cells)) + [value if doubt is None else None] * columns
        if doubt is not None:
            if len(self.doubts) + rows * columns > self.limits.doubts:
                raise ScanRefused(Refusal.TOO_LARGE, row=row)
            self.doubts |= {
                (row + down, column + right): doubt for down in range(rows) for right in range(columns)
            }  # fmt: skip

    def merge(self, area: Area) -> None:
        """Take merged cells. Raises `ScanRefused` where there are more than anybody merges by hand."""
        if self.is_read:
            self.merged.append(area)
            if len(self.merged) > self.limits.merged:
                raise ScanRefused(Refusal.TOO_LARGE, row=area.first_row)

    def note_old_day(self, row: int, column: int, *, times: int = 1) -> None:
        """Count a day of an ROC year that its program took for one of antiquity; where the first stands is kept."""
        self.first_old_day = self.first_old_day or (row, column)
        self.old_days += times

    def hide(self, row: int, rows: int = 1) -> None:
        """Say that `rows` from `row` on are hidden; those without a value do not count."""
        if self.rows and self.rows[-1][0] >= row:
            self.hidden_rows += rows

    def uncover(self) -> None:
        """Drop what lies under merged cells, once the sheet is read to its end: programs keep it, nobody sees it.

        Raises `ScanRefused` where the areas are larger than a sheet can be.
        """
        numbers = [number for number, _cells in self.rows]
        work = 0
        for area in self.merged:
            rows = self.rows[bisect_left(numbers, area.first_row) : bisect_right(numbers, area.last_row)]
            columns = max(0, min(area.last_column, self.limits.columns - 1) - area.first_column + 1)
            work += len(rows) * columns
            if work > self.limits.cells:
                raise ScanRefused(Refusal.TOO_LARGE, row=area.first_row)
            for number, cells in rows:
                for column in range(area.first_column, min(area.first_column + columns, len(cells))):
                    if (number, column) != (area.first_row, area.first_column):
                        cells[column] = None
                        self.doubts.pop((number, column), None)

    def _row(self, row: int, rows: int) -> list[Any]:
        """The cells of a row so far. Repeated rows share one list: they are never changed afterwards."""
        last = self.rows[-1][0] if self.rows else 0
        if row > last:
            cells: list[Any] = []
            self.rows += [(row + down, cells) for down in range(rows)]
            return cells
        if row + rows - 1 != last:
            raise ScanRefused(Refusal.DAMAGED, row=row)
        return self.rows[-1][1]


Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class Found(Exception):  # noqa: N818  ends a walk over XML, it is no error
    """What was looked for has been found: the rest need not be read."""


def parse(
    stream: IO[bytes], *, start: Start, end: End | None = None, text: Text | None = None, without: Collection[str] = ()
) -> None:
    """Walk over an XML file: element names come without their namespace, attribute names with it and a space between.

    Elements of a namespace or a full name in `without`, and all that stands in them, are passed over. A document type,
    the door to entities that multiply, is refused. Raises `ScanRefused`.
    """
    walk = _Walk(start, end, text, without)
    parser = expat.ParserCreate(namespace_separator=NAMESPACE_END)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    if text is not None:
        parser.CharacterDataHandler = walk.text
    try:
        parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise ScanRefused(Refusal.DAMAGED) from error


class _Walk:
    """Hands on what the parser meets; counts how deep it is in an element that is passed over."""

    def __init__(self, start: Start, end: End | None, text: Text | None, without: Collection[str]) -> None:
        self._start, self._end, self._text, self._without = start, end, text, without
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _space, local = name.rpartition(NAMESPACE_END)
        if self._depth or namespace in self._without or name in self._without:
            self._depth += 1
        else:
            self._start(local, attributes)

    def end(self, name: str) -> None:
        if self._depth:
            self._depth -= 1
        elif self._end is not None:
            self._end(name.rpartition(NAMESPACE_END)[2])

    def text(self, data: str) -> None:
        if not self._depth and self._text is not None:
            self._text(data)


def _refuse(*_arguments: object) -> NoReturn:
    raise ScanRefused(Refusal.DAMAGED)
