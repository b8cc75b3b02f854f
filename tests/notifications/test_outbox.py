"""A message is a row before it is an e-mail; it is sent once, tried again, given up loudly, and keeps its secrets."""

import smtplib
import threading
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from common.errors import DomainError
from common.models import AuditEntry
from common.templatetags.common_tags import rocdatetime
from notifications import services, tasks
from notifications.adapters import _NOTICES, _OWN_MAILS
from notifications.backends import OutboxBackend
from notifications.enums import MessageState
from notifications.messages import kind_in_words
from notifications.models import Message
from notifications.services import deliver_message, queue_message, retry_message, sweep_outbox
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

LINK = "https://platform.example.test/accounts/confirm-email/abc/"


def queue(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "kind": "account.email_confirmation_signup",
        "to": "ming@example.test",
        "template": "account/confirm_sign_up",
        "context": {"activate_url": LINK},
    }
    return queue_message(**{**values, **changes})


class RefusingBackend(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


class UnknownRecipientBackend(BaseEmailBackend):
    """A mail server that knows no such mailbox."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({"ming@example.test": (550, b"no such user")})


@pytest.fixture
def server_is_away(settings) -> None:
    settings.DELIVERY_EMAIL_BACKEND = f"{__name__}.RefusingBackend"


class TestQueueing:
    def test_a_message_has_a_text_and_an_html_part_in_its_language(self) -> None:
        chinese, english = queue(), queue(language="en")
        assert (chinese.subject, english.subject) == (
            "請驗證電子郵件，完成註冊", "Verify your e-mail to finish signing up",
        )  # fmt: skip
        for message in (chinese, english):
            assert LINK in message.text
            assert f'href="{LINK}"' in message.html
        assert '<html lang="zh-Hant">' in chinese.html
        assert '<html lang="en">' in english.html

    def test_text_is_not_escaped_and_html_is(self) -> None:
        message = queue(
            kind="accounts.agency_declared", template="agency_declared", context={"name": "A&B<i>", "agency": "局"}
        )
        assert "A&B<i>" in message.text
        assert "A&amp;B&lt;i&gt;" in message.html

    def test_the_task_is_sent_when_the_transaction_is_committed(
        self, django_capture_on_commit_callbacks, celery_calls: list[tuple[str, list[Any]]]
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            message = queue()
            assert celery_calls == []
        assert celery_calls == [("notifications.deliver_message", [message.pk])]

    def test_a_broker_that_is_away_loses_nothing(self, monkeypatch, django_capture_on_commit_callbacks, caplog) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise OSError("no broker")

        monkeypatch.setattr(services.current_app, "send_task", fail)
        with django_capture_on_commit_callbacks(execute=True):
            message = queue()
        assert sweep_outbox() == [message.pk]


@pytest.fixture
def celery_calls(monkeypatch) -> list[tuple[str, list[Any]]]:
    """What was handed to the broker, in the place of a broker."""
    calls: list[tuple[str, list[Any]]] = []
    monkeypatch.setattr(services.current_app, "send_task", lambda name, args, **options: calls.append((name, args)))
    return calls


class TestDelivering:
    def test_a_message_is_sent_once_however_often_the_task_arrives(self) -> None:
        message = queue(attachments=[{"name": "class.ics", "mimetype": "text/calendar", "text": "BEGIN:VCALENDAR"}])
        assert deliver_message(message_id=message.pk) == MessageState.SENT
        assert deliver_message(message_id=message.pk) is None
        (email,) = mail.outbox
        assert (email.to, email.subject) == (["ming@example.test"], message.subject)
        assert email.attachments[0].filename == "class.ics"
        assert email.extra_headers["Message-ID"] == f"<outbox-{message.pk}@localhost>"

    def test_a_message_that_another_worker_has_is_left_to_it(self) -> None:
        message = queue()
        Message.objects.update(state=MessageState.SENDING)
        assert deliver_message(message_id=message.pk) is None
        assert mail.outbox == []

    @pytest.mark.usefixtures("server_is_away")
    def test_a_refused_message_waits_longer_each_time_and_is_failed_at_last(self) -> None:
        message = queue()
        waits = []
        for _attempt in range(services.MAX_ATTEMPTS - 1):
            assert deliver_message(message_id=message.pk) == MessageState.QUEUED
            message.refresh_from_db()
            waits.append(round((message.due_at - timezone.now()) / timedelta(minutes=1)))
            assert deliver_message(message_id=message.pk) is None  # not due yet
            Message.objects.update(due_at=timezone.now())
        assert waits == [1, 2, 4, 8, 16]
        assert deliver_message(message_id=message.pk) == MessageState.FAILED
        message.refresh_from_db()
        assert (message.attempts, message.error) == (
            services.MAX_ATTEMPTS, "SMTPServerDisconnected: Connection unexpectedly closed",
        )  # fmt: skip

    def test_an_unknown_mailbox_is_failed_at_once(self, settings) -> None:
        settings.DELIVERY_EMAIL_BACKEND = f"{__name__}.UnknownRecipientBackend"
        assert deliver_message(message_id=queue().pk) == MessageState.FAILED

    @pytest.mark.usefixtures("server_is_away")
    def test_a_failed_message_is_sent_again_when_a_person_says_so(self, settings) -> None:
        message, by = queue(), UserFactory(roles=[Role.ADMINISTRATOR])
        Message.objects.update(state=MessageState.FAILED, attempts=services.MAX_ATTEMPTS)
        retry_message(message=message, by=by)
        with pytest.raises(DomainError):
            retry_message(message=message, by=by)
        settings.DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert deliver_message(message_id=message.pk) == MessageState.SENT
        assert AuditEntry.objects.get().action == "message.retried"


class TestSweeping:
    def test_what_a_killed_worker_left_is_sent_again(self) -> None:
        message = queue()
        Message.objects.update(state=MessageState.SENDING, attempts=1)
        assert sweep_outbox() == []  # somebody may be at it
        Message.objects.update(changed_at=timezone.now() - services.STALE_AFTER - timedelta(seconds=1))
        assert sweep_outbox() == [message.pk]
        assert deliver_message(message_id=message.pk) == MessageState.SENT

    def test_what_was_too_often_in_vain_or_is_too_old_is_given_up(self) -> None:
        stuck, old = queue(), queue()
        long_ago = timezone.now() - services.KEPT_FOR - timedelta(hours=1)
        Message.objects.filter(pk=stuck.pk).update(
            state=MessageState.SENDING, attempts=services.MAX_ATTEMPTS, changed_at=long_ago
        )
        Message.objects.filter(pk=old.pk).update(created_at=long_ago)
        assert sweep_outbox() == []
        assert list(Message.objects.values_list("state", flat=True)) == [MessageState.FAILED] * 2

    def test_what_is_not_due_waits(self) -> None:
        queue()
        Message.objects.update(due_at=timezone.now() + timedelta(minutes=1))
        assert sweep_outbox() == []


class TestSecrets:
    def test_a_secret_is_forgotten_once_sent(self) -> None:
        message, plain = queue(is_secret=True), queue()
        for each in (message, plain):
            deliver_message(message_id=each.pk)
            each.refresh_from_db()
        assert LINK in mail.outbox[0].body
        assert (message.text, message.html) == ("", "")
        assert LINK in plain.text

    def test_the_back_office_does_not_show_it_where_mail_is_sent(self, client: Client, settings) -> None:
        client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
        secret, plain = queue(is_secret=True), queue()

        def shown(message: Message) -> bool:
            return LINK in client.get(reverse("outbox:inspect", args=[message.pk])).content.decode()

        assert not shown(secret)
        assert shown(plain)
        settings.EMAIL_CONFIGURED = False
        assert shown(secret)


class TestWithoutAMailServer:
    @pytest.fixture(autouse=True)
    def _no_server(self, settings) -> None:
        settings.EMAIL_CONFIGURED = False

    def test_messages_stay_queued(self) -> None:
        message = queue()
        assert deliver_message(message_id=message.pk) is None
        assert sweep_outbox() == []
        message.refresh_from_db()
        assert message.state == MessageState.QUEUED
        assert mail.outbox == []

    def test_the_links_are_printed_where_settings_say_so(
        self, settings, capsys, django_capture_on_commit_callbacks
    ) -> None:
        for wanted in (False, True):
            settings.PRINT_MAIL_LINKS = wanted
            with django_capture_on_commit_callbacks(execute=True):
                queue()
            line = f"[outbox] account.email_confirmation_signup ming@example.test: {LINK}\n"
            assert (line in capsys.readouterr().out) is wanted


def test_every_mail_of_sign_in_that_can_be_sent_is_written() -> None:
    """allauth's own templates are the list; what our settings never send is named here."""
    from pathlib import Path

    import allauth

    never = {
        "account/email/login_code", "account/email/password_reset_code", "account/email/base",
    }  # fmt: skip
    root = Path(allauth.__file__).parent / "templates"
    sent = {str(path.relative_to(root)).removesuffix("_subject.txt") for path in root.glob("*/email/*_subject.txt")}
    assert sent - never == set(_OWN_MAILS) | set(_NOTICES)


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.INSTRUCTOR])
def test_only_administrators_send_again(client: Client, role: Role) -> None:
    message = queue()
    Message.objects.update(state=MessageState.FAILED)
    client.force_login(UserFactory(roles=[role]))
    client.post(reverse("outbox:retry", args=[message.pk]))
    assert Message.objects.get().state == MessageState.FAILED


