"""Reads of the library's documents: which version is in force, and what stands in the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.utils import timezone
from modelsearch.backends import get_search_backend

from .enums import DocumentKind
from .models import DocumentSubscription, DocumentVersion, LibraryDocument


def current_version_of(document: LibraryDocument, on: date | None = None) -> DocumentVersion | None:
    """Return the version in force `on` a day (today): the newest that begins on it or earlier.

    None before the first one is in force, and for a document that was withdrawn by then. A document from
    `documents_listed` asked for the day of its list answers without a query.
    """
    day = on or timezone.localdate()
    if document.withdrawn_on is not None and document.withdrawn_on <= day:
        return None
    listed = getattr(document, "in_force", None)
    if listed is not None and on is None:
        return listed[0] if listed else None
    return (
        document.versions.filter(effective_from__lte=day)
        .order_by("-effective_from", "-pk")
        .prefetch_related("files", "control_points")
        .first()
    )


def documents_listed(
    *, kind: str = "", query: str = "", day: date | None = None, withdrawn: bool = False
) -> QuerySet[LibraryDocument]:
    """Return the documents that readers see, each with its version in force `on` the day as `in_force[0]`.

    Those that never had a version are not there, nor are withdrawn ones unless asked for. `query` searches titles,
    summaries and the words in force. By kind, then as the editors have ordered them. The number of queries does not
    depend on how many there are.
    """
    day = day or timezone.localdate()
    documents = LibraryDocument.objects.filter(Exists(DocumentVersion.objects.filter(document=OuterRef("pk"))))
    if not withdrawn:
        documents = documents.filter(Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=day))
    if kind:
        documents = documents.filter(kind=kind)
    if query:
        documents = documents.filter(pk__in=_found(query))
    documents = with_current_version(documents.select_related("subject"), day)
    places = [When(kind=kind, then=Value(place)) for place, kind in enumerate(DocumentKind)]
    return documents.order_by(Case(*places), "order", "title")


def documents_found(query: str) -> list[LibraryDocument]:
    """Return the documents that readers see and that match `query`, best first, as `documents_listed` does."""
    ids = _found(query)
    listed = {document.pk: document for document in documents_listed().filter(pk__in=ids)}
    return [listed[pk] for pk in ids if pk in listed]


def with_current_version(documents: QuerySet[LibraryDocument], day: date | None = None) -> QuerySet[LibraryDocument]:
    """Let each of `documents` carry its version in force on `day` (today), as `in_force[0]`, in three queries."""
    newest = DocumentVersion.objects.filter(effective_from__lte=day or timezone.localdate())
    current = newest.filter(document=OuterRef("document")).order_by("-effective_from", "-pk").values("pk")[:1]
    in_force = DocumentVersion.objects.filter(pk=Subquery(current)).prefetch_related("files", "control_points")
    return documents.prefetch_related(Prefetch("versions", in_force, to_attr="in_force"))


def _found(query: str) -> list[int]:
    return [document.pk for document in get_search_backend().search(query, LibraryDocument, operator="and")]


def versions_of(document: LibraryDocument) -> list[DocumentVersion]:
    """Return all versions of a document, the newest first, with their files and control points, in three queries.

    Each has `superseded_on`: the day on which the next one came (or comes) into force, None for the newest.
    """
    versions = list(document.versions.order_by("-effective_from", "-pk").prefetch_related("files", "control_points"))
    following: DocumentVersion | None = None
    for version in versions:
        version.superseded_on = following.effective_from if following else None  # type: ignore[attr-defined]
        following = version
    return versions


def is_subscribed(user: Any, document: LibraryDocument | None) -> bool:
    """Whether `user` has subscribed to `document` itself (None: to all of them)."""
    return user.is_authenticated and DocumentSubscription.objects.filter(user=user, document=document).exists()


def subscriptions_of(user: Any) -> QuerySet[DocumentSubscription]:
    """Return what `user` is told of, all documents first."""
    return (
        DocumentSubscription.objects.filter(user=user)
        .select_related("document")
        .order_by(F("document__title").asc(nulls_first=True))
    )


def versions_to_announce(day: date | None = None) -> QuerySet[DocumentVersion]:
    """Return the versions in force by `day` (today) whose subscribers have not all been told, the oldest first."""
    day = day or timezone.localdate()
    return DocumentVersion.objects.filter(announced_at__isnull=True, effective_from__lte=day).order_by(
        "effective_from", "pk"
    )


def words_of(versions: Iterable[DocumentVersion]) -> str:
    """Return the words of `versions` in which articles of law may be named."""
    pieces: list[str] = []
    for version in versions:
        pieces.append(version.changes)
        for point in version.control_points.all():
            pieces += [point.step, point.control, point.basis]
    return "\n".join(pieces)
