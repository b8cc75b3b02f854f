"""How results are told: the lines of a preview, the name of a sitting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.imports import Outcome

from .models import ScoreImport
from .problems import RowProblem
from .score_sheet import ScoreRow

ORDER = [Outcome.REFUSED, Outcome.CHANGED, Outcome.NEW, Outcome.UNCHANGED]
"""What needs attention comes first."""


@dataclass(frozen=True)
class ImportLine:
    """One row of a preview in words; a refused row has no total, since nothing comes of it."""

    row: int
    outcome: Outcome
    run: str
    number: int | None
    name: str
    sitting: str
    held_on: date | None
    points: str
    total: int | None
    passed: bool
    problems: list[str]
    warnings: list[str]
    changes: list[str]


def sitting_name(number: int | None) -> str:
    """Return the name of a sitting: first exam, make-up n."""
    if number is None:
        return "–"
    return _("make-up %(number)d") % {"number": number} if number else _("first exam")


def import_lines(score_import: ScoreImport, *, wanted: str = "") -> list[ImportLine]:
    """Return the rows of a preview: the refused first, then what changes, what is new, what stays; each by row."""
    stored = [item for item in score_import.rows if not wanted or _is_wanted(item, wanted)]
    stored.sort(key=lambda item: (ORDER.index(item["outcome"]), not item["warnings"], item["given"]["row"]))
    return [_line(item) for item in stored]


def _is_wanted(item: Mapping[str, Any], wanted: str) -> bool:
    return has_remark(item) if wanted == "remarked" else item["outcome"] == wanted


def has_remark(item: Mapping[str, Any]) -> bool:
    """Whether anything stands in the column of remarks of a stored row."""
    return bool(item["problems"] or item["changes"] or item["warnings"])


def _line(item: Mapping[str, Any]) -> ImportLine:
    given = item["given"]
    points = ", ".join(f"{paper} {score}" for paper, score in given["scores"].items())
    if given["absent"]:
        points = _("absent from the exam")
    if ScoreRow.from_json(given).is_certificate_alone:
        points = _("certificate alone")
    if given["violation"]:
        points = f"{points} ({_('violation')}: {given['violation']})"
    return ImportLine(
        row=given["row"],
        outcome=Outcome(item["outcome"]),
        run=given["run"],
        number=given["number"],
        name=given["name"],
        sitting=sitting_name(given["sitting"]),
        held_on=date.fromisoformat(given["held_on"]) if given["held_on"] else None,
        points=points,
        total=None if item["problems"] else item["total"],
        passed=item["passed"],
        problems=[_told(problem) for problem in item["problems"]],
        warnings=[_told(warning) for warning in item["warnings"]],
        changes=[f"{column}: {before} → {after}" for column, before, after in item["changes"]],
    )


def _told(stored: dict[str, Any]) -> str:
    """Return a problem with the column it stands in."""
    problem = RowProblem.from_json(stored)
    if not problem.column:
        return problem.message
    return _("column %(column)s: %(message)s") % {"column": problem.column, "message": problem.message}
