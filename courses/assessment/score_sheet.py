"""The score file: its columns, how its cells are read, and the template to fill in.

Reading knows nothing of runs and people: it turns cells into values and says which cells make no sense.
What a row means is judged in `judging.py`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext as _

from common.rocdates import parse_date
from common.spreadsheets import ColumnSpec, Problem, Row, Sheet, SpreadsheetError, Table, read_table
from courses.catalogue.models import CourseRun, Paper
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment

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

_FIRST = {"first", "首次", "初試", "初考", "正考"}
_COUNT = r"(\d{1,3}|[一二三四五六七八九十])"
_MAKE_UP = re.compile(rf"(?:make-?up|補考)\s*第?\s*{_COUNT}\s*次?|第\s*{_COUNT}\s*次\s*補考|(\d{{1,3}})", re.IGNORECASE)
_YES = {"是", "y", "yes", "v", "✓", "1", "true", "x", "缺考", "違規"}
_NO = {"", "否", "n", "no", "0", "false", "無", "-"}


@dataclass
class ScoreRow:
    """One row of a score file as it was read; what could not be read is None and stands in `problems`.

    `scores` holds points by the paper's name; a blank cell is no entry.
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

    Raises `SpreadsheetError` where the file as a whole cannot be taken: unreadable, empty, a missing or
    doubled column, more than 20,000 rows, formulas; it names file, row, column and what was expected.
    """
    papers = _paper_columns()
    table = read_table(stream, name=name, columns=[*FIXED, *papers], max_rows=MAX_ROWS)
    if not table.rows:
        raise SpreadsheetError(
            [Problem(name, None, None, _("There is no row under the headings; expected one per trainee and sitting."))],
            code="empty",
        )
    rows = [_read_row(row, papers) for row in table.rows]
    _demand_paper_columns(rows, table)
    return rows, list(table.notes)


def _paper_columns() -> list[ColumnSpec]:
    """Return a column for each name of a paper that any curriculum knows; which are needed depends on the runs."""
    names = Paper.objects.order_by("order", "name").values_list("name", flat=True)
    return [ColumnSpec(f"paper:{name}", (name,), required=False) for name in dict.fromkeys(names)]


def _demand_paper_columns(rows: Sequence[ScoreRow], table: Table) -> None:
    """Raise where a paper of a run in the file has no column at all."""
    codes = {row.run for row in rows}
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
    scores = {}
    for spec in papers:
        points = cells.whole(spec, expected="0 …") if spec.key in row.cells and row.text_of(spec.key) else None
        if points is not None:
            scores[str(spec.headings[0])] = points
    return ScoreRow(
        row=row.number,
        run=cells.text(RUN, expected="107-basic-1").lower(),
        number=cells.whole(NUMBER, expected="1, 2, 3 …"),
        name=cells.text(NAME, expected="王小明", most=80),
        sitting=cells.sitting(),
        held_on=cells.day(HELD_ON, is_required=True),
        scores=scores,
        absent=cells.yes(ABSENT),
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


def template_sheet(run: CourseRun) -> Sheet:
    """Return the score file of `run` to fill in: everybody enrolled, for the first exam, without points."""
    papers = [paper.name for paper in run.curriculum.papers.all()]
    enrolments = (
        Enrolment.objects.filter(run=run, state=EnrolmentState.CONFIRMED).select_related("person").order_by("number")
    )
    before = (RUN, NUMBER, NAME, SITTING, HELD_ON)
    after = (ABSENT, VIOLATION, CERTIFICATE, ISSUED_ON)
    blank = [None] * (len(papers) + len(after))
    kinds: dict[str, Any] = {NUMBER.key: "number", HELD_ON.key: "date", ISSUED_ON.key: "date"}
    return Sheet(
        title=run.code,
        columns=[
            *[(spec.heading, kinds.get(spec.key, "text")) for spec in before],
            *[(name, "number") for name in papers],
            *[(spec.heading, kinds.get(spec.key, "text")) for spec in after],
        ],
        rows=[[run.code, enrolment.number, enrolment.person.name, "首次", None, *blank] for enrolment in enrolments],
    )
