"""Tables as a screen shows them: cells with their text, and the way to the people behind each number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.templatetags.common_tags import percent, rocdate

from .registry import Column, ReportResult

Link = Callable[[str, Mapping[str, Any]], str]
"""From a measure and the parameters of a row to the address of its people."""


@dataclass(frozen=True)
class Cell:
    """One cell: `text` as people read it; `url` leads to the people behind it; `is_heading` begins a row."""

    text: str
    label: str
    is_number: bool
    url: str = ""
    is_heading: bool = False

    @property
    def is_code(self) -> bool:
        """Whether the text is a code or a number, which must not be broken over lines."""
        return self.text.isascii()


@dataclass(frozen=True)
class Line:
    """One row of cells; `misses_target`: its rate is on the wrong side of the target; `mark`: a word beside it."""

    cells: list[Cell]
    misses_target: bool = False
    mark: str = ""


@dataclass(frozen=True)
class ScreenTable:
    """Headings, lines, the line of totals, and what stands under it."""

    columns: Sequence[Column]
    lines: list[Line]
    totals: list[Cell]
    subtotals: list[list[Cell]]


def text_of(column: Column, value: Any) -> str:
    """Return a value as people read it in the current language; a dash where there is none."""
    if value is None or value == "":
        return "—"
    if column.kind == "percent":
        return percent(value, column.decimals)
    if column.kind == "decimal":
        return f"{value:.1f}"
    if column.kind == "date":
        return rocdate(value)
    if column.kind == "integer" and column.people:
        return f"{value:,}"
    return str(column.shown(value))


def screen_table(
    result: ReportResult, *, total_label: str, link: Link | None, misses: Callable[[Mapping[str, Any]], bool]
) -> ScreenTable:
    """Return the table of `result`; without `link` its numbers lead nowhere."""
    columns = [column for column in result.columns if column.on_screen]
    first_number = next((i for i, column in enumerate(columns) if column.people), len(columns))
    lines = [
        Line(
            [
                _cell(column, row.get(column.key), link, filters, is_heading=index == 0)
                for index, column in enumerate(columns)
            ],
            misses_target=misses(row),
            mark=str(mark),
        )
        for row, filters, mark in zip(
            result.rows,
            result.filters or [{} for _ in result.rows],
            result.marks or ["" for _ in result.rows],
            strict=True,
        )
    ]

    def foot(label: str, values: Mapping[str, Any], link: Link | None) -> list[Cell]:
        named = [
            Cell(label if index == 0 else "", str(column.label), is_number=False, is_heading=index == 0)
            for index, column in enumerate(columns[:first_number])
        ]
        return named + [_cell(column, values.get(column.key), link, {}) for column in columns[first_number:]]

    return ScreenTable(
        columns,
        lines,
        foot(total_label, result.totals, link),
        [foot(str(subtotal.label), subtotal.values, None) for subtotal in result.subtotals],
    )


def _cell(
    column: Column, value: Any, link: Link | None, filters: Mapping[str, Any], *, is_heading: bool = False
) -> Cell:
    url = link(column.people, filters) if link and column.people and value not in (None, 0) else ""
    return Cell(
        text_of(column, value), str(column.label), column.kind in ("integer", "decimal", "percent"), url, is_heading
    )
