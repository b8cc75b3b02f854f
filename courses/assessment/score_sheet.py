"""The score file: its columns, and how its cells are read.

Reading knows nothing of runs and people: it turns cells into values and says which cells make no sense.
What a row means is judged in `judging.py`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

from django.utils.translation import gettext as _

from common.rocdates import parse_date
from common.spreadsheets import ColumnSpec, Problem, Row, SpreadsheetError, Table, read_table
from courses.catalogue.models import Paper

from .problems import RowProblem

MAX_ROWS = 20_000

RUN = ColumnSpec("run", ("期別", "班期", "run"), is_text=True)
NUMBER = ColumnSpec("number", ("學號", "number"))
NAME = ColumnSpec("name", ("姓名", "name"), is_text=True)
SITTING = ColumnSpec("sitting", ("場次", "sitting"))
HELD_ON = ColumnSpec("held_on", ("測驗日期", "考試日期", "date"))
ABSENT = ColumnSpec("absent", ("缺考", "absent"))
VIOLATION = ColumnSpec("violation", ("違規", "violation"))
CERTIFICATE = ColumnSpec("certificate", ("及格證書字號", "證書字號", "certificate"), required=False, is_text=True)
ISSUED_ON = ColumnSpec("issued_on", ("發證日期", "issued on"), required=False)
FIXED = (RUN, NUMBER, NAME, SITTING, HELD_ON, ABSENT, VIOLATION, CERTIFICATE, ISSUED_ON)

_WHO = (RUN, NUMBER, NAME)
_OF_RESULTS = (SITTING, HELD_ON, ABSENT, VIOLATION)
_OF_CERTIFICATES = (CERTIFICATE, ISSUED_ON)

_FIRST = {"first", "首次", "初試", "初考", "正考"}
_COUNT = r"(\d{1,3}|[一二三四五六七八九十])"
_MAKE_UP = re.compile(rf"(?:make-?up|補考)\s*第?\s*{_COUNT}\s*次?|第\s*{_COUNT}\s*次\s*補考|(\d{{1,3}})", re.IGNORECASE)
_YES = {"是", "y", "yes", "v", "✓", "1", "true", "x", "缺考", "違規"}
_ABSENT = {"缺考", "absent"}
_NO = {"", "否", "n", "no", "0", "false", "無", "-"}


@dataclass
class ScoreRow:
    """One row of a score file as it was read; what could not be read is None and stands in `problems`.

    `scores` holds points by the paper's name; a blank cell is no entry. A row that says nothing of an exam and
    gives a national certificate speaks of the certificate alone: it has neither sitting nor day.
    """

    row: int
    run: str
    number: int | None
    name: str
    sitting: int | None
    held_on: datetime.date | None
    scores: dict[str, int]
    absent: bool
    violation: str
    certificate: str
    issued_on: datetime.date | None
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def is_certificate_alone(self) -> bool:
        """Whether the row gives a national certificate and no result."""
        says_nothing = (
            self.sitting is None and self.held_on is None and not (self.scores or self.absent or self.violation)
        )
        return says_nothing and bool(self.certificate or self.issued_on)

    def as_json(self) -> dict[str, Any]:
        """Return what is stored of this row."""
        return {
            "row": self.row,
            "run": self.run,
            "number": self.number,
            "name": self.name,
            "sitting": self.sitting,
            "held_on": self.held_on.isoformat() if self.held_on else None,
            "scores": self.scores,
            "absent": self.absent,
            "violation": self.violation,
            "certificate": self.certificate,
            "issued_on": self.issued_on.isoformat() if self.issued_on else None,
            "problems": [problem.as_json() for problem in self.problems],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> ScoreRow:
        """Return the row that was stored."""
        days = {key: stored[key] and datetime.date.fromisoformat(stored[key]) for key in ("held_on", "issued_on")}
        problems = [RowProblem.from_json(item) for item in stored["problems"]]
        return cls(**{**stored, **days, "problems": problems})


def read_score_file(stream: IO[bytes], *, name: str) -> tuple[list[ScoreRow], list[str]]:
    """Read a score file (.ods, .xlsx, .csv): its rows, and what the reader should know of the file.

    It may also be a list of national certificates alone.

    Raises `SpreadsheetError` where the file as a whole cannot be taken: unreadable, empty, a missing or
    doubled column, more than 20,000 rows, formulas; it names file, row, column and what was expected.
    """
    papers = _paper_columns()
    table = _read_table(stream, papers, name=name)
    if not table.rows:
        raise SpreadsheetError(
            [Problem(name, None, None, _("There is no row under the headings; expected one per trainee and sitting."))],
            code="empty",
        )
    rows = [_read_row(row, papers) for row in table.rows]
    _demand_paper_columns(rows, table)
    return rows, list(table.notes)


def _read_table(stream: IO[bytes], papers: Sequence[ColumnSpec], *, name: str) -> Table:
    """Read the table with its columns of results; where it has none of them at all, as a list of certificates."""
    try:
        return read_table(stream, name=name, columns=[*FIXED, *papers], max_rows=MAX_ROWS)
    except SpreadsheetError as error:
        if error.code != "columns":
            raise
        of_results = [replace(spec, required=False) for spec in (*_OF_RESULTS, *papers)]
        of_certificates = [replace(spec, required=True) for spec in _OF_CERTIFICATES]
        stream.seek(0)
        try:
            columns = [*_WHO, *of_certificates, *of_results]
            table = read_table(stream, name=name, columns=columns, max_rows=MAX_ROWS)
        except SpreadsheetError:
            raise error from None
        if {spec.key for spec in of_results} & set(table.columns):
            raise
        return table


def _paper_columns() -> list[ColumnSpec]:
    """Return a column for each name of a paper that any curriculum knows; which are needed depends on the runs."""
    names = Paper.objects.order_by("order", "name").values_list("name", flat=True)
    return [ColumnSpec(f"paper:{name}", (name,), required=False) for name in dict.fromkeys(names)]


def _demand_paper_columns(rows: Sequence[ScoreRow], table: Table) -> None:
    """Raise where a paper of a run in the file has no column at all."""
    codes = {row.run for row in rows if not row.is_certificate_alone}
    needed = Paper.objects.filter(curriculum__runs__code__in=codes).order_by("order").values_list("name", flat=True)
    missing = [name for name in dict.fromkeys(needed) if f"paper:{name}" not in table.columns]
    if missing:
        raise SpreadsheetError(
            [
                Problem(
                    table.file,
                    None,
                    None,
                    _("The column “%(name)s” is missing; expected one column of points for each paper.")
                    % {"name": name},
                )
                for name in missing
            ],
            code="missing_column",
        )


def _read_row(row: Row, papers: Sequence[ColumnSpec]) -> ScoreRow:
    """Read one row; every cell that makes no sense is named."""
    cells = _Cells(row)
    marks = cells.marks(papers)
    is_absent = cells.yes(ABSENT) or (bool(marks) and marks <= _ABSENT)
    is_certificate_alone = cells.is_certificate_alone(marks)
    return ScoreRow(
        row=row.number,
        run=cells.text(RUN, expected="107-basic-1").lower(),
        number=cells.whole(NUMBER, expected="1, 2, 3 …"),
        name=cells.text(NAME, expected="王小明", most=80),
        sitting=None if is_certificate_alone else cells.sitting(),
        held_on=None if is_certificate_alone else cells.day(HELD_ON, is_required=True),
        scores=cells.scores(papers, marks),
        absent=is_absent,
        violation=cells.violation(),
        certificate=cells.text(CERTIFICATE, most=80),
        issued_on=cells.day(ISSUED_ON),
        problems=cells.problems,
    )


class _Cells:
    """Reads the cells of one row and collects what is wrong."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[RowProblem] = []

    def _refuse(self, spec: ColumnSpec, code: str, **params: Any) -> None:
        self.problems.append(RowProblem(code, spec.heading, params))

    def _text(self, spec: ColumnSpec) -> str:
        return self.row.text_of(spec.key) if spec.key in self.row.cells else ""

    def text(self, spec: ColumnSpec, *, expected: str = "", most: int = 60) -> str:
        """Return the cell's text; with `expected` it must not be empty."""
        text = self._text(spec)
        if not text and expected:
            self._refuse(spec, "missing", expected=expected)
        if len(text) > most:
            self._refuse(spec, "too_long", most=most)
        return text[:most]

    def whole(self, spec: ColumnSpec, *, expected: str) -> int | None:
        """Return the cell as a whole number from 0 on."""
        text = self._text(spec)
        if not text:
            self._refuse(spec, "missing", expected=expected)
            return None
        try:
            number = self.row.number_of(spec.key)
        except ValueError:
            number = None
        if number is None or number != int(number) or not -1_000_000 < number < 1_000_000:
            self._refuse(spec, "not_whole", value=text[:40], expected=expected)
            return None
        return int(number)

    def day(self, spec: ColumnSpec, *, is_required: bool = False) -> datetime.date | None:
        """Return the cell as a day, ROC dates too."""
        text = self._text(spec)
        if not text:
            if is_required:
                self._refuse(spec, "missing", expected="107/1/5")
            return None
        try:
            return parse_date(self.row.cells[spec.key])
        except ValueError:
            self._refuse(spec, "not_a_date", value=text[:40])
            return None

    def marks(self, papers: Sequence[ColumnSpec]) -> set[str]:
        """Return what stands in the columns of points, in lower case, blanks left out."""
        return {text.lower() for spec in papers if (text := self._text(spec))}

    def scores(self, papers: Sequence[ColumnSpec], marks: set[str]) -> dict[str, int]:
        """Return the points by the paper's name; 缺考 among them is refused once, 缺考 alone is an absence."""
        if marks & _ABSENT:
            if marks - _ABSENT:
                self._refuse(ABSENT, "absent_among_points")
            return {}
        points = {str(spec.headings[0]): self.whole(spec, expected="0 …") for spec in papers if self._text(spec)}
        return {name: value for name, value in points.items() if value is not None}

    def is_certificate_alone(self, marks: set[str]) -> bool:
        """Whether the row says nothing of an exam and gives a national certificate."""
        says_nothing = not marks and {self._text(ABSENT).lower(), self._text(VIOLATION).lower()} <= _NO
        return says_nothing and bool(self._text(CERTIFICATE) or self._text(ISSUED_ON))

    def sitting(self) -> int | None:
        """Return 0 for the first exam, n for make-up n."""
        text = self._text(SITTING)
        if not text:
            self._refuse(SITTING, "missing", expected="首次, 補考1")
            return None
        if text.lower() in _FIRST:
            return 0
        found = _MAKE_UP.fullmatch(text)
        if found is None:
            self._refuse(SITTING, "not_a_sitting", value=text[:40])
            return None
        count = next(filter(None, found.groups()))
        return int(count) if count.isdecimal() else "一二三四五六七八九十".index(count) + 1

    def yes(self, spec: ColumnSpec) -> bool:
        """Return whether the cell ticks what its column says."""
        text = self._text(spec).lower()
        if text not in _YES | _NO:
            self._refuse(spec, "not_a_mark", value=text[:40])
        return text in _YES

    def violation(self) -> str:
        """Return what the violation was: "" for none, the text as it stands, or 違規 where it is only ticked."""
        text = self.text(VIOLATION, most=200)
        if text.lower() in _NO:
            return ""
        return "違規" if text.lower() in _YES else text
