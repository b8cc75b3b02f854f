"""From the cells of a sheet to the columns that the caller asked for, with every doubt said by row and column."""

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.unwritable import UNWRITABLE

from .problems import Problem, SpreadsheetError, column_letters
from .rawsheet import Doubt, RawSheet
from .table import Cell, ColumnSpec, Row, Table, normalise, normalise_heading
from .typedcells import Held, held_by, not_text, numbers_note

HEADER_SEARCH_ROWS = 20
_EXACT_DIGITS = 10**15  # a spreadsheet's numbers keep fifteen digits
_ERROR_VALUES = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!)|Err:\d+")
_MOST_PROBLEMS = 1000

Position = tuple[int, Sequence[Any]]


def match_table(sheet: RawSheet, *, name: str, columns: Sequence[ColumnSpec], max_rows: int) -> Table:
    """The rows under the headings. Raises `SpreadsheetError` with all problems that were found."""
    rows = iter(sheet.rows)
    first = list(itertools.islice((row for row in rows if has_value(row[1])), HEADER_SEARCH_ROWS))
    if not first:
        raise nothing_to_read(sheet, name)
    known = {normalise_heading(str(heading)) for spec in columns for heading in spec.headings}
    header_index = max(range(len(first)), key=lambda index: (_matches(first[index][1], known), -index))
    header_row, headings = first[header_index]
    found = _find_columns(headings, header_row, name=name, columns=columns)
    reader = _RowReader(sheet, name, header_row, {spec: found.get(spec.key) for spec in columns}, len(headings))
    taken: list[Row] = []
    for number, values in itertools.chain(first[header_index + 1 :], rows):
        row = reader.read(number, values)
        if row is None:
            continue
        if len(taken) == max_rows:
            raise too_many_rows(name, number, max_rows)
        taken.append(row)
    problems = [*reader.merged_problems(), *reader.problems]
    if problems:
        problems.sort(key=lambda problem: (problem.row or 0, len(problem.column or ""), problem.column or ""))
        raise SpreadsheetError(problems, code="cells")
    if not taken:
        message = _("There is no row under the headings.")
        raise SpreadsheetError([Problem(name, header_row, None, message)], code="no_rows")
    letters = {key: column_letters(index) for key, index in found.items()}
    return Table(file=name, rows=taken, columns=letters, notes=[*sheet.notes, *reader.notes()])


def nothing_to_read(sheet: RawSheet, name: str) -> SpreadsheetError:
    """The error for a sheet without any value: it is empty, or nothing but errors and formulas without a result."""
    problems = [
        Problem(name, row, column_letters(column), doubt_text(doubt))
        for (row, column), doubt in itertools.islice(sheet.doubts.items(), _MOST_PROBLEMS)
    ]
    return SpreadsheetError(problems or [Problem(name, None, None, _("The sheet is empty."))], code="empty")


def too_many_rows(name: str, row: int, max_rows: int) -> SpreadsheetError:
    """The error for a table that is too long; `row` is the first one too many."""
    message = _("The table has more than %(limit)s rows. Divide it into several files.") % {"limit": f"{max_rows:,}"}
    return SpreadsheetError([Problem(name, row, None, message)], code="too_many_rows")


def too_many_columns(name: str, row: int, limit: int) -> SpreadsheetError:
    """The error for a table that is too wide; `row` is the first one that is."""
    message = _("The table has more than %(limit)d columns.") % {"limit": limit}
    return SpreadsheetError([Problem(name, row, None, message)], code="too_large")


def _find_columns(
    headings: Sequence[Any], header_row: int, *, name: str, columns: Sequence[ColumnSpec]
) -> dict[str, int]:
    """Which column, from 0, holds which key. Every missing and every doubled one is a problem."""
    found: dict[str, int] = {}
    problems = []
    plain = [_heading_text(heading) for heading in headings]
    for spec in columns:
        known = spec.known
        places = [index for index, heading in enumerate(plain) if heading in known]
        if len(places) > 1:
            message = _("The column “%(heading)s” is there twice; it stands in column %(other)s already.") % {
                "heading": spec.heading,
                "other": column_letters(places[0]),
            }
            problems.append(Problem(name, header_row, column_letters(places[1]), message))
        elif places:
            found[spec.key] = places[0]
        elif spec.required:
            message = _("The column “%(heading)s” is missing.") % {"heading": spec.heading}
            if len(spec.headings) > 1:
                others = _("Its heading may also be: %(others)s.")
                message += " " + others % {"others": ", ".join(str(known) for known in spec.headings[1:])}
            problems.append(Problem(name, header_row, None, message))
    if problems:
        raise SpreadsheetError(problems, code="columns")
    return found


def _matches(headings: Sequence[Any], known: Collection[str]) -> int:
    return len({text for heading in headings if (text := _heading_text(heading)) in known})


