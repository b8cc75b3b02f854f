"""The registry of reports: apps declare theirs in `reports.py`, which is imported at start-up."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.functional import Promise


@dataclass(frozen=True)
class Column:
    """A column of a report. `kind` is text, integer, percent (2 decimals) or date."""

    key: str
    label: str | Promise
    kind: str = "text"


@dataclass
class ReportResult:
    """What a report answers: rows and totals as plain values, JSON-ready, with the day they stand for."""

    parameters: dict[str, Any]
    as_of: datetime.date
    columns: Sequence[Column]
    rows: list[dict[str, Any]]
    totals: dict[str, Any]
    notes: list[str | Promise] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """A report: its key is its address and its name on the command line.

    `form` declares the parameters (its fields are also the options of `manage.py report KEY`);
    `compute` receives the form's cleaned data. `may_view` decides on the server who sees it.
    `template` shows it; `screen_context` adds what the template needs beside the result.
    """

    key: str
    title: str | Promise
    description: str | Promise
    form: type[forms.Form]
    compute: Callable[[Mapping[str, Any]], ReportResult]
    may_view: Callable[[Any], bool]
    template: str = "reports/report.html"
    screen_context: Callable[[Any, ReportResult], dict[str, Any]] | None = None


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
