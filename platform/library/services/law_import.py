"""Writes of uploaded laws: kept for a preview, applied all or nothing, or put aside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.audit import audit
from common.errors import DomainError

from ..lawfiles import LawText, read_uploaded_laws
from ..models import LawImport
from .laws import ImportedLaw, import_law_texts

if TYPE_CHECKING:
    from django.core.files.base import File

    from accounts.models import User


def prepare_law_import(*, uploads: Iterable[File], by: User) -> LawImport:
    """Read uploaded files of the national law database and keep what they say for a preview.

    Raises LawFilesError naming every defect with its file and place; then nothing is kept.
    """
    laws = read_uploaded_laws(uploads)
    names = "、".join(law.file for law in laws)
    return LawImport.objects.create(file_names=names, laws=[law.as_json() for law in laws], created_by=by)


@transaction.atomic
def apply_law_import(*, law_import: LawImport, by: User) -> list[ImportedLaw]:
    """Import the laws that were kept: all of them or none, and once.

    Raises DomainError (`applied`) when that was done before, (`discarded`) when the file was put aside meanwhile,
    and LawFilesError for a name that another law has taken since.
    """
    kept = _locked(law_import)
    results = import_law_texts(texts=[LawText.from_json(law) for law in kept.laws], by=by)
    kept.outcome = [
        {
            "pcode": result.law.pcode,
            "name": result.insertion.text.name,
            "amended_on": result.insertion.text.amended_on.isoformat(),
            "verdict": result.insertion.verdict.value,
            "added": result.added,
            "changed": result.changed,
            "reviews": result.reviews,
        }
        for result in results
    ]
    kept.laws, kept.applied_at = [], timezone.now()
    kept.save(update_fields=["laws", "outcome", "applied_at"])
    audit("law_import.applied", obj=kept, by=by, laws=[law["pcode"] for law in kept.outcome])
    return results


@transaction.atomic
def discard_law_import(*, law_import: LawImport, by: User) -> None:
    """Put the files aside: nothing of them is imported. Raises DomainError as `apply_law_import` does."""
    kept = _locked(law_import)
    audit("law_import.discarded", obj=kept, by=by)
    kept.delete()


def _locked(law_import: LawImport) -> LawImport:
    kept = LawImport.objects.select_for_update().filter(pk=law_import.pk).first()
    if kept is None:
        raise DomainError(_("These files were put aside meanwhile."), code="discarded")
    if kept.applied_at is not None:
        raise DomainError(_("These files were imported already."), code="applied")
    return kept
