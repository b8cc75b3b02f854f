"""Who issues, revokes and downloads certificates. Anybody may verify one."""

from __future__ import annotations

from typing import Any

from accounts.permissions import is_administrator

from .models import Certificate


def can_issue_certificates(user: Any) -> bool:
    """Whether `user` issues and revokes certificates: administrators, never instructors."""
    return is_administrator(user)


def can_download_certificate(user: Any, certificate: Certificate) -> bool:
    """Whether `user` may have the PDF: its holder while it is valid, administrators always."""
    if not user.is_authenticated:
        return False
    if is_administrator(user):
        return True
    own = user.person_id is not None and user.person_id == certificate.person_id
    return own and not certificate.is_revoked
