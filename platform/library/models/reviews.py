"""What has to be read again because an article it cites was changed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .laws import Article, ArticleVersion


class CitationReview(models.Model):
    """Something cites an article whose official words have changed; somebody must say whether it still holds.

    Opened by `services.open_reviews` within an import of laws, closed by `services.close_review` only. While
    one is open, the page says so to its readers. Nothing is opened for the first words of an article, nor for
    an older text that comes in later.
    """

    article = models.ForeignKey(Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="reviews")
    version = models.ForeignKey(
        ArticleVersion, verbose_name=_("changed words"), on_delete=models.CASCADE, related_name="reviews"
    )
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.BigIntegerField()
    citing = GenericForeignKey("content_type", "object_id")
    opened_at = models.DateTimeField(_("listed at"), auto_now_add=True)
    closed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reviewed by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    note = models.CharField(_("what was done"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("review after a change of law")
        verbose_name_plural = _("reviews after changes of law")
        ordering = ["-opened_at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id", "closed_at"], name="citation_review_citing")]
        constraints = [
            models.UniqueConstraint(fields=["version", "content_type", "object_id"], name="citation_review_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | ~Q(note=""), name="citation_review_says_what_was_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} ← {self.content_type_id}:{self.object_id}"
