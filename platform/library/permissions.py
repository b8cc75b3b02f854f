"""Who may import laws, and close reviews after changes of law."""

from __future__ import annotations

from typing import Any

from accounts.permissions import is_administrator


def can_import_laws(user: Any) -> bool:
    """Whether `user` may upload laws and apply them."""
    return is_administrator(user)


def can_review_citations(user: Any) -> bool:
    """Whether `user` may say of what cites a changed article that it was reviewed."""
    return bool(user.is_active and user.has_perm("library.change_citationreview"))


def can_publish_documents(user: Any) -> bool:
    """Whether `user` may publish versions of the zone's documents, and withdraw documents."""
    return bool(user.is_active and user.has_perm("library.add_documentversion"))
