"""Who records certificates."""

from __future__ import annotations

from typing import Any

from accounts.permissions import is_administrator


def can_record_qualifications(user: Any) -> bool:
    """Whether `user` records certificates and what becomes of them: administrators."""
    return is_administrator(user)
