"""What the workers do with the outbox."""

from typing import Any

from celery import Task, shared_task

from . import services
from .enums import MessageState
from .models import Message


@shared_task(bind=True, name="notifications.deliver_message", acks_late=True, max_retries=services.MAX_ATTEMPTS)
def deliver_message(self: "Task[Any, Any]", message_id: int) -> None:
    """Send one message; when the mail server refuses, come back at the time its row says."""
    if services.deliver_message(message_id=message_id) == MessageState.QUEUED:
        attempts = Message.objects.values_list("attempts", flat=True).get(pk=message_id)
        raise self.retry(countdown=services.back_off(attempts).total_seconds() + 1)


@shared_task(name="notifications.sweep_outbox")
def sweep_outbox() -> None:
    """Send again what a killed worker or a lost task left lying."""
    for message_id in services.sweep_outbox():
        deliver_message.delay(message_id)
