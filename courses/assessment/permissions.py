"""Who may see and keep results."""

from __future__ import annotations

from typing import Any

from accounts.permissions import is_administrator, is_report_viewer


def can_import_scores(user: Any) -> bool:
    """Whether `user` may upload score files and apply them."""
    return is_administrator(user)


def can_view_pass_rate(user: Any) -> bool:
    """Whether `user` may see the pass-rate report."""
    return is_administrator(user) or is_report_viewer(user)
