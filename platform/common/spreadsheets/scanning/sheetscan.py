"""What the scans of both formats share: the limits, the findings of one sheet, and a parser that trusts nobody."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, NoReturn
from xml.parsers import expat

from common.spreadsheets.rawsheet import Area, Doubt

NAMESPACE_END = " "


class Refusal(StrEnum):
    """Why a workbook is not read at all."""

    TOO_LARGE = "too_large"
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
    columns: int = 256
    cells: int = 2_000_000
    characters: int = 50_000_000
    unpacked_bytes: int = 300 * 1024 * 1024
    members: int = 2_000


@dataclass
class SheetScan:
    """One sheet: positions are (row number from 1, column from 0)."""

    name: str
    visible: bool
    limits: Limits
    is_read: bool = False  # the first visible one
    doubts: dict[tuple[int, int], Doubt] = field(default_factory=dict)
    booleans: dict[tuple[int, int], bool] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: int = 0
    first_row: int = 0
    last_row: int = 0
    last_column: int = 0
    characters: int = 0

    @property
    def has_values(self) -> bool:
        """Whether any cell holds a value or a formula."""
        return self.last_row > 0

    def fill(self, row: int, column: int, *, rows: int = 1, columns: int = 1, characters: int = 0) -> None:
        """Count a cell with a value, repeated over `rows` and `columns`. Raises `ScanRefused` beyond the limits."""
        self.first_row = self.first_row or row
        self.last_row = max(self.last_row, row + rows - 1)
        self.last_column = max(self.last_column, column + columns - 1)
        self.characters += characters * rows * columns
        if self.last_column >= self.limits.columns:
            raise ScanRefused(Refusal.TOO_LARGE, row=row)
        # The reader lays out a full rectangle, from the first row with a value to the last.
        if (self.last_row - self.first_row + 1) * (self.last_column + 1) > self.limits.cells:
            raise ScanRefused(Refusal.TOO_MANY_ROWS, row=row)
        if self.is_read and self.last_row > self.limits.rows:
            raise ScanRefused(Refusal.TOO_MANY_ROWS, row=self.limits.rows + 1)
        if self.characters > self.limits.characters:
            raise ScanRefused(Refusal.TOO_LARGE, row=row)


Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def parse(stream: IO[bytes], *, start: Start, end: End, text: Text | None = None) -> None:
    """Walk over an XML file: element names come without their namespace, attribute names with it and a space between.

    A document type, the door to entities that multiply, is refused. Raises `ScanRefused`.
    """
    parser = expat.ParserCreate(namespace_separator=NAMESPACE_END)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
    parser.EndElementHandler = lambda name: end(_local(name))
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise ScanRefused(Refusal.DAMAGED) from error


def _local(name: str) -> str:
    return name.rpartition(NAMESPACE_END)[2]


def _refuse(*_arguments: object) -> NoReturn:
    raise ScanRefused(Refusal.DAMAGED)
