"""Forms of this app."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.file_types import FILE_TYPES, check_file
from courses.catalogue.models import CourseRun
from library.models import Subject

from .models import Material
from .selectors import runs_taught_by


class CheckedFileForm(forms.ModelForm):
    """What both forms of posting share: the file is judged by `file_types.check_file`, here and in the service."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ",".join(f".{extension}" for extension in FILE_TYPES)
        self.fields["file"].help_text = _("ODF, PDF, Office, text, picture, sound, video or ZIP; video up to 500 MB.")
        subject = self.fields["subject"]
        assert isinstance(subject, forms.ModelChoiceField)  # noqa: S101  for the type checker
        subject.empty_label = _("the whole run")

    def clean_file(self) -> Any:
        """Refuse what may not be posted, in words."""
        file = self.cleaned_data["file"]
        try:
            check_file(file)
        except DomainError as error:
            raise forms.ValidationError(str(error), code=error.code) from error
        return file


class MaterialForm(CheckedFileForm):
    """Post a file to a run that is known: its subjects are offered."""

    class Meta:
        model = Material
        fields = ["title", "file", "subject", "visibility"]
        help_texts = {"visibility": _("The enrolled are those of this run.")}

    def __init__(self, *args: Any, run: CourseRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subjects = Subject.objects.filter(curriculum_rows__curriculum=run.curriculum_id).distinct()
        choice = self.fields["subject"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101  for the type checker
        choice.queryset = subjects if subjects.exists() else Subject.objects.all()


class MaterialAdminForm(CheckedFileForm):
    """Post a file to one of the runs that `user` teaches."""

    class Meta:
        model = Material
        fields = ["run", "title", "file", "subject", "visibility"]
        help_texts = {"visibility": _("The enrolled are those of this run.")}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)
        choice = self.fields["run"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101  for the type checker
        choice.queryset = runs_taught_by(user).order_by("-starts_on", "code")