def _heading_text(heading: Any) -> str:
    return normalise_heading(heading) if isinstance(heading, str) else ""


def has_value(values: Sequence[Any]) -> bool:
    """Whether any cell of a row holds more than blanks."""
    return any(value is not None and value != "" and (not isinstance(value, str) or value.strip()) for value in values)


class _RowReader:
    """Reads row after row and collects what is wrong with them."""

    def __init__(
        self, sheet: RawSheet, name: str, header_row: int, places: Mapping[ColumnSpec, int | None], width: int
    ) -> None:
        self._sheet = sheet
        self._name = name
        self._header_row = header_row
        self._places = places
        self._width = width
        self._numbers: dict[ColumnSpec, list[int]] = {}
        self.problems: list[Problem] = []

    def notes(self) -> list[str]:
        """Where numbers stand in columns for text."""
        return [
            numbers_note(spec.heading, place, self._numbers[spec])
            for spec, place in self._places.items()
            if place is not None and spec in self._numbers
        ]

    def read(self, number: int, values: Sequence[Any]) -> Row | None:
        """The row, or None where it has no value in any of the columns."""
        cells = {spec.key: self._cell(number, spec, place, values) for spec, place in self._places.items()}
        if all(value is None for value in cells.values()):
            return None
        if self._sheet.is_text and has_value(values[self._width :]):
            self._complain(number, self._width, doubt_text(Doubt.BEYOND_HEADINGS))
        return Row(number, cells)

    def merged_problems(self) -> Iterator[Problem]:
        """A merged area keeps its value in one cell only; in the columns we read that leaves the others blank."""
        wanted = {place for place in self._places.values() if place is not None}
        for area in self._sheet.merged:
            columns = range(area.first_column, area.last_column + 1)
            if area.last_row < self._header_row or wanted.isdisjoint(columns):
                continue
            first = f"{column_letters(area.first_column)}{area.first_row}"
            last = f"{column_letters(area.last_column)}{area.last_row}"
            message = _("The cells %(first)s to %(last)s are merged. Split them and fill in each one.")
            yield Problem(
                self._name, area.first_row, column_letters(area.first_column), message % {"first": first, "last": last}
            )

    def _cell(self, number: int, spec: ColumnSpec, place: int | None, values: Sequence[Any]) -> Cell | None:
        if place is None:
            return None
        doubt = self._sheet.doubts.get((number, place))
        complaint = None if doubt is None else doubt_text(doubt)
        value: Cell = None
        if doubt is None and place < len(values):
            value, doubt = as_cell(values[place])
            complaint = None if doubt is None else doubt_text(doubt)
            if complaint is None and spec.is_text:
                held = held_by(values[place])
                complaint = not_text(held)
                if held is Held.NUMBER:
                    self._numbers.setdefault(spec, []).append(number)
        if complaint is not None:
            self._complain(number, place, complaint)
            return "?"  # the row is not blank; it is never handed on, since there is a problem
        return value

    def _complain(self, number: int, place: int, message: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(self._name, number, column_letters(place), message))


def doubt_text(doubt: Doubt) -> str:
    """Why the value of a cell cannot be taken, in words for the reader."""
    return {
        Doubt.NOT_COMPUTED: _(
            "The cell holds a formula without a result. Open the file, save it again, or paste the values."
        ),
        Doubt.ERROR: _("The cell holds an error (such as #DIV/0! or #N/A). Expected a value."),
        Doubt.IMPRECISE: _(
            "The number has more than 15 digits, and the last ones may be lost. Format the column as text."
        ),
        Doubt.UNWRITABLE: _("The cell holds a character that no text has (a control character). Type it again."),
        Doubt.BEYOND_HEADINGS: _(
            "The row has more cells than there are headings; a comma inside a cell needs quotation marks."
        ),
    }[doubt]


def as_cell(value: Any) -> tuple[Cell, Doubt | None]:
    """The value of a cell as a caller may have it, or why it cannot be taken."""
    if isinstance(value, str):
        if UNWRITABLE.search(value):
            return None, Doubt.UNWRITABLE
        text = normalise(value)
        return (text or None), (Doubt.ERROR if _ERROR_VALUES.fullmatch(text) else None)
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), None
    if isinstance(value, int | float):
        if abs(value) >= _EXACT_DIGITS:
            return None, Doubt.IMPRECISE
        return Decimal(int(value)) if value == int(value) else Decimal(repr(value)), None
    if isinstance(value, datetime):
        return value.date(), None
    if isinstance(value, date) or value is None:
        return value, None
    if isinstance(value, time):
        return f"{value:%H:%M}", None
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}", None
    raise TypeError(f"a workbook cannot hold {value!r}")
