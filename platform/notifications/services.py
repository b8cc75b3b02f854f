"""Every write to the outbox: a message is a row with a state before it is an e-mail.

    queued → sending → sent
                     ↘ queued again (later each time) → … → failed

One conditional UPDATE moves a message from queued to sending; only the worker whose UPDATE changed the
row sends it, on PostgreSQL as on SQLite, however often the task arrives.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Person, User
from common.audit import audit
from common.errors import DomainError

from .enums import MessageState
from .models import Message

MAX_ATTEMPTS = 6
"""After so many refusals by the mail server a message is failed; a person may queue it again."""

FIRST_DELAY = timedelta(minutes=1)
"""The wait after the first refusal; every further one doubles it."""

STALE_AFTER = timedelta(minutes=10)
"""A message that has been `sending` for longer belongs to a worker that was killed."""

KEPT_FOR = timedelta(days=3)
"""An older message is not sent any more: a link or a date of last week would only confuse."""

_LINK = re.compile(r"https?://[^\s<>\"]+")


def queue_message(
    *,
    kind: str,
    to: str,
    template: str,
    context: Mapping[str, Any],
    person: Person | None = None,
    language: str = "zh-hant",
    attachments: list[dict[str, str]] | None = None,
    is_secret: bool = False,
) -> Message:
    """Write one e-mail into the outbox and have it delivered once the transaction is committed.

    `kind` is dotted and in the past tense, such as `enrolment.confirmed`. `template` names three files
    under `templates/emails/`: `<template>.txt`, `<template>.html` and `<template>_subject.txt`; without
    a slash it lies in the folder of the app that `kind` begins with. They are rendered in `language`
    with `context` and `site_url`, `site_name`, `organisation`, `phone_number`, `language`, `subject`, and for a
    person without an account `signup_url`, which the foot of the message shows (registering with the address it
    came to finds them on record);
    text parts are not HTML-escaped. `attachments` are {"name", "mimetype", "text"}. `is_secret` is for
    links that sign somebody in: such a body is shown to nobody and emptied once sent.
    """
    base = "emails/" + (template if "/" in template else f"{kind.partition('.')[0]}/{template}")
    with translation.override(language):
        values = {
            **context,
            "language": language,
            "site_url": settings.SITE_URL,
            "site_name": settings.SITE_NAME,
            "organisation": str(settings.ORGANISATION),
            "phone_number": settings.PHONE_NUMBER,
            "signup_url": _signup_url(person),
        }
        subject = " ".join(_render(f"{base}_subject.txt", values, escape=False).split())[:250]
        values["subject"] = subject
        text = _render(f"{base}.txt", values, escape=False).strip() + "\n"
        html = _render(f"{base}.html", values, escape=True)
    message = Message.objects.create(
        kind=kind,
        person=person,
        to=to,
        language=language,
        subject=subject,
        text=text,
        html=html,
        attachments=attachments or [],
        is_secret=is_secret,
    )
    _send_on_commit(message)
    return message


def _signup_url(person: Person | None) -> str:
    """Return where `person` registers; "" for somebody who has an account, or is not on record."""
    if person is None or User.objects.filter(person=person).exists():
        return ""
    return settings.SITE_URL.rstrip("/") + reverse("account_signup")


def queue_email(*, email: EmailMessage) -> list[Message]:
    """Write a mail that Django or Wagtail composed into the outbox, one message per recipient."""
    html = next(
        (str(body) for body, mimetype in getattr(email, "alternatives", []) if mimetype == "text/html"),
        "",
    )
    messages = [
        Message.objects.create(
            kind="website.mail",
            to=address,
            language=translation.get_language() or settings.LANGUAGE_CODE,
            subject=" ".join(str(email.subject).split())[:250],
            text=str(email.body),
            html=html,
        )
        for address in email.recipients()
    ]
    for message in messages:
        _send_on_commit(message)
    return messages


def deliver_message(*, message_id: int) -> MessageState | None:
    """Send one message, unless another worker has it, it is not due, or no mail server is configured.

    Returns the state the message is in afterwards: `sent`, `failed`, or `queued` when the server refused
    and it is to be tried again at `due_at`. Returns None when there was nothing to do. Runs outside any
    transaction while it talks to the server.
    """
    if not settings.EMAIL_CONFIGURED:
        return None
    if not _claim(message_id):
        return None
    message = Message.objects.get(pk=message_id)
    try:
        _as_email(message).send()
    except (OSError, ValueError) as refusal:  # every error of smtplib is an OSError; a bad header is a ValueError
        return _note_refusal(message, refusal)
    return _note_sent(message)


def sweep_outbox() -> list[int]:
    """Set right what killed workers and lost tasks left behind; return the numbers of messages to deliver.

    Messages stuck in `sending` go back to `queued` (or to `failed` after the last attempt), queued ones
    that are older than `KEPT_FOR` are failed, and whatever is due is named to the caller, oldest first.
    """
    if not settings.EMAIL_CONFIGURED:
        return []
    now = timezone.now()
    stuck = Message.objects.filter(state=MessageState.SENDING, changed_at__lt=now - STALE_AFTER)
    stuck.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=MessageState.FAILED, error=_("The worker was stopped while sending."), changed_at=now
    )
    stuck.update(state=MessageState.QUEUED, due_at=now, changed_at=now)
    Message.objects.filter(state=MessageState.QUEUED, created_at__lt=now - KEPT_FOR, attempts=0).update(
        state=MessageState.FAILED, error=_("Too old to be sent."), changed_at=now
    )
    due = Message.objects.filter(state=MessageState.QUEUED, due_at__lte=now)
    return list(due.order_by("pk").values_list("pk", flat=True)[:1000])


@transaction.atomic
def retry_message(*, message: Message, by: User) -> Message:
    """Queue a failed message again, with all its attempts. Raises DomainError when it is not failed."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state != MessageState.FAILED:
        raise DomainError(_("Only a failed message can be sent again."), code="message-not-failed")
    now = timezone.now()
    message.state = MessageState.QUEUED
    message.attempts = 1  # not 0: a person decided, so its age no longer matters
    message.error = ""
    message.due_at = now
    message.save(update_fields=["state", "attempts", "error", "due_at", "changed_at"])
    audit("message.retried", obj=message, by=by, kind=message.kind)
    if settings.EMAIL_CONFIGURED:
        _send_task_on_commit(message.pk)
    return message


