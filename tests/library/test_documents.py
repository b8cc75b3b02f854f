"""Versions of documents: published whole or not at all, in force by their day, announced once."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from common.errors import DomainError
from library.enums import DocumentKind
from library.models import Citation, DocumentVersion, LibraryDocument
from library.services import Point, publish_version

POINTS = [Point("擬定需求", "核算採購金額時，將後續擴充所需金額計入。", "採購法第 48 條第 1 項")]
MEGABYTE = 1024 * 1024


def odt(name: str = "範本.odt", text: str = "") -> ContentFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", text)
    return ContentFile(buffer.getvalue(), name=name)


def pdf(name: str = "範本.pdf") -> ContentFile:
    return ContentFile(b"%PDF-1.7\n%%EOF\n", name=name)


@pytest.fixture
def document(db: None) -> LibraryDocument:
    return LibraryDocument.objects.create(slug="instructions", title="投標須知範本", kind=DocumentKind.TEMPLATE)


@pytest.fixture
def media(settings, tmp_path: Path) -> Iterator[Path]:
    settings.MEDIA_ROOT = tmp_path
    yield tmp_path


def publish(document: LibraryDocument, **changed) -> DocumentVersion:
    arguments = {
        "label": "115.1",
        "effective_from": date(2026, 1, 5),
        "changes": "配合採購法第 48 條修正。",
        "law_as_of": date(2025, 12, 1),
        "files": [odt(), pdf()],
        "control_points": POINTS,
        "by": None,
    }
    return publish_version(document=document, **(arguments | changed))


def stored_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_publishing_twice_gives_one_version_and_one_set_of_files(document, act, media):
    first = publish(document)
    assert publish(document) == first
    assert sorted(first.files.values_list("format", flat=True)) == ["odt", "pdf"]
    assert len(stored_files(media)) == 2
    citations = Citation.objects.filter(object_id=document.pk, content_type__model="librarydocument")
    assert set(citations.values_list("article__number", "paragraph")) == {("48", 0), ("48", 1)}


def test_another_version_of_the_same_name_is_refused(document, media):
    publish(document)
    with pytest.raises(DomainError) as refusal:
        publish(document, files=[odt(text="other"), pdf()])
    assert refusal.value.code == "label_taken"
    assert len(stored_files(media)) == 2
