"""The rule of completion (結訓): from facts to a verdict with its evidence. Reads nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.common_tags import duration as format_duration
from common.templatetags.common_tags import shortdate
from courses.assessment.grading import ExamRule

if TYPE_CHECKING:
    from courses.assessment.models import Result
    from courses.attendance.ledger import Ledger
    from courses.catalogue.models import Curriculum, Session
    from courses.enrolment.models import Enrolment


@dataclass(frozen=True)
class RuleReference:
    """The article of law that a step rests on."""

    pcode: str
    number: str

    @property
    def label(self) -> str:
        """How the article is cited in running text."""
        return _("Art. %(number)s of the Qualification Regulations") % {"number": self.number}

    @property
    def url(self) -> str:
        """Address of the article's page."""
        return reverse("library:article", args=[self.pcode, self.number])


EXAM_ARTICLE = RuleReference("A0030059", "15")  # 資格辦法 §15: bar of absence, pass mark, make-up exams


@dataclass(frozen=True)
class Step:
    """One condition of completion. `ok` is None while it cannot be told yet.

    `facts` holds the figures that the verdict rests on (minutes, points, numbers of sessions); a
    certificate freezes them as its evidence.
    """

    key: str
    ok: bool | None
    label: str
    detail: str
    article: RuleReference | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def as_evidence(self) -> dict[str, Any]:
        """Return the step as JSON."""
        return asdict(self)


@dataclass(frozen=True)
class CompletionVerdict:
    """What one enrolment has reached. Blocked: a session that was held lacks this trainee's record."""

    enrolment: Enrolment
    is_complete: bool
    is_blocked: bool
    steps: list[Step]
    ledger: Ledger

    @property
    def open_steps(self) -> list[Step]:
        """The steps that are not (yet) met: why there is no certificate."""
        return [step for step in self.steps if not step.ok]


def judge(
    enrolment: Enrolment, *, curriculum: Curriculum, ledger: Ledger, results: Sequence[Result]
) -> CompletionVerdict:
    """Return the verdict on `enrolment` by its curriculum's rule.

    `ledger` is in minutes, `results` are all sittings in their order. Every session must be recorded,
    since one without a record is neither presence nor absence.
    """
    steps = [_recorded_step(ledger)]
    if curriculum.has_bar:
        steps += [_absence_step(ledger), _exam_step(ExamRule.of(curriculum), results)]
    else:
        steps.append(_attendance_step(curriculum, ledger))
    return CompletionVerdict(
        enrolment=enrolment,
        is_complete=all(step.ok for step in steps),
        is_blocked=bool(ledger.unrecorded_sessions),
        steps=steps,
        ledger=ledger,
    )


def demanded_minutes(curriculum: Curriculum, required_minutes: int) -> int:
    """Return the minutes attended that complete a course by share, rounded up to whole minutes."""
    return ceil(Fraction(required_minutes * curriculum.attendance_percent, 100))


def name_sessions(sessions: Sequence[Session]) -> str:
    """Return the sessions' days and titles in one line."""
    return _(", ").join(f"{shortdate(session.starts_at)} {session.display_title}".strip() for session in sessions)


def _recorded_step(ledger: Ledger) -> Step:
    missing = list(ledger.unrecorded_sessions)
    outstanding = max(
        ledger.required_minutes - ledger.held_minutes, sum(session.minutes for session in ledger.coming_sessions)
    )
    if missing:
        ok: bool | None = None
        detail = ngettext(
            "%(count)d session has no record yet: %(sessions)s.",
            "%(count)d sessions have no record yet: %(sessions)s.",
            len(missing),
        ) % {"count": len(missing), "sessions": name_sessions(missing)}
    elif ledger.recorded_minutes == 0:
        ok, detail = None, _("No session has been held yet.")
    elif not _is_over(ledger):
        ok, detail = None, _("%(duration)s of teaching are still to come.") % {"duration": format_duration(outstanding)}
    else:
        ok, detail = True, _("Every session has a record.")
    return Step(
        key="recorded",
        ok=ok,
        label=_("All hours held and recorded"),
        detail=detail,
        facts={
            "required_minutes": ledger.required_minutes,
            "held_minutes": ledger.held_minutes,
            "recorded_minutes": ledger.recorded_minutes,
            "unrecorded_sessions": [session.number for session in missing],
        },
    )


def _is_over(ledger: Ledger) -> bool:
    # a run that was laid out with fewer hours than its curriculum demands is never over
    return ledger.is_complete and 0 < ledger.recorded_minutes >= ledger.required_minutes


def _absence_step(ledger: Ledger) -> Step:
    figures = {
        "missed": format_duration(ledger.missed_minutes),
        "allowed": format_duration(ledger.allowed_minutes),
    }
    return Step(
        key="absence",
        ok=False if ledger.is_barred else (True if _is_over(ledger) else None),
        label=_("Absence within the bar"),
        detail=_("Missed %(missed)s of %(allowed)s allowed.") % figures,
        article=EXAM_ARTICLE,
        facts={
            "missed_minutes": ledger.missed_minutes,
            "excused_minutes": ledger.excused_minutes,
            "allowed_minutes": float(ledger.allowed_minutes),
        },
    )


def _exam_step(rule: ExamRule, results: Sequence[Result]) -> Step:
    passed = next((result for result in results if result.passed), None)
    sat = [result for result in results if not result.absent]
    best = passed or max(sat, key=lambda result: result.total or 0, default=None)
    points = {"total": best.total if best else None, "full": rule.full_total, "mark": rule.pass_total}
    if passed:
        detail = _("Passed with %(total)s of %(full)s points (pass mark %(mark)s).") % points
    elif best:
        detail = _("%(total)s of %(full)s points so far, pass mark %(mark)s; make-up exams are not limited.") % points
    elif results:
        detail = _("Absent so far; make-up exams are not limited.")
    else:
        detail = _("No result yet; pass mark %(mark)s of %(full)s points.") % points
    return Step(
        key="exam",
        ok=True if passed else (False if results else None),
        label=_("Exam passed"),
        detail=detail,
        article=EXAM_ARTICLE,
        facts={**points, "sittings": len(results), "passed_on": passed.sitting.held_on.isoformat() if passed else None},
    )


def _attendance_step(curriculum: Curriculum, ledger: Ledger) -> Step:
    demanded = demanded_minutes(curriculum, ledger.required_minutes)
    reached = ledger.attended_minutes >= demanded and demanded > 0
    out_of_reach = ledger.missed_minutes > ledger.required_minutes - demanded
    return Step(
        key="attendance",
        ok=True if reached else (False if out_of_reach or _is_over(ledger) else None),
        label=_("%(percent)d %% of the hours attended") % {"percent": curriculum.attendance_percent},
        detail=_("Attended %(present)s; %(demanded)s are demanded.")
        % {"present": format_duration(ledger.attended_minutes), "demanded": format_duration(demanded)},
        facts={
            "attended_minutes": ledger.attended_minutes,
            "demanded_minutes": demanded,
            "required_minutes": ledger.required_minutes,
            "percent": curriculum.attendance_percent,
        },
    )
