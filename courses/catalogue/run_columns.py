"""Columns that the apps above add to the list of runs in the back office.

    add_run_column(label=_("Seats"), values=seats_of_runs)

`values` receives the runs of one page of the list and answers with one query, whatever their number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from .models import CourseRun


@dataclass(frozen=True)
class RunColumn:
    """A column: its heading, and the cells by key of run."""

    label: str | Promise
    values: Callable[[Sequence[CourseRun]], Mapping[int, str]]


_columns: list[RunColumn] = []


def add_run_column(*, label: str | Promise, values: Callable[[Sequence[CourseRun]], Mapping[int, str]]) -> None:
    """Register a column; they stand in the order in which the apps are loaded."""
    _columns.append(RunColumn(label, values))


def run_columns() -> list[RunColumn]:
    """Return the columns that were added."""
    return list(_columns)
