"""The mail backend of Django and Wagtail: what they send becomes rows of the outbox, like everything else."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from .services import queue_email


class OutboxBackend(BaseEmailBackend):
    """Queue instead of sending, for instance Wagtail's word that a page waits for review."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue one message per recipient; return how many mails were taken."""
        for email in email_messages:
            queue_email(email=email)
        return len(email_messages)
