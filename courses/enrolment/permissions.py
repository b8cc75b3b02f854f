"""Who may enrol, withdraw and see rosters."""

from __future__ import annotations

from typing import Any

from accounts.permissions import is_administrator
from courses.catalogue.models import CourseRun

from .models import Enrolment, WaitingListEntry


def can_withdraw_enrolment(user: Any, enrolment: Enrolment) -> bool:
    """Whether `user` may give up this seat: its own trainee, or an administrator."""
    return is_administrator(user) or _is_own(user, enrolment.person_id)


def can_leave_waiting_list(user: Any, entry: WaitingListEntry) -> bool:
    """Whether `user` may give up this place in the queue: the one who waits, or an administrator."""
    return is_administrator(user) or _is_own(user, entry.person_id)


def can_manage_roster(user: Any, run: CourseRun | None = None) -> bool:
    """Whether `user` may see and change the roster of a run in the back office: administrators."""
    return is_administrator(user)


def _is_own(user: Any, person_id: int) -> bool:
    return bool(user.is_authenticated and user.person_id is not None and user.person_id == person_id)
