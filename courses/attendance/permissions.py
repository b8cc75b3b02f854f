"""Who may see and keep attendance."""

from __future__ import annotations

from typing import Any

from accounts.permissions import is_administrator
from courses.catalogue.models import CourseRun, Session
from courses.catalogue.permissions import can_teach_run, sessions_taught_by


def can_record_roll_call(user: Any, session: Session) -> bool:
    """Whether `user` may call the roll of `session`: its own instructor, or an administrator."""
    return is_administrator(user) or sessions_taught_by(user).filter(pk=session.pk).exists()


def can_view_attendance_of_run(user: Any, run: CourseRun) -> bool:
    """Whether `user` may see the attendance of a whole run: who teaches in it, or an administrator."""
    return can_teach_run(user, run)


def can_correct_attendance(user: Any) -> bool:
    """Whether `user` may correct any roll call in the back office."""
    return is_administrator(user)
