"""Writes of the library's documents: versions are published whole or not at all, and never changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from celery import current_app
from django.core.files.base import File
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _
from modelsearch import index

from accounts.models import User
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from common.file_types import check_file, extension_of
from common.templatetags.common_tags import rocdate

from ..documents import versions_of, words_of
from ..enums import EDITABLE_FORMATS, DocumentKind, FileFormat
from ..models import (
    ControlPoint,
    DocumentFile,
    DocumentVersion,
    Law,
    LibraryDocument,
    ProcurementTask,
)
from ..references import WALL
from ..reviews import open_reviews_of
from ..signals import document_published
from .citations import drop_citations, sync_citations
from .reviews import close_review, drop_reviews

KINDS_TO_FILL_IN = (DocumentKind.TEMPLATE, DocumentKind.FORM)
"""What agencies adapt or fill in: it must be offered in an editable ODF format."""

BESIDE = {FileFormat.DOCX: FileFormat.ODT, FileFormat.XLSX: FileFormat.ODS}
"""A file of another office format may only stand beside the same document in ODF."""

_LABEL = re.compile(r"[0-9][0-9A-Za-z._-]{0,19}")


@dataclass(frozen=True)
class Point:
    """One control point as it is published: the step, what is looked at, and the rule it follows."""

    step: str
    control: str
    basis: str = ""


def publish_version(
    *,
    document: LibraryDocument,
    label: str,
    effective_from: date,
    changes: str,
    law_as_of: date | None = None,
    files: Iterable[File] = (),
    control_points: Iterable[Point] = (),
    by: User | None,
) -> DocumentVersion:
    """Publish a version of `document` with its files (each named; its extension is its format) and control points.

    From `effective_from` on it stands at the document's stable address; a later day makes it a coming version.
    The same version with the same files, published again (a double click), is returned as it is. Citations and the
    search index follow; `document_published` is sent after the commit, and subscribers are told as soon as the
    version is in force. Nothing is left in the storage when anything is refused.

    Raises DomainError: `withdrawn`, `label`, `no_changes`, `empty_version` (neither file nor control point),
    `file_*` as `check_file` says, `file_twice`, `not_odf` (see `KINDS_TO_FILL_IN` and `BESIDE`), `point`,
    `label_taken` (another version of this name), `day_taken` (another version from this day on).
    """
    files, points = list(files), list(control_points)
    label, changes = label.strip(), changes.strip()
    _refuse_incomplete(label, changes, files, points)
    formats = check_files(kind=document.kind, files=files)
    stored: list[DocumentFile] = []
    kept: DocumentVersion | None = None
    version = DocumentVersion(
        document=document, label=label, effective_from=effective_from, changes=changes, law_as_of=law_as_of,
        published_by=by,
    )  # fmt: skip
    try:
        for file, file_format in zip(files, formats, strict=True):
            stored.append(_store(file, file_format))  # may take long: before the transaction, not in it
        with transaction.atomic():
            document = LibraryDocument.objects.select_for_update().get(pk=document.pk)
            _refuse_withdrawn(document)
            kept = _same_version(version, stored, points)
            if kept is None:
                _refuse_taken_day(document, effective_from)
                version.save()
                for row in stored:
                    row.version = version
                    row.save()
                _save_points(version, points)
                audit(
                    "document.published", obj=document, by=by, label=label, effective_from=effective_from.isoformat(),
                    formats=sorted(formats), control_points=len(points),
                )  # fmt: skip
                refresh_document(document=document)
                if effective_from <= timezone.localdate():
                    settle_reviews(version=version)
                after_commit(document_published.send_robust, sender=DocumentVersion, version=version)
                if effective_from <= timezone.localdate():
                    after_commit(
                        current_app.send_task, "library.announce_version", args=[version.pk], ignore_result=True
                    )
                kept = version
    finally:
        if kept is not version:  # no file without its row
            for row in stored:
                row.file.storage.delete(str(row.file.name))
    return kept


def check_files(*, kind: str, files: Sequence[File]) -> list[FileFormat]:
    """Return the formats of `files`, in order, when a document of this `kind` may be published with them.

    Model documents and forms, which agencies adapt or fill in, need an editable ODF file; a .docx stands only
    beside an .odt, an .xlsx only beside an .ods. What is only read (manuals, directions, procedures) may be PDF
    alone. Raises DomainError as `publish_version` says; its message names the file.
    """
    formats: list[FileFormat] = []
    for file in files:
        file_format = check_one_file(file)
        if file_format in formats:
            raise DomainError(
                _("There are two .%(format)s files; a version has one file of each format.") % {"format": file_format},
                code="file_twice",
            )
        formats.append(file_format)
    for other, editable in BESIDE.items():
        if other in formats and editable not in formats:
            raise DomainError(
                _("A .%(other)s file stands only beside the same document as .%(editable)s.")
                % {"other": other, "editable": editable},
                code="not_odf",
            )
    if kind in KINDS_TO_FILL_IN and files and not set(formats) & set(EDITABLE_FORMATS):
        raise DomainError(
            _("This document is filled in or adapted by others: please add it as .odt, .ods or .odp."), code="not_odf"
        )
    return formats


def check_one_file(file: File) -> FileFormat:
    """Return the format of `file`, or raise DomainError (`file_*`) saying which file, and what was expected."""
    name = file.name or ""
    extension = extension_of(name)
    if extension not in FileFormat.values:
        raise DomainError(
            _("%(name)s: documents are published as %(formats)s.")
            % {"name": name, "formats": ", ".join(f".{value}" for value in FileFormat.values)},
            code="file_format",
        )
    try:
        check_file(file)
    except DomainError as refusal:
        raise DomainError(f"{name}: {refusal}", code=refusal.code) from refusal
    return FileFormat(extension)


def save_document(
    *, document: LibraryDocument, tasks: Iterable[ProcurementTask], laws: Iterable[Law], by: User | None
) -> LibraryDocument:
    """Save what a document is called, whom it serves and which laws it follows; new or known.

    Raises DomainError `address_fixed`: once a version is published, its address stays for good.
    """
    with transaction.atomic():
        before = LibraryDocument.objects.select_for_update().filter(pk=document.pk).first()
        if before is not None and before.slug != document.slug and before.versions.exists():
            raise DomainError(_("The address stays: others have linked to it."), code="address_fixed")
        document.save()
        document.tasks.set(tasks)
        document.laws.set(laws)
        audit("document.changed" if before else "document.created", obj=document, by=by, slug=document.slug)
    return document


def withdraw_document(*, document: LibraryDocument, by: User | None, on: date | None = None) -> LibraryDocument:
    """Withdraw `document` from a day (today) on: its page stays and says so, its files are kept but not offered.

    Withdrawing again changes nothing.
    """
    with transaction.atomic():
        document = LibraryDocument.objects.select_for_update().get(pk=document.pk)
        if document.withdrawn_on is None:
            document.withdrawn_on = on or timezone.localdate()
            document.save(update_fields=["withdrawn_on"])
            audit("document.withdrawn", obj=document, by=by, on=document.withdrawn_on.isoformat())
            refresh_document(document=document)
    return document


def restore_document(*, document: LibraryDocument, by: User | None) -> LibraryDocument:
    """Take a withdrawal back: the document is offered again. Where there is none, nothing changes."""
    with transaction.atomic():
        document = LibraryDocument.objects.select_for_update().get(pk=document.pk)
        if document.withdrawn_on is not None:
            document.withdrawn_on = None
            document.save(update_fields=["withdrawn_on"])
            audit("document.restored", obj=document, by=by)
            refresh_document(document=document)
    return document


def refresh_document(*, document: LibraryDocument) -> None:
    """Let the citations and the search entry of `document` be what is in force today, or will be.

    A withdrawn document cites nothing. To be called on the day when a version comes into force, too.
    """
    today = timezone.localdate()
    if document.withdrawn_on is not None and document.withdrawn_on <= today:
        drop_citations(document)
        drop_reviews(document)
    else:
        shown = [version for version in versions_of(document) if not _is_over(version, today)]
        sync_citations(document, words_of(shown).replace("\n", WALL))
    index.insert_or_update_object(LibraryDocument.objects.get(pk=document.pk))


def settle_reviews(*, version: DocumentVersion) -> None:
    """Close the reviews that `version`, now in force, answers: of articles changed up to the day whose law it follows.

    Whoever published it is said to have reviewed; without a name, or without the day, the reviews stay open.
    """
    if version.law_as_of is None or version.published_by is None:
        return
    for review in open_reviews_of(version.document):
        if review.version.law_version.amended_on <= version.law_as_of:
            note = _("Version %(label)s was published and follows the law as of %(day)s.") % {
                "label": version.label, "day": rocdate(version.law_as_of),
            }  # fmt: skip
            close_review(review=review, note=note, by=version.published_by)


def _refuse_incomplete(label: str, changes: str, files: Sequence[File], points: Sequence[Point]) -> None:
    if not _LABEL.fullmatch(label):
        raise DomainError(
            _("A version is named like 115.1: a digit first, then digits, letters, full stops or hyphens."),
            code="label",
        )
    if not changes:
        raise DomainError(_("Please say what changed and why; subscribers read it."), code="no_changes")
    if not files and not points:
        raise DomainError(_("A version needs a file or a control point."), code="empty_version")
    for point in points:
        if not point.step.strip() or not point.control.strip():
            raise DomainError(_("A control point needs its step and what is looked at."), code="point")


def _refuse_withdrawn(document: LibraryDocument) -> None:
    if document.withdrawn_on is not None:
        raise DomainError(
            _("This document was withdrawn; put it back before you publish a new version."), code="withdrawn"
        )


def _refuse_taken_day(document: LibraryDocument, day: date) -> None:
    if document.versions.filter(effective_from=day).exists():
        raise DomainError(_("There is already a version in force from this day on."), code="day_taken")


def _store(file: File, file_format: FileFormat) -> DocumentFile:
    """Write `file` into the storage, in pieces."""
    row = DocumentFile(format=file_format, size=file.size or 0)
    row.file.save(file.name or f"file.{file_format}", file, save=False)
    return row


def _save_points(version: DocumentVersion, points: Sequence[Point]) -> None:
    ControlPoint.objects.bulk_create(
        ControlPoint(
            version=version, order=order, step=point.step.strip(), control=point.control.strip(),
            basis=point.basis.strip(),
        )
        for order, point in enumerate(points, start=1)
    )  # fmt: skip


def _same_version(
    wanted: DocumentVersion, stored: Sequence[DocumentFile], points: Sequence[Point]
) -> DocumentVersion | None:
    """Return the version of this name when it is the very same; raise DomainError when it is another."""
    other = wanted.document.versions.filter(label=wanted.label).first()
    if other is None:
        return None
    fields = ("effective_from", "changes", "law_as_of")
    same_facts = all(getattr(other, field) == getattr(wanted, field) for field in fields)
    published = [(point.step, point.control, point.basis) for point in ControlPoint.objects.filter(version=other)]
    same_points = published == [(p.step.strip(), p.control.strip(), p.basis.strip()) for p in points]
    if same_facts and same_points and _same_files(list(other.files.all()), stored):
        return other
    raise DomainError(_("There is already a version of this name."), code="label_taken")


def _same_files(published: Sequence[DocumentFile], stored: Sequence[DocumentFile]) -> bool:
    ours = {row.format: row for row in stored}
    return {row.format for row in published} == ours.keys() and all(
        row.size == ours[row.format].size and _same_content(row.file, ours[row.format].file) for row in published
    )


def _same_content(one: FieldFile, other: FieldFile) -> bool:
    with one.storage.open(str(one.name)) as left, other.storage.open(str(other.name)) as right:
        return all(a == b for a, b in zip(left.chunks(), right.chunks(), strict=False))


def _is_over(version: DocumentVersion, today: date) -> bool:
    superseded_on: date | None = version.superseded_on  # type: ignore[attr-defined]  # set by versions_of
    return superseded_on is not None and superseded_on <= today
