"""The procurement zone: its pages, documents with versions, tasks."""

import datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from library.enums import DocumentKind
from library.models import (
    AnnouncementIndexPage,
    AnnouncementPage,
    DocumentVersion,
    LibraryDocument,
    ProcurementTask,
    ZonePage,
)
from tests.factories.website import publish
from website.services import ensure_site, ensure_translations


class ProcurementTaskFactory(DjangoModelFactory[ProcurementTask]):
    class Meta:
        model = ProcurementTask

    slug = factory.Sequence(lambda n: f"task-{n}")
    name = factory.Sequence(lambda n: f"主題{n}")
    name_en = factory.Sequence(lambda n: f"Task {n}")


class LibraryDocumentFactory(DjangoModelFactory[LibraryDocument]):
    class Meta:
        model = LibraryDocument

    slug = factory.Sequence(lambda n: f"document-{n}")
    title = factory.Sequence(lambda n: f"文件{n}")
    title_en = factory.Sequence(lambda n: f"Document {n}")
    kind = DocumentKind.MANUAL


class DocumentVersionFactory(DjangoModelFactory[DocumentVersion]):
    class Meta:
        model = DocumentVersion

    document = factory.SubFactory(LibraryDocumentFactory)
    label = factory.Sequence(lambda n: f"115.{n}")
    effective_from = datetime.date(2026, 1, 1)
    changes = "更新"


def announcement_index() -> AnnouncementIndexPage:
    """The zone with its list of announcements, published, in both languages."""
    zone = publish(ensure_site(), ZonePage(title="採購專區", slug="zone"))
    index: AnnouncementIndexPage = publish(zone, AnnouncementIndexPage(title="公告", slug="announcements"))
    ensure_translations(page=index)
    return index


def announcement(index: AnnouncementIndexPage, title: str, **fields: Any) -> AnnouncementPage:
    """A published announcement of today, with its alias in the other language."""
    page: AnnouncementPage = publish(index, AnnouncementPage(**{"title": title, "summary": "摘要", **fields}))
    ensure_translations(page=page)
    return page
