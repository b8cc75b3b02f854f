"""Notices from a spreadsheet: one a row, under headings that are ours or those that notices print."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import IO, Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.amounts import unit_of
from common.errors import DomainError
from common.spreadsheets import (
    Doubt,
    Held,
    RawTable,
    column_letters,
    doubt_text,
    guess_columns,
    not_text,
    numbers_note,
    read_raw,
)

from .kinds import notice_kind_of, procurement_kind_of
from .notices import AMOUNTS, LABELS, Problem, ReadNotice, RefusedNotice, case_number, checked
from .personal import without_personal_data
from .stated import stated_procurement_amount
from .values import amount_of, answer_of, count_of, day_of, line_of, text_of

T = TypeVar("T")

MAX_ROWS = 20_000


NAMES = ("number", "unit_id", "key", "agency_name", "title")
"""What a case and its agency are known by: a cell that its program has made a day or a number of is no such thing."""

_BESIDE_NAME = re.compile(r"\([^()]*\)|(?:金額)?單位:.*", re.DOTALL)
_ABOUT_UNITS = re.compile(r"單位|[計幣]|^.{1,10}$")
_REMARK = re.compile(r"[(（※*]|備?[註注]|說明|(?:金額)?單位")


@dataclass(frozen=True)
class SheetField:
    """A field of ours that a column may hold; a row without a value for an `is_required` one is refused."""

    key: str
    label: str | Promise
    headings: tuple[str, ...]
    is_required: bool = False


_HEADINGS: tuple[tuple[str, bool, tuple[str, ...]], ...] = (
    ("number", True, ("標案案號", "案號", "採購案號", "number", "case number", "job_number")),
    ("title", True, ("標案名稱", "案名", "採購案名稱", "標的名稱", "名稱", "title")),
    ("agency_name", True, ("機關名稱", "招標機關", "辦理機關", "機關", "agency", "agency_name")),
    ("unit_id", False, ("機關代碼", "單位代碼", "unit", "unit_id")),
    ("printed_type", True, ("公告類型", "公告種類", "公告別", "公告類別", "招標公告類型", "type", "printed_type")),
    ("published_on", True, ("公告日", "公告日期", "無法決標公告日期", "決標公告日期", "刊登日期", "日期",
                            "published on", "published_on", "date")),
    ("original_on", False, ("原招標公告之刊登採購公報日期", "原公告日期", "原公告日", "original_on")),
    ("reason", False, ("無法決標的理由", "無法決標理由", "流廢標原因", "流標原因", "理由", "reason")),
    ("will_continue", False, ("是否沿用本案號及原招標方式續行招標", "是否續行招標", "續行招標", "will_continue")),
    ("classification", False, ("標的分類", "採購類別", "採購性質", "類別", "kind of procurement", "procurement_kind",
                               "classification")),
    ("method", False, ("招標方式", "method")),
    ("budget", False, ("預算金額", "預算", "budget")),
    ("has_options", False, ("是否有後續擴充", "後續擴充", "has_options", "options")),
    ("options_amount", False, ("後續擴充金額", "擴充金額", "options_amount")),
    ("procurement_amount", False, ("採購金額", "procurement_amount")),
    ("printed_band", False, ("採購金額級距", "採購級距", "級距", "printed_band", "band")),
    ("tenders", False, ("投標廠商家數", "投標家數", "家數", "tenders")),
    ("awarded_on", False, ("決標日期", "awarded_on")),
    ("award_amount", False, ("總決標金額", "決標金額", "award_amount")),
    ("note", False, ("附加說明", "備註", "說明", "note", "remark")),
    ("url", False, ("網址", "公告網址", "連結", "url")),
    ("key", False, ("公告檔名", "檔名", "公告序號", "filename", "key")),
)  # fmt: skip

FIELDS = tuple(SheetField(key, LABELS[key], headings, is_required) for key, is_required, headings in _HEADINGS)
"""What a column may hold. The kind of procurement is told from the classification, the kind of notice from its type."""

_KNOWN_HEADINGS = tuple(heading for field in FIELDS for heading in field.headings)


def read_table_of(stream: IO[bytes], *, name: str) -> RawTable:
    """Read the first sheet of .ods, .xlsx or .csv under its headings. Raises SpreadsheetError with what is wrong."""
    return read_raw(stream, name=name, known=_KNOWN_HEADINGS, max_rows=MAX_ROWS)


def guess_mapping(headings: Sequence[str]) -> dict[str, int]:
    """Return by our field the column, from 0, whose heading we know; 採購資料:預算金額 is read without its section.

    What stands in brackets, and 單位:千元, only says how the values are given.
    """
    bare = [_BESIDE_NAME.sub("", unicodedata.normalize("NFKC", heading)).rpartition(":")[2] for heading in headings]
    return guess_columns(bare, {field.key: field.headings for field in FIELDS})


def sheet_entries(table: RawTable, mapping: Mapping[str, int]) -> Iterator[SheetEntry]:
    """Yield the rows of a table as `mapping` (our field → column, from 0) says.

    Raises DomainError `unit_unclear` where a heading or the lines above leave open in which unit amounts are.
    """
    doubts: dict[int, dict[int, Doubt]] = defaultdict(dict)
    for (number, column), doubt in table.doubts.items():
        doubts[number][column] = doubt
    units = amount_units(table, mapping)
    for row in table.rows:
        cells = {key: row.cells[column] for key, column in mapping.items() if column < len(row.cells)}
        yield SheetEntry(row.number, cells, mapping, doubts.get(row.number, {}), row.held, units)


def amount_units(table: RawTable, mapping: Mapping[str, int]) -> dict[str, int]:
    """Return for the mapped amounts in how many NT$ they are: as their heading says, or else a line beside the table.

    Raises DomainError `unit_unclear`.
    """
    lines = list(_lines_beside(table, mapping.get("number")))
    units = {}
    try:
        for key in AMOUNTS:
            if key in mapping:
                unit = unit_of(table.headings[mapping[key]])
                units[key] = unit if unit is not None else (unit_of("; ".join(lines)) or 1)
    except ValueError as error:
        raise DomainError(str(error), code="unit_unclear") from None
    return units


def _lines_beside(table: RawTable, number: int | None) -> Iterator[str]:
    """What may name a unit: the texts above the headings, and rows below that are no notice (註：單位為千元)."""
    yield from (line for line in table.above if _ABOUT_UNITS.search(line))
    if number is not None:
        for row in table.rows:
            if not row.cells[number] or _REMARK.match(row.cells[number]):
                line = " ".join(filter(None, row.cells))
                if "單位" in line or "計" in line:
                    yield line


def reading_notes(table: RawTable, mapping: Mapping[str, int]) -> list[str]:
    """Say what the reader should know before they trust the table: the remarks of the file, units, numbers for names.

    Raises DomainError `unit_unclear`.
    """
    notes = list(table.notes)
    for key, unit in amount_units(table, mapping).items():
        if unit != 1:
            message = _("%(field)s (column %(column)s) is read in units of NT$%(unit)s, as the file says.")
            column = column_letters(mapping[key])
            notes.append(message % {"field": LABELS[key], "column": column, "unit": f"{unit:,}"})
    for key in NAMES:
        column_of_name = mapping.get(key)
        if column_of_name is not None:
            rows = [row.number for row in table.rows if row.held[column_of_name] == Held.NUMBER]
            if rows:
                notes.append(numbers_note(table.headings[column_of_name], column_of_name, rows))
    return notes


@dataclass(frozen=True)
class SheetEntry:
    """One row on its way in: `cells` by our field; `doubts` by column, why a value cannot be taken.

    `held` has a letter per column for what the cell was (`Held`); `units` tells in how many NT$ the amounts are.
    """

    row: int
    cells: Mapping[str, str]
    mapping: Mapping[str, int]
    doubts: Mapping[int, Doubt]
    held: str
    units: Mapping[str, int]

    @property
    def unit_id(self) -> str:
        """The unit (機關代碼), or nothing."""
        return case_number(self.cells.get("unit_id", ""))

    @property
    def agency_name(self) -> str:
        """The agency as printed."""
        return line_of(self.cells.get("agency_name", ""))

    @property
    def number(self) -> str:
        """The number of its case."""
        return case_number(self.cells.get("number", ""))

    @property
    def key(self) -> str:
        """Nothing: a row is judged by all that it says."""
        return ""

    @property
    def label(self) -> str:
        """Number and title."""
        return without_personal_data(f"{self.number} {line_of(self.cells.get('title', ''))}".strip()[:200])

    @cached_property
    def digest(self) -> str:
        """The fingerprint of what it says."""
        return self._notice.digest

    @cached_property
    def _notice(self) -> ReadNotice:
        return _Row(self).notice()

    def read(self) -> ReadNotice:
        """Return all that the row says. Raises RefusedNotice with every problem and its cell."""
        return self._notice


class _Row:
    """Reads one row and collects what is wrong with it."""

    def __init__(self, entry: SheetEntry) -> None:
        self._entry = entry
        self._problems: list[Problem] = []

    def notice(self) -> ReadNotice:
        for column, doubt in self._entry.doubts.items():
            name = next((key for key, each in self._entry.mapping.items() if each == column), "")
            if name or doubt == Doubt.BEYOND_HEADINGS:
                self._problems.append(self._problem(name, doubt_text(doubt)))
        for name in NAMES:
            column_of_name = self._entry.mapping.get(name)
            if column_of_name is not None and (complaint := not_text(self._entry.held[column_of_name])):
                self._problems.append(self._problem(name, complaint))
        self._require()
        budget = self._amount("budget")
        note = without_personal_data(text_of(self._cell("note")))
        classification = line_of(self._cell("classification"))
        options = self._amount("options_amount")
        printed_type = line_of(self._cell("printed_type"))
        published_on = self._value("published_on", day_of)
        values: dict[str, Any] = {
            "original_on": self._value("original_on", day_of),
            "budget": budget,
            "options_amount": options,
            "has_options": True if options else answer_of(self._cell("has_options")),
            "procurement_amount": self._amount("procurement_amount") or stated_procurement_amount(note, budget),
            "tenders": self._value("tenders", count_of),
            "awarded_on": self._value("awarded_on", day_of),
            "award_amount": self._amount("award_amount"),
        }
        if published_on is None or self._problems:
            raise RefusedNotice(self._problems)
        return checked(
            ReadNotice(
                unit_id=self._entry.unit_id,
                agency_name=self._entry.agency_name,
                number=self._entry.number,
                title=without_personal_data(line_of(self._cell("title"))),
                key=self._cell("key").strip(),
                kind=notice_kind_of(printed_type),
                printed_type=printed_type,
                published_on=published_on,
                reason=without_personal_data(text_of(self._cell("reason"))),
                will_continue=answer_of(self._cell("will_continue")),
                procurement_kind=procurement_kind_of(classification),
                classification=classification,
                method=line_of(self._cell("method")),
                printed_band=line_of(self._cell("printed_band")),
                note=note,
                url=self._cell("url").strip() if self._cell("url").startswith(("http://", "https://")) else "",
                **values,
            )
        )

    def _cell(self, name: str) -> str:
        return self._entry.cells.get(name, "")

    def _require(self) -> None:
        for field in FIELDS:
            column = self._entry.mapping.get(field.key)
            if field.is_required and not self._cell(field.key) and column not in self._entry.doubts:
                self._problems.append(self._problem(field.key, _("nothing stands there; expected a value.")))

    def _value(self, name: str, read: Callable[[Any], T | None]) -> T | None:
        try:
            return read(self._cell(name))
        except ValueError as error:
            self._problems.append(self._problem(name, str(error)))
            return None

    def _amount(self, name: str) -> int | None:
        return self._value(name, partial(amount_of, unit=self._entry.units.get(name, 1)))

    def _problem(self, name: str, message: str) -> Problem:
        if name not in self._entry.mapping:
            return Problem(pgettext("of a file", "row"), message)
        cell = f"{column_letters(self._entry.mapping[name])}{self._entry.row}"
        return Problem(_("%(field)s (cell %(cell)s)") % {"field": LABELS[name], "cell": cell}, message)
