"""The rules of a curriculum in words, each with the article behind it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.common_tags import duration

from .enums import CompletionRule
from .models import Curriculum, Paper


@dataclass(frozen=True)
class Rule:
    """One rule: what it is about, and the sentence."""

    label: str
    text: str


def rules_of(curriculum: Curriculum) -> list[Rule]:
    """Return what the curriculum demands of a trainee, in words; every number comes from its rows."""
    minutes = curriculum.total_minutes
    if curriculum.completion_rule == CompletionRule.ATTENDANCE_SHARE:
        return [
            Rule(
                _("Completion"),
                _("Whoever attends at least %(percent)s %% of the time completes the class.")
                % {"percent": curriculum.attendance_percent},
            )
        ]
    rules = [Rule(_("Absence"), _absence(curriculum.absence_share, minutes))]
    papers = list(curriculum.papers.all())
    if papers:
        rules.append(Rule(_("Exam"), _exam(curriculum, papers)))
    rules.append(
        Rule(
            _("Make-up exam"),
            _("Whoever does not pass may apply for a make-up exam, as often as needed (Regulations Art. 15)."),
        )
    )
    rules.append(Rule(_("Completion"), _("Whoever stays within the absence allowed and passes the exam.")))
    return rules


def pass_mark(curriculum: Curriculum) -> int:
    """Return the fewest points that pass: the pass share of the full marks, rounded up (資格辦法 §15)."""
    return -(-curriculum.full_marks * curriculum.pass_percent // 100)


def _absence(share: Fraction, minutes: int) -> str:
    words = {"share": f"{share.numerator}/{share.denominator}", "time": duration(share * minutes)}
    if not minutes:
        return (
            _("Whoever misses more than %(share)s of all hours may not sit the exam (Regulations Art. 15).") % words
        )  # fmt: skip
    return (
        _("Whoever misses more than %(share)s of all hours (%(time)s) may not sit the exam (Regulations Art. 15).")
        % words
    )  # fmt: skip


def _exam(curriculum: Curriculum, papers: list[Paper]) -> str:
    listed = _(", ").join(
        _("%(paper)s %(points)s points") % {"paper": paper, "points": paper.full_marks} for paper in papers
    )
    count = ngettext("%(count)s paper: %(papers)s.", "%(count)s papers: %(papers)s.", len(papers)) % {
        "count": len(papers), "papers": listed,
    }  # fmt: skip
    passed = _("Passed with %(mark)s of %(full)s points (%(percent)s %%) or more (Regulations Art. 15).") % {
        "mark": pass_mark(curriculum), "full": curriculum.full_marks, "percent": curriculum.pass_percent,
    }  # fmt: skip
    return f"{count} {passed}"
