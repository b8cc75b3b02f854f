"""A report as a document: .ods first, .xlsx, .csv, JSON and PDF. The same numbers everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from unicodedata import east_asian_width

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.pdf import render_pdf
from common.spreadsheets import CONTENT_TYPES, Kind, Sheet, write
from common.templatetags.common_tags import rocdate

from .kpi import KpiReading, read_kpi
from .registry import Column, PeopleList, Report, ReportResult
from .tables import ScreenTable, screen_table

SHEETS = ("ods", "xlsx", "csv")
FORMATS = {
    "ods": CONTENT_TYPES["ods"],
    "xlsx": CONTENT_TYPES["xlsx"],
    "csv": CONTENT_TYPES["csv"],
    "json": "application/json",
    "pdf": "application/pdf",
}
_KINDS: dict[str, Any] = {
    "integer": "number", "decimal": "number", "percent": "percent", "date": "date", "text": "text",
}  # fmt: skip
PAGE = 500
_NARROWEST, _WIDEST, _AROUND_A_CELL = 5, 30, 3  # places of a column on paper, a Latin character each


def render(report: Report, result: ReportResult, document_format: str) -> Iterator[bytes]:
    """Return the document in pieces. Raises ValueError for a format that is not in `FORMATS`."""
    if document_format == "json":
        return iter([as_json(report, result)])
    if document_format == "pdf":
        return iter([_as_pdf(report, result)])
    if document_format not in SHEETS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, not {document_format!r}")
    return write(document_format, as_sheet(report, result))


def as_json(report: Report, result: ReportResult) -> bytes:
    """Return the answer for machines: codes, not words; rates as published, null where nobody is counted.

    `notes` say in words what the figures must not be read without; they are absent where there is nothing to say.
    """
    answer = {
        "report": report.key,
        "parameters": result.parameters,
        "as_of": result.as_of.isoformat(),
        "rows": result.rows,
        "totals": result.totals,
        **{subtotal.key: subtotal.values for subtotal in result.subtotals},
    }
    notes = [str(note) for note in result.notes]
    reading = read_kpi(report, result) if report.kpi is not None and report.kpi.lower_is_better else None
    if reading is not None:
        notes = [*filter(None, [reading.target_line]), reading.definition, *notes]
    if notes:
        answer["notes"] = notes
    return (json.dumps(answer, ensure_ascii=False, indent=2) + "\n").encode()


def as_sheet(report: Report, result: ReportResult) -> Sheet:
    """Return the table with its totals, and under it what the figure means and the day it stands for."""
    columns = list(result.columns)
    texts = [index for index, column in enumerate(columns) if _KINDS[column.kind] == "text"]

    def last_row(label: str, values: dict[str, Any]) -> list[Any]:
        cells = [values.get(column.key) for column in columns]
        if texts and not columns[texts[0]].people:
            cells[texts[0]] = label
        return cells

    totals = [
        last_row(pgettext("last row of a table", "Total"), result.totals),
        *[last_row(str(subtotal.label), subtotal.values) for subtotal in result.subtotals],
    ]
    rows: list[list[Any]] = [[column.shown(row.get(column.key)) for column in columns] for row in result.rows]
    return Sheet(
        title=str(report.title),
        columns=[(str(column.label), _kind(column)) for column in columns],
        rows=[*rows, *totals],
        notes=[*_kpi_lines(read_kpi(report, result)), _facts_until(result), *[str(note) for note in result.notes]],
    )


def people_sheet(people: PeopleList, rows: Iterable[dict[str, Any]]) -> Sheet:
    """Return the people behind a number; `rows` may be a generator."""
    return Sheet(
        title=people.title,
        columns=[(str(column.label), _kind(column)) for column in people.columns],
        rows=([column.shown(row.get(column.key)) for column in people.columns] for row in rows),
    )


def _kpi_lines(reading: KpiReading | None) -> list[str]:
    """Return the figure in words: value and target, numerator and denominator, definition."""
    if reading is None:
        return []
    lines = [f"{reading.label}: {reading.value_text}", reading.sentence, reading.definition]
    if reading.achievement is not None:
        lines.insert(1, reading.target_line)
    return lines


def _kind(column: Column) -> Kind:
    """Return the kind of a spreadsheet's cells."""
    if column.kind == "percent" and column.decimals == 1:
        return "percent1"
    kind: Kind = _KINDS[column.kind]
    return kind


def _facts_until(result: ReportResult) -> str:
    return _("Facts up to %(day)s.") % {"day": rocdate(result.as_of)}


def _as_pdf(report: Report, result: ReportResult) -> bytes:
    """Return the report as a page for print, with a text layer."""
    reading = read_kpi(report, result)
    total = pgettext("last row of a table", "Total")
    table = screen_table(result, total_label=total, link=None, misses=lambda row: False)
    context = {
        "title": str(report.title),
        "kpi": reading,
        "table": table,
        "headings": list(zip(table.columns, _widths(table), strict=True)),
        "facts_until": _facts_until(result),
        "organisation": str(settings.ORGANISATION),
        "notes": [str(note) for note in result.notes],
    }
    return render_pdf("pdf/report.html", context, dated=result.as_of)


def _widths(table: ScreenTable) -> list[str]:
    """Return how wide each column is on paper, in percent: by its longest cell, and its heading in up to three lines.

    No Latin word of a heading is broken.
    """
    needed = []
    for index, column in enumerate(table.columns):
        heading = str(column.label)
        cells = max((_width(line.cells[index].text) for line in table.lines), default=0)
        words = max((len(word) + 2 for word in heading.split() if word.isascii()), default=0)  # M is wide
        needed.append(_AROUND_A_CELL + max(min(cells, _WIDEST), _width(heading) // 3, words, _NARROWEST))
    return [f"{100 * width / sum(needed):.1f}" for width in needed]


def _width(text: str) -> int:
    """Chinese characters take two places."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
