"""The verdict on one row: what applying it would do, and why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.imports import Outcome
from courses.enrolment.models import Enrolment

from ..grading import Grade
from ..problems import RowProblem
from ..score_sheet import CERTIFICATE, ScoreRow
from .facts import KnownResult


@dataclass
class Judged:
    """A row with its verdict. `certificate_is_new` tells that applying it would also record the certificate."""

    given: ScoreRow
    enrolment: Enrolment | None = None
    points: dict[int, int] = field(default_factory=dict)
    grade: Grade | None = None
    known: KnownResult | None = None
    certificate_is_new: bool = False
    problems: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """What applying this row would do."""
        if self.problems:
            return Outcome.REFUSED
        if self.given.is_certificate_alone:
            return Outcome.NEW if self.certificate_is_new else Outcome.UNCHANGED
        if self.known is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED

    @property
    def writes_result(self) -> bool:
        """Whether the result itself (not only the certificate) would be written."""
        if self.given.is_certificate_alone:
            return False
        return self.known is None or any(column != CERTIFICATE.heading for column, _, _ in self.changes)

    def refuse(self, code: str, column: str = "", **params: Any) -> None:
        """Add a reason to refuse the row."""
        self.problems.append(RowProblem(code, column, params))


def groups_sharing(judged: Iterable[Judged], key: Callable[[Judged], Any]) -> list[list[Judged]]:
    """Return the groups of two and more rows with the same key; rows whose key is None belong to none."""
    groups: dict[Any, list[Judged]] = defaultdict(list)
    for item in judged:
        value = key(item)
        if value is not None:
            groups[value].append(item)
    return [group for group in groups.values() if len(group) > 1]


def other_rows(group: Sequence[Judged], item: Judged) -> str:
    """Return the numbers of the rows that share a group with `item`."""
    return ", ".join(str(other.given.row) for other in group if other is not item)
