"""Finding instructors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from .models import Instructor

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


def instructor_of(user: User | AnonymousUser) -> Instructor | None:
    """Return the instructor that `user` signs in as, or None; also one who no longer teaches."""
    person_id = getattr(user, "person_id", None)
    if person_id is None:
        return None
    return Instructor.objects.filter(person_id=person_id).first()


def active_instructors() -> QuerySet[Instructor]:
    """Return those who teach, with their people, by name."""
    return Instructor.objects.filter(is_active=True).select_related("person")
