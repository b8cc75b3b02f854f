"""Who wants to be told of new versions of documents, and telling them, each once."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from common.audit import audit
from notifications.services import queue_message

from ..documents import current_version_of
from ..models import DocumentSubscription, DocumentVersion, LibraryDocument
from .documents import refresh_document, settle_reviews

TOLD_TOGETHER = 50
"""So many subscribers are told in one transaction; what a killed worker leaves is taken up after the last of them."""

MESSAGE_KIND = "library.document_published"
LANGUAGE = "zh-hant"


def subscribe(*, user: User, document: LibraryDocument | None) -> DocumentSubscription:
    """Let `user` be told of new versions of `document` (None: of every document); idempotent."""
    with transaction.atomic():
        subscription, is_new = DocumentSubscription.objects.get_or_create(user=user, document=document)
        if is_new:
            audit("document.subscribed", obj=document, by=user)
    return subscription


def unsubscribe(*, user: User, document: LibraryDocument | None) -> None:
    """Tell `user` no more of `document` (None: of every document); idempotent."""
    with transaction.atomic():
        deleted, _rows = DocumentSubscription.objects.filter(user=user, document=document).delete()
        if deleted:
            audit("document.unsubscribed", obj=document, by=user)


def announce_version(*, version_id: int) -> int:
    """Tell every subscriber that a version is in force, each once; return how many were told now.

    Each transaction takes the next few subscribers and moves the mark `announced_up_to` with their messages, so
    a worker that is killed leaves neither a gap nor a message twice. Nobody is told of a version that is not yet
    in force, was already superseded when it was published, or whose document is withdrawn.
    """
    told = 0
    while True:
        with transaction.atomic():
            version = (
                DocumentVersion.objects.select_for_update(of=("self",))
                .select_related("document")
                .filter(pk=version_id, announced_at__isnull=True, effective_from__lte=timezone.localdate())
                .first()
            )
            if version is None:
                return told
            is_first = not version.announced_up_to
            if is_first:
                refresh_document(document=version.document)  # a coming version is in force now
                settle_reviews(version=version)
            readers = _next_subscribers(version) if current_version_of(version.document) == version else []
            for user in readers:
                _tell(user, version)
            told += len(readers)
            if readers:
                version.announced_up_to = readers[-1].pk
            if len(readers) < TOLD_TOGETHER:
                version.announced_at = timezone.now()
            version.save(update_fields=["announced_up_to", "announced_at"])


def _next_subscribers(version: DocumentVersion) -> list[User]:
    wanted = DocumentSubscription.objects.filter(Q(document=version.document_id) | Q(document__isnull=True))
    users = User.objects.filter(pk__in=wanted.values("user"), is_active=True, pk__gt=version.announced_up_to)
    return list(users.select_related("person").order_by("pk")[:TOLD_TOGETHER])


def _tell(user: User, version: DocumentVersion) -> None:
    with override(LANGUAGE):
        url = settings.SITE_URL.rstrip("/") + version.document.get_absolute_url()
        subscriptions_url = settings.SITE_URL.rstrip("/") + reverse("library:subscriptions")
    queue_message(
        kind=MESSAGE_KIND,
        to=user.email,
        template="document_published",
        context={
            "name": str(user),
            "document": version.document,
            "version": version,
            "is_first": not version.document.versions.filter(effective_from__lt=version.effective_from).exists(),
            "url": url,
            "subscriptions_url": subscriptions_url,
        },
        person=user.person,
        language=LANGUAGE,
    )
