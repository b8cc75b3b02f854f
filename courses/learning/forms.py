"""Forms of this app."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from courses.catalogue.models import CourseRun
from library.models import Subject
from website.enums import Visibility

from .file_types import FILE_TYPES, check_file
from .models import Material


class MaterialForm(forms.ModelForm):
    """Post a file to a run. The file is judged by `file_types.check_file`, here and again in the service."""

    class Meta:
        model = Material
        fields = ["title", "file", "subject", "visibility"]
        help_texts = {"visibility": _("The enrolled are those of this run.")}

    def __init__(self, *args: Any, run: CourseRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ",".join(f".{extension}" for extension in FILE_TYPES)
        self.fields["file"].help_text = _("ODF, PDF, Office, text, picture, sound, video or ZIP; video up to 500 MB.")
        subjects = Subject.objects.filter(curriculum_rows__curriculum=run.curriculum_id).distinct()
        self.fields["subject"].queryset = subjects if subjects.exists() else Subject.objects.all()
        self.fields["subject"].empty_label = _("the whole run")
        self.fields["visibility"].choices = Visibility.choices

    def clean_file(self) -> Any:
        """Refuse what may not be posted, in words."""
        file = self.cleaned_data["file"]
        try:
            check_file(file)
        except DomainError as error:
            raise forms.ValidationError(error.message, code=error.code) from error
        return file
