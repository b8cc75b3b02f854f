"""Who may enrol in which run, and the reason why somebody may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import Person
from common.errors import DomainError
from courses.catalogue.enums import RunState
from courses.catalogue.models import CourseRun
from qualifications.enums import Level
from qualifications.selectors import holds_level, people_ids_with_level

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Refusal:
    """Why not: a stable `code`, and a sentence for the reader that names the article behind it."""

    code: str
    message: str | Promise

    def in_language(self, language: str) -> str:
        """Return the sentence in `language`."""
        with override(language):
            return str(self.message)

    def as_error(self) -> DomainError:
        """Return the refusal as the error that services raise."""
        return DomainError(self.message, code=self.code)


def refusal_of_account(user: Any) -> Refusal | None:
    """Return why `user` cannot enrol anywhere yet: they need a verified account that belongs to a person."""
    if not user.is_authenticated:
        return Refusal("sign_in", _("Please sign in first."))
    if user.person_id is None:
        return Refusal("no_person", _("Your account does not say who you are yet. Please complete your name first."))
    if not EmailAddress.objects.filter(user=user, verified=True).exists():
        return Refusal("not_verified", _("Please confirm your e-mail address first: the link is in our e-mail to you."))
    return None


def refusal_of_window(run: CourseRun, now: datetime) -> Refusal | None:
    """Return why nobody can enrol in `run` by themselves at the moment `now`."""
    state = run.state_on(timezone.localdate(now), now)
    if state == RunState.OPEN:
        return None
    if state == RunState.ANNOUNCED:
        opens = date_format(timezone.localtime(run.enrol_from), "Y-m-d H:i")
        return Refusal("not_open", _("Enrolment opens on %(moment)s.") % {"moment": opens})
    if state == RunState.CANCELLED:
        return Refusal("cancelled", _("This class was cancelled."))
    return Refusal("closed", _("Enrolment in this class has closed."))


def refusal_of_person(run: CourseRun, person: Person) -> Refusal | None:
    """Return why `person` may not take part in `run`, whoever enrols them and whenever.

    Those without the basic qualification may not join the advanced class (資格辦法 §11 II).
    """
    level = run.course.required_level
    if level and not holds_level(person, level):
        return _lacks(level)
    return None


def refusals_of_people(run: CourseRun, person_ids: list[int]) -> dict[int, Refusal]:
    """Return, by key of person, why those of `person_ids` may not take part in `run`; at most one query."""
    level = run.course.required_level
    if not level or not person_ids:
        return {}
    holders = people_ids_with_level(level, among=person_ids)
    return {person_id: _lacks(level) for person_id in person_ids if person_id not in holders}


def refusal(run: CourseRun, user: Any, *, now: datetime | None = None) -> Refusal | None:
    """Return why `user` cannot enrol themselves in `run` now, or None when they can."""
    now = now or timezone.now()
    return (
        refusal_of_window(run, now)
        or refusal_of_account(user)
        or refusal_of_person(run, user.person)
    )  # fmt: skip


def check_enrolment(run: CourseRun, person: Person, *, by: User | None, may_override: bool) -> None:
    """Raise the DomainError that forbids enrolling `person` in `run` by `by`.

    An administrator and the platform itself (`by` None) enrol also people without an account and outside
    the window, but never into a cancelled run nor against the regulation.
    """
    if run.cancelled_at:
        raise Refusal("cancelled", _("This class was cancelled.")).as_error()
    if by is not None and not may_override:
        reason = refusal_of_window(run, timezone.now()) or refusal_of_account(by)
        if reason:
            raise reason.as_error()
    reason = refusal_of_person(run, person)
    if reason:
        raise reason.as_error()


def _lacks(level: str) -> Refusal:
    if level == Level.BASIC:
        message = _("Those without the basic qualification may not join the advanced class (Regulations Art. 11).")
    else:
        message = _("This class demands the advanced qualification.")
    return Refusal("not_qualified", message)
