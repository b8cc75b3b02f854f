"""Reads of the outbox."""

from django.db.models import QuerySet

from .enums import MessageState
from .models import Message


def failed_messages() -> QuerySet[Message]:
    """Return the messages that the mail server refused for good; a person decides what happens to them."""
    return Message.objects.filter(state=MessageState.FAILED)
