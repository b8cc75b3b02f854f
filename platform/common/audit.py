"""The audit trail: one function writes it, everybody calls it inside the transaction of the change."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model

from .models import AuditEntry


def audit(action: str, *, obj: Model | None = None, by: AbstractBaseUser | None = None, **data: Any) -> AuditEntry:
    """Record that `by` (None: the platform itself) did `action` to `obj`.

    `action` is dotted and in the past tense, such as `enrolment.confirmed`. `data` must be JSON and hold
    no more personal data than the change needs.
    """
    return AuditEntry.objects.create(
        action=action,
        actor_id=by.pk if by is not None else None,
        actor_label=str(by)[:200] if by is not None else "",
        object_type=obj._meta.label if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_label=str(obj)[:250] if obj is not None else "",
        data=data,
    )