def test_what_wagtail_sends_takes_the_same_way() -> None:
    email = mail.EmailMultiAlternatives("A page\nwaits", "text", "from@b.test", ["one@b.test"], bcc=["two@b.test"])
    email.attach_alternative("<p>text</p>", "text/html")
    OutboxBackend().send_messages([email])
    assert list(Message.objects.order_by("pk").values_list("kind", "to", "subject", "text", "html")) == [
        ("website.mail", "one@b.test", "A page waits", "text", "<p>text</p>"),
        ("website.mail", "two@b.test", "A page waits", "text", "<p>text</p>"),
    ]
    assert mail.outbox == []


@pytest.mark.usefixtures("server_is_away")
def test_the_task_comes_back_when_the_row_says_so() -> None:
    message = queue()
    with pytest.raises(Retry):
        tasks.deliver_message(message.pk)
    tasks.deliver_message(message.pk)  # too early: nothing happens
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.QUEUED, 1)


def deliver_at_once(message: Message, workers: int = 8) -> list[MessageState | None]:
    """Let several workers, each with its own connection, deliver the same message at the same moment."""
    barrier, results = threading.Barrier(workers), []

    def work() -> None:
        barrier.wait(timeout=20)
        try:
            results.append(deliver_message(message_id=message.pk))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_send_one_mail() -> None:
    results = deliver_at_once(queue())
    assert sorted(results, key=str) == [None] * 7 + [MessageState.SENT]
    assert len(mail.outbox) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_claim_they_would_send_several(monkeypatch) -> None:
    """The control: looking first and writing afterwards is not enough."""
    looked = threading.Barrier(8)

    def look_then_write(message_id: int) -> bool:
        is_queued = Message.objects.get(pk=message_id).state == MessageState.QUEUED
        looked.wait(timeout=20)
        Message.objects.filter(pk=message_id).update(state=MessageState.SENDING)
        return is_queued

    monkeypatch.setattr(services, "_claim", look_then_write)
    deliver_at_once(queue())
    assert len(mail.outbox) == 8


def test_the_outbox_tells_one_time_in_the_readers_calendar_and_kinds_in_words(client):
    message = queue()
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    pages = [client.get(reverse("outbox:index")), client.get(reverse("outbox:inspect", args=[message.pk]))]
    for page in pages:
        shown = page.content.decode()
        assert rocdatetime(message.created_at) in shown
        assert "註冊時確認電子郵件" in shown
    values = {str(field["value"]) for field in pages[1].context["fields"]}
    assert not values & {"None", message.kind}


def test_every_kind_of_message_that_is_sent_has_words():
    kinds = {prefix.replace("/email/", ".") for prefix in (*_NOTICES, *_OWN_MAILS)}
    assert {kind for kind in kinds if kind_in_words(kind) == kind} == set()