def back_off(attempts: int) -> timedelta:
    """Return how long to wait after `attempts` refusals: 1, 2, 4, 8, 16 … minutes."""
    return FIRST_DELAY * 2 ** (attempts - 1)


def _render(name: str, values: dict[str, Any], *, escape: bool) -> str:
    template = get_template(name)
    return template.template.render(Context(values, autoescape=escape))  # type: ignore[attr-defined]  # Django's own engine


def _send_task_on_commit(message_id: int) -> None:
    def send() -> None:
        current_app.send_task("notifications.deliver_message", args=[message_id], ignore_result=True)

    # robust: if the broker is away the row stays, and the sweep delivers it
    transaction.on_commit(send, robust=True)


def _send_on_commit(message: Message) -> None:
    if settings.EMAIL_CONFIGURED:
        _send_task_on_commit(message.pk)
    elif settings.PRINT_MAIL_LINKS:
        transaction.on_commit(lambda: _print_links(message), robust=True)


def _print_links(message: Message) -> None:
    links = [link for link in _LINK.findall(message.text) if link != settings.SITE_URL]  # the signature names the site
    if links:
        sys.stdout.write("".join(f"[outbox] {message.kind} {message.to}: {link}\n" for link in links))
        sys.stdout.flush()


def _claim(message_id: int) -> bool:
    """Take a due message for this worker alone: the database lets one of many UPDATEs change the row."""
    now = timezone.now()
    changed = Message.objects.filter(pk=message_id, state=MessageState.QUEUED, due_at__lte=now).update(
        state=MessageState.SENDING, attempts=F("attempts") + 1, changed_at=now
    )
    return changed == 1


def _as_email(message: Message) -> EmailMultiAlternatives:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.to],
        connection=get_connection(settings.DELIVERY_EMAIL_BACKEND),
        headers={
            "Message-ID": f"<outbox-{message.pk}@{host}>",  # the same on every attempt: a server can drop a double
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    )
    if message.html:
        email.attach_alternative(message.html, "text/html")
    for attachment in message.attachments:
        email.attach(attachment["name"], attachment["text"], attachment["mimetype"])
    return email


def _note_sent(message: Message) -> MessageState:
    message.state = MessageState.SENT
    message.sent_at = timezone.now()
    message.error = ""
    if message.is_secret:
        message.text = message.html = ""
        message.attachments = []
    message.save(update_fields=["state", "sent_at", "error", "text", "html", "attachments", "changed_at"])
    return MessageState.SENT


def _note_refusal(message: Message, refusal: Exception) -> MessageState:
    hopeless = isinstance(refusal, SMTPRecipientsRefused) and all(
        code >= 500 for code, _reply in refusal.recipients.values()
    )
    message.error = f"{type(refusal).__name__}: {refusal}"[:250]
    if hopeless or message.attempts >= MAX_ATTEMPTS:
        message.state = MessageState.FAILED
    else:
        message.state = MessageState.QUEUED
        message.due_at = timezone.now() + back_off(message.attempts)
    message.save(update_fields=["state", "error", "due_at", "changed_at"])
    return MessageState(message.state)
