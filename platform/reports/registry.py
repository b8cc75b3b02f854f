"""The registry of reports: apps declare theirs in `reports.py`, which is imported at start-up."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

NOBODY_YET = gettext_lazy("Nobody is counted here yet")
CLASSES_COME = gettext_lazy(
    "Rows appear once a class with an exam has begun. Choose another year or another day below."
)


@dataclass(frozen=True)
class Column:
    """A column of a report. `kind` is text, integer, decimal, percent (a number such as 91.43) or date.

    `decimals` are those of a percentage: two, or one where the figure is published so. `people` names the measure
    whose people stand behind the numbers of this column, where a report lists them. `words` turns a value that is a
    code into what people read; machines (JSON) get the code. A column that is not `on_screen` is left to spreadsheets
    and machines. `link` is the key in the row of the address that the value leads to, in a list of cases.
    """

    key: str
    label: str | Promise
    kind: str = "text"
    people: str = ""
    words: Callable[[Any], str | Promise] | None = None
    on_screen: bool = True
    decimals: int = 2
    link: str = ""

    def shown(self, value: Any) -> Any:
        """Return `value` as people read it: a code in words, everything else as it is."""
        return str(self.words(value)) if self.words is not None and value is not None else value


@dataclass(frozen=True)
class Subtotal:
    """A second line under the totals, over some of what they count: `key` for machines, `label` for people."""

    key: str
    label: str | Promise
    values: dict[str, Any]


@dataclass
class ReportResult:
    """What a report answers: rows and totals as plain values, JSON-ready, with the day they stand for.

    `filters` says, row by row, which parameters narrow the report to that row: the way to its people. A row that
    names its own `target` is held against that one instead of the report's; None is no target. `marks` says,
    row by row, what the row must not be read without; empty where there is nothing to say.
    """

    parameters: dict[str, Any]
    as_of: datetime.date
    columns: Sequence[Column]
    rows: list[dict[str, Any]]
    totals: dict[str, Any]
    notes: list[str | Promise] = field(default_factory=list)
    filters: list[dict[str, Any]] = field(default_factory=list)
    subtotals: Sequence[Subtotal] = ()
    marks: Sequence[str | Promise] = ()


@dataclass(frozen=True)
class Kpi:
    """The figure that a report is known by: a percentage in its totals, with what it is made of.

    `sentence` tells numerator, denominator and day in words. `scopes` names the targets that may apply to a
    result, the nearest first (`Target.scope`); `scope_choices` has their words, "" for all apart. More is better,
    except where `lower_is_better`: then the target is the most that the figure may be. `decimals` are those with which
    the figure is published.
    """

    measure: str
    label: str | Promise
    sentence: Callable[[ReportResult], str]
    definition: str | Promise
    scopes: Callable[[ReportResult], Sequence[str]]
    lower_is_better: bool = False
    decimals: int = 2
    scope_choices: Sequence[tuple[str, str | Promise]] = ()


@dataclass(frozen=True)
class Chart:
    """The bars that a report shows: one per row, `value` being a percentage, or a count where `unit` is empty.

    The axis of percentages ends at `maximum` (None: just above the highest). `skips_zero` leaves out rows without a
    value or with none.

    `label` receives a row and all rows, and returns what stands under the row's bar. With more rows than `most`
    only the highest are drawn, the highest first, under `title_of_most`.
    """

    title: str | Promise
    value: str
    label: Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]]], str]
    unit: str = "%"
    most: int | None = None
    title_of_most: str | Promise = ""
    maximum: int | None = 100
    skips_zero: bool = False


@dataclass(frozen=True)
class PeopleList:
    """The people (or cases) behind one number: countable and sliceable; `to_rows` turns a slice into plain values.

    `names` are the keys of columns that hold names: they are masked for everybody but administrators. `counted` says
    how many there are, where they are not people.
    """

    title: str
    columns: Sequence[Column]
    queryset: QuerySet[Any]
    to_rows: Callable[[Sequence[Any]], list[dict[str, Any]]]
    names: frozenset[str] = frozenset()
    counted: Callable[[int], str] | None = None


@dataclass(frozen=True)
class Report:
    """A report: its key is its address and its name on the command line.

    `form` declares the parameters (its fields are also the options of `manage.py report KEY`);
    `compute` receives the form's cleaned data. `may_view` decides on the server who sees it.
    `people` receives the cleaned data and a measure (`Column.people`) and lists who is counted by it, for those
    whom `may_view_people` lets (None: all who see the report).
    `initial` gives the parameters that the screen begins with. `chart` may depend on the result.
    `template` shows it; `screen_context` adds what the template needs beside the result.
    """

    key: str
    title: str | Promise
    description: str | Promise
    form: type[forms.Form]
    compute: Callable[[Mapping[str, Any]], ReportResult]
    may_view: Callable[[Any], bool]
    kpi: Kpi | None = None
    chart: Chart | Callable[[ReportResult], Chart] | None = None
    people: Callable[[Mapping[str, Any], str], PeopleList] | None = None
    initial: Callable[[], dict[str, Any]] | None = None
    template: str = "reports/report.html"
    screen_context: Callable[[Any, ReportResult], dict[str, Any]] | None = None
    may_view_people: Callable[[Any], bool] | None = None
    empty_title: str | Promise = NOBODY_YET
    empty_text: str | Promise = CLASSES_COME


_reports: dict[str, Report] = {}


def register(report: Report) -> Report:
    """Add `report`; its key must be new."""
    if report.key in _reports:
        raise ValueError(f"There is already a report {report.key!r}.")
    _reports[report.key] = report
    return report


def get(key: str) -> Report | None:
    """Return the report of this key, or None."""
    return _reports.get(key)


def reports_for(user: Any) -> list[Report]:
    """Return the reports that `user` may see, in the order of their keys."""
    return [report for key, report in sorted(_reports.items()) if report.may_view(user)]


def all_reports() -> list[Report]:
    """Return every report, in the order of their keys."""
    return [report for _, report in sorted(_reports.items())]
