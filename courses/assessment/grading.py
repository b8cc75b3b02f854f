"""The rule of passing, free of the database: points in, total and verdict out.

資格辦法 §15 II: 70 % of the full marks of all papers together, and where the exam is held by subject no
paper at zero. Whole numbers throughout: 231 of 330 passes, 230 does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from courses.catalogue.models import Curriculum


@dataclass(frozen=True)
class ExamRule:
    """What a curriculum says of its exam: full marks by paper (points), pass mark in percent."""

    full_marks: Mapping[int, int]
    pass_percent: int
    zero_paper_fails: bool

    @classmethod
    def of(cls, curriculum: Curriculum) -> ExamRule:
        """Return the rule of `curriculum`."""
        return cls(
            {paper.pk: paper.full_marks for paper in curriculum.papers.all()},
            curriculum.pass_percent,
            curriculum.zero_paper_fails,
        )

    @property
    def full_total(self) -> int:
        """Full marks of all papers together."""
        return sum(self.full_marks.values())

    @property
    def pass_total(self) -> int:
        """The least total that passes: 231 of 330 at 70 %."""
        return -(-self.full_total * self.pass_percent // 100)


@dataclass(frozen=True)
class Grade:
    """What came of one sitting. `total` in points; None for somebody absent."""

    total: int | None
    passed: bool


def grade(rule: ExamRule, points: Mapping[int, int], *, absent: bool = False, violation: str = "") -> Grade:
    """Return total and verdict for `points` by paper id; a paper without points counts as none written.

    Absent: no total, not passed. A violation (違規) is never a pass, whatever the points.
    """
    if absent:
        return Grade(None, passed=False)
    total = sum(points.values())
    complete = set(points) == set(rule.full_marks) and bool(points)
    zero = rule.zero_paper_fails and 0 in points.values()
    passed = complete and not zero and not violation and total * 100 >= rule.full_total * rule.pass_percent
    return Grade(total, passed=passed)
