"""Writes of citations: who cites which article."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model

from ..models import Article, Citation
from ..names import read_names
from ..references import Reference, find_references


def sync_citations(obj: Model, text: str, *, quoted: Iterable[Article] = ()) -> None:
    """Let the citations of `obj` be exactly the articles that its plain `text` names and those `quoted`."""
    wanted = {(reference.article_id, reference.paragraph) for reference in _known(find_references(text, read_names()))}
    wanted |= {(article.pk, 0) for article in quoted}
    content_type = ContentType.objects.get_for_model(obj)
    with transaction.atomic():
        existing = {
            (citation.article_id, citation.paragraph): citation.pk
            for citation in Citation.objects.filter(content_type=content_type, object_id=obj.pk)
        }
        Citation.objects.filter(pk__in=[pk for key, pk in existing.items() if key not in wanted]).delete()
        Citation.objects.bulk_create(
            Citation(article_id=article_id, content_type=content_type, object_id=obj.pk, paragraph=paragraph)
            for article_id, paragraph in sorted(wanted - existing.keys())
        )


def drop_citations(obj: Model) -> None:
    """Forget what `obj` cites: it is no longer to be read."""
    Citation.objects.filter(content_type=ContentType.objects.get_for_model(obj), object_id=obj.pk).delete()


def _known(references: Iterable[Reference]) -> list[Reference]:
    return [reference for reference in references if reference.article_id]
