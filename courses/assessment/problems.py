"""What can be wrong with a row of a score file: stored as code and parameters, told in the reader's language."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.templatetags.common_tags import rocdate

MESSAGES: dict[str, str | Promise] = {
    # what a cell says by itself
    "missing": _("is empty; expected %(expected)s"),
    "not_whole": _("“%(value)s” is not a whole number; expected %(expected)s"),
    "not_a_date": _("“%(value)s” is not a date; expected for example 107/1/5, 1070105 or 2018-01-05"),
    "not_a_sitting": _("“%(value)s” is no sitting; expected 首次 or 0 for the first exam, 補考1 or 1 for make-up 1"),
    "not_a_mark": _("“%(value)s” is not understood; expected 是, or nothing"),
    "too_long": _("is longer than %(most)s characters"),
    # who and what it speaks of
    "unknown_run": _("there is no run “%(value)s”; expected a code such as 107-basic-1"),
    "no_exam": _("%(run)s is of a kind without an exam"),
    "no_papers": _("the curriculum of %(run)s has no papers yet; enter them first"),
    "cancelled_run": _("%(run)s was cancelled"),
    "unknown_number": _("%(run)s has no trainee of number %(number)s"),
    "withdrawn": _("number %(number)s has withdrawn from %(run)s"),
    "name_differs": _("number %(number)s is %(known)s, the file says %(given)s"),
    "twice": _("the same person and sitting also stand in row %(rows)s"),
    # the sitting
    "held_in_future": _("the day lies in the future; expected a day up to today"),
    "held_before_run": _("the day lies before the first day of the run, %(day)s"),
    "held_differs": _(
        "this sitting is recorded as held on %(known)s; an exam on another day is another sitting, for example 補考2"
    ),
    "held_two_days": _(
        "row %(other)s gives another day for the same sitting: %(day)s; an exam on a second day is another sitting,"
        " for example 補考2"
    ),
    "before_first_sitting": _("a make-up cannot be held before the first exam of %(day)s"),
    # the points
    "out_of_range": _("%(value)s is out of range; expected 0 to %(most)s points"),
    "no_such_paper": _("this exam has no paper “%(paper)s”; expected nothing here"),
    "absent_with_score": _("somebody absent has no score; expected nothing here"),
    "absent_among_points": _(
        "缺考 stands in some columns of points and points in others; for somebody absent tick 缺考 and leave the points"
        " empty"
    ),
    # the rule
    "barred": _("may not sit the exam: %(missed)s minutes missed, %(allowed)s of %(required)s allowed (%(article)s)"),
    # the national certificate
    "certificate_half": _("number and day of the certificate go together; expected both or neither"),
    "certificate_without_pass": _("a certificate for somebody who never passed"),
    "certificate_before_pass": _("the certificate is older than the exam passed on %(day)s"),
    "certificate_in_future": _("the day of issue lies in the future; expected a day up to today"),
    "certificate_differs": _("this trainee already has the certificate %(known)s from this run"),
    "certificate_of_another": _("the certificate is already recorded for somebody else"),
    "certificate_of_another_run": _("the certificate already came of %(run)s"),
    "certificate_recorded_otherwise": _("the certificate is already recorded with another level or day: %(known)s"),
    "certificate_twice": _("the same certificate also stands in row %(rows)s"),
    "two_certificates": _("row %(rows)s gives this trainee another certificate or day of issue; expected one"),
    "pass_is_certified": _("the certificate %(known)s rests on this pass; correct the certificate first"),
    # worth knowing, no reason to refuse
    "certificate_rests": _(
        "the certificate of completion %(serials)s rests on this result; once corrected, it may have to be revoked"
    ),
    "name_alike": _("number %(number)s is %(known)s; the file writes %(given)s, taken for the same name"),
    "attendance_incomplete": _(
        "attendance is incomplete (%(sessions)s sessions without a record), so the bar of absence could not be"
        " checked in full"
    ),
    "attendance_none": _("no attendance is recorded, so the bar of absence could not be checked"),
    "barred_meanwhile": _("is recorded, but attendance now bars this person (%(article)s)"),
    "passed_before": _("had already passed on %(day)s"),
}


@dataclass(frozen=True)
class RowProblem:
    """One thing that is wrong in (or worth knowing about) one cell; `column` is its heading, "" for the row."""

    code: str
    column: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """What is wrong and what was expected, in the reader's language."""
        return str(MESSAGES[self.code]) % {key: _told(value) for key, value in self.params.items()}

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> RowProblem:
        """Return what was stored."""
        return cls(**stored)


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _told(value: Any) -> Any:
    """Return a parameter as people read it: days were stored as ISO."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return rocdate(date.fromisoformat(value))
    return value
