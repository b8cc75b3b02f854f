"""The outbox."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person

from .enums import MessageState


class Message(models.Model):
    """One e-mail as a row, before and after it is sent.

    Queued by `services.queue_message`, moved by `services.deliver_message` only. `attachments` is a
    list of {"name", "mimetype", "text"}. The bodies of `is_secret` messages (they carry links that
    sign somebody in) are emptied once sent.
    """

    kind = models.CharField(_("kind"), max_length=80, db_index=True)
    person = models.ForeignKey(
        Person, verbose_name=_("person"), null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    to = models.EmailField(pgettext_lazy("e-mail", "to"))
    language = models.CharField(_("language"), max_length=10, default="zh-hant")
    subject = models.CharField(pgettext_lazy("e-mail", "subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    attachments = models.JSONField(_("attachments"), default=list, blank=True)
    is_secret = models.BooleanField(_("carries a secret link"), default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=MessageState.choices, default=MessageState.QUEUED, db_index=True
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("not before"), default=timezone.now)
    error = models.CharField(_("last error"), max_length=250, blank=True)
    created_at = models.DateTimeField(_("queued at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject
