"""What editors upload in the back office: judged like everything else that is posted."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.files.base import File
from wagtail.documents.forms import BaseDocumentForm

from common.errors import DomainError
from common.file_types import check_file


class DocumentForm(BaseDocumentForm):
    """Wagtail's form of a document, which takes no file that is too large or not what its name says."""

    def clean_file(self) -> File:
        """Return the file. Raises ValidationError saying what was expected; the other fields keep what was typed."""
        file: File = self.cleaned_data["file"]
        if "file" in self.changed_data:
            try:
                check_file(file)
            except DomainError as refusal:
                raise ValidationError(str(refusal), code=refusal.code) from refusal
        return file
