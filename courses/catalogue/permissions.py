"""Who may run the classes, and who teaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.permissions import is_administrator, is_instructor

from .models import CourseRun, Session

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from accounts.models import User


def can_manage_runs(user: User | AnonymousUser) -> bool:
    """Whether `user` opens and revises runs: administrators."""
    return is_administrator(user)


def can_teach_run(user: User | AnonymousUser, run: CourseRun) -> bool:
    """Whether `user` teaches a session of `run`, or is an administrator who stands in."""
    return teaches(user, run) or is_administrator(user)


def teaches(user: User | AnonymousUser, run: CourseRun) -> bool:
    """Whether `user` is the instructor of one of the sessions of `run`."""
    return sessions_taught_by(user).filter(run=run).exists()


def sessions_taught_by(user: User | AnonymousUser) -> QuerySet[Session]:
    """Return the sessions that `user` teaches: the one meaning of "teaches", for pages, lists and roll calls.

    Nothing for who no longer teaches, be it that the instructor is set inactive or that the account has
    lost the role.
    """
    person_id = getattr(user, "person_id", None)
    if person_id is None or not is_instructor(user):
        return Session.objects.none()
    return Session.objects.filter(instructor__person=person_id, instructor__is_active=True)
