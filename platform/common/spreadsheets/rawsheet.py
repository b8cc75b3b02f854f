"""A sheet as the readers hand it on: values by position, and what is doubtful about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Doubt(StrEnum):
    """Why the value of a cell cannot be taken."""

    NOT_COMPUTED = "not_computed"
    ERROR = "error"
    IMPRECISE = "imprecise"
    BEYOND_HEADINGS = "beyond_headings"
    UNWRITABLE = "unwritable"


class Area(NamedTuple):
    """Merged cells: rows as the user counts them (from 1), columns from 0, the last ones included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class FormattedNumber(float):
    """A number whose cell shows other digits than its own: 12 as 0000012, 3.1 as 3.10."""


@dataclass(frozen=True)
class RawSheet:
    """Rows that hold anything, with their numbers as the user sees them (from 1), in order.

    Values are text, bool, float, date, datetime, time and timedelta; None where a cell is blank. Positions in
    `doubts` are (row number, column from 0).
    """

    rows: Sequence[tuple[int, Sequence[Any]]]
    doubts: Mapping[tuple[int, int], Doubt] = field(default_factory=dict)
    merged: Sequence[Area] = ()
    notes: Sequence[str] = ()
    is_text: bool = False
