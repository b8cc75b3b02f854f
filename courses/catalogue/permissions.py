"""Who may run the classes, and who teaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.permissions import is_administrator

from .models import CourseRun, Session

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


def can_manage_runs(user: User | AnonymousUser) -> bool:
    """Whether `user` opens and revises runs: administrators."""
    return is_administrator(user)


def can_teach_run(user: User | AnonymousUser, run: CourseRun) -> bool:
    """Whether `user` teaches a session of `run`, or is an administrator who stands in."""
    return teaches(user, run) or is_administrator(user)


def teaches(user: User | AnonymousUser, run: CourseRun) -> bool:
    """Whether `user` is the instructor of one of the sessions of `run`."""
    person_id = getattr(user, "person_id", None)
    if person_id is None:
        return False
    return Session.objects.filter(run=run, instructor__person_id=person_id, instructor__is_active=True).exists()
