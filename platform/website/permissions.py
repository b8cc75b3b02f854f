"""Who may open the platform's own pages."""

from __future__ import annotations

from typing import Any

from accounts.permissions import is_administrator, is_instructor


def can_open_today(user: Any) -> bool:
    """Whether `user` has a Today page: instructors, and administrators who stand in for them."""
    return is_instructor(user) or is_administrator(user)


def can_open_desk(user: Any) -> bool:
    """Whether `user` has a Desk: administrators."""
    return is_administrator(user)


def can_open_back_office(user: Any) -> bool:
    """Whether `user` may open Wagtail's admin at /cms/."""
    return bool(user.is_authenticated and user.has_perm("wagtailadmin.access_admin"))
