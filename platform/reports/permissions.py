"""Who may see reports and keep their targets."""

from __future__ import annotations

from typing import Any

from accounts.permissions import is_administrator

from .registry import Report, reports_for


def can_view_reports(user: Any) -> bool:
    """Whether there is any report that `user` may see."""
    return bool(reports_for(user))


def can_view_people(user: Any, report: Report) -> bool:
    """Whether `user` may open the people behind a report's numbers; names are another question."""
    if report.people is None or not report.may_view(user):
        return False
    return report.may_view_people is None or report.may_view_people(user)


def can_see_names(user: Any) -> bool:
    """Whether `user` sees full names behind a number; others see them masked."""
    return is_administrator(user)


def can_export_people(user: Any) -> bool:
    """Whether `user` may take the people behind a number away as a file."""
    return is_administrator(user)


def can_manage_targets(user: Any) -> bool:
    """Whether `user` sets the yearly targets."""
    return is_administrator(user)
