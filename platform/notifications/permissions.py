"""Who may read the outbox."""

from typing import Any

from django.conf import settings

from accounts.permissions import is_administrator

from .models import Message


def can_view_outbox(user: Any) -> bool:
    """Whether `user` may read the outbox and send failed messages again."""
    return is_administrator(user)


def can_read_body(user: Any, message: Message) -> bool:
    """Whether `user` may read what `message` says.

    Links that sign somebody in are for their reader alone. Only where no mail server is configured, so that
    nobody would ever get them, the administrator hands them on.
    """
    return can_view_outbox(user) and (not message.is_secret or not settings.EMAIL_CONFIGURED)
