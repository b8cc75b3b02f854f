"""Forms of the back office: what a document is called, and a new version of it with files and control points."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import DomainError
from common.file_types import extension_of
from reports.forms import DayField

from .models import DocumentVersion, LibraryDocument
from .services import Point
from .services.documents import check_one_file

EMPTY_ROWS = 3
"""Rows for new control points that stand below the known ones; the page adds more where scripts run."""


class LibraryDocumentForm(forms.ModelForm[LibraryDocument]):
    """What a document is called and whom it serves."""

    slug = forms.SlugField(
        label=gettext_lazy("address"), max_length=80, required=False,
        help_text=gettext_lazy("Letters, digits and hyphens; made of the English title where it is empty. It stays."),
    )  # fmt: skip

    class Meta:
        model = LibraryDocument
        fields = [
            "title", "title_en", "slug", "kind", "summary", "summary_en", "subject", "tasks", "laws", "order",
        ]  # fmt: skip
        widgets = {
            "tasks": forms.CheckboxSelectMultiple,
            "laws": forms.CheckboxSelectMultiple,
            "summary": forms.Textarea(attrs={"rows": 3}),
            "summary_en": forms.Textarea(attrs={"rows": 3}),
        }

    def clean(self) -> dict[str, Any]:
        """Make the address where it was left empty."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = self.instance.slug or slugify(cleaned.get("title_en", ""))[:80]
            if not cleaned["slug"]:
                self.add_error("slug", _("Please give an address, or an English title to make one of."))
            elif LibraryDocument.objects.filter(slug=cleaned["slug"]).exclude(pk=self.instance.pk).exists():
                self.add_error("slug", _("Another document has this address."))
        return cleaned


class FormatField(forms.FileField):
    """A file of one format: its name, size and content are judged here, and again by the service."""

    def __init__(self, extensions: tuple[str, ...], **kwargs: Any) -> None:
        self.extensions = extensions
        accept = ",".join(f".{extension}" for extension in extensions)
        kwargs.setdefault("required", False)
        super().__init__(widget=forms.FileInput(attrs={"accept": accept}), allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
        """Return the file. Raises ValidationError saying which file was expected."""
        file: UploadedFile | None = super().clean(data, initial) or None
        if file is None:
            return None
        if extension_of(file.name or "") not in self.extensions:
            expected = ", ".join(f".{extension}" for extension in self.extensions)
            raise ValidationError(
                _("%(name)s: expected a file of the type %(expected)s here."),
                params={"name": file.name, "expected": expected},
            )
        try:
            check_one_file(file)
        except DomainError as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        return file


class PublishForm(forms.Form):
    """A new version: from when, what changed and why, and its files."""

    label = forms.CharField(
        label=gettext_lazy("version"), max_length=20,
        help_text=gettext_lazy("As in 115.1: ROC year and running number."),
    )  # fmt: skip
    effective_from = DayField(
        label=gettext_lazy("in force from"),
        help_text=gettext_lazy("A later day makes it a coming version; subscribers are told on that day."),
    )
    changes = forms.CharField(
        label=gettext_lazy("what changed and why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Subscribers read it. Articles named, such as 採購法第 48 條, become links."),
    )  # fmt: skip
    law_as_of = DayField(
        label=gettext_lazy("law as of"), required=False,
        help_text=gettext_lazy("Reviews of articles changed up to this day are closed by publishing."),
    )  # fmt: skip
    odt = FormatField(("odt",), label=gettext_lazy("Text document to edit (.odt)"))
    ods = FormatField(("ods",), label=gettext_lazy("Spreadsheet to fill in (.ods)"))
    odp = FormatField(("odp",), label=gettext_lazy("Presentation (.odp)"))
    pdf = FormatField(("pdf",), label=gettext_lazy("To read and print (.pdf)"))
    docx = FormatField(
        ("docx",), label=gettext_lazy("Word document (.docx)"),
        help_text=gettext_lazy("Only beside the same document as .odt."),
    )  # fmt: skip
    xlsx = FormatField(
        ("xlsx",), label=gettext_lazy("Excel workbook (.xlsx)"),
        help_text=gettext_lazy("Only beside the same document as .ods."),
    )  # fmt: skip

    FILE_FIELDS = ("odt", "ods", "odp", "pdf", "docx", "xlsx")

    def files_posted(self) -> list[UploadedFile]:
        """Return the files that were chosen."""
        return [self.cleaned_data[name] for name in self.FILE_FIELDS if self.cleaned_data.get(name)]


class PointForm(forms.Form):
    """One control point; a row that is emptied is left out."""

    step = forms.CharField(label=gettext_lazy("step"), max_length=120, required=False)
    control = forms.CharField(
        label=gettext_lazy("control point"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    basis = forms.CharField(label=gettext_lazy("basis"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for step and control point of a row that is not empty."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if any(cleaned.get(name) for name in ("step", "control", "basis")):
            for name in ("step", "control"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("A control point needs its step and what is looked at."))
        return cleaned


class BasePointFormSet(forms.BaseFormSet[PointForm]):
    """The control points in the order of their numbers."""

    def points(self) -> list[Point]:
        """Return the rows that are not empty, in the order that was typed."""
        return [
            Point(row["step"], row["control"], row["basis"])
            for row in (form.cleaned_data for form in self.ordered_forms)
            if row.get("step")
        ]

    def add_fields(self, form: PointForm, index: int | None) -> None:
        """Give the field of the order a word."""
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("order")


PointFormSet = forms.formset_factory(
    PointForm, formset=BasePointFormSet, extra=EMPTY_ROWS, can_order=True, max_num=100, absolute_max=120
)


def points_of(version: DocumentVersion | None) -> list[dict[str, str]]:
    """Return the control points of a version as the rows to begin the next one with."""
    if version is None:
        return []
    return [
        {"step": point.step, "control": point.control, "basis": point.basis} for point in version.control_points.all()
    ]
