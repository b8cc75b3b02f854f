"""The import of old spreadsheets in the back office: upload, columns, preview with a verdict per row, apply."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from accounts.permissions import signed_in
from common.errors import DomainError
from common.imports import Outcome
from common.spreadsheets import SpreadsheetError, column_letters

from ..enums import Fill, ImportState
from ..import_plan import judge, merged_notes
from ..models import ConsultationImport
from ..old_logs import FIELDS
from ..permissions import can_import_consultations
from ..services import importing

ROWS_PER_PAGE = 50
SAMPLE_ROWS = 5
_SHOWN_PROBLEMS = 50
_BUSY = {ImportState.QUEUED, ImportState.RUNNING}


class UploadForm(forms.Form):
    """The file with the old log."""

    file = forms.FileField(
        label=gettext_lazy("File with the old log"),
        help_text=gettext_lazy("An .ods, .xlsx or .csv with one row per question, under a row of headings."),
        widget=forms.FileInput(attrs={"accept": ".ods,.xlsx,.csv"}),
    )


class ColumnsForm(forms.Form):
    """Which of the file's columns each of our fields comes from, and what its blank cells mean."""

    def __init__(self, *args: Any, upload: ConsultationImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [(str(index), _column_label(upload, index)) for index in range(len(upload.headings))]
        for field in FIELDS:
            self.fields[f"column_{field.key}"] = forms.ChoiceField(
                label=str(field.label),
                choices=[("", _("– not in the file –")), *columns],
                required=False,
                initial=str(upload.mapping.get(field.key, "")),
            )
            if field.may_fill:
                self.fields[f"fill_{field.key}"] = forms.ChoiceField(
                    label=_("Blank cells of: %(field)s") % {"field": field.label},
                    choices=Fill.choices,
                    required=False,
                    initial=upload.fills.get(field.key, ""),
                )

    def rows(self) -> list[dict[str, Any]]:
        """The fields as the page lays them out: ours, its column, its blank cells."""
        return [
            {
                "field": field,
                "column": self[f"column_{field.key}"],
                "fill": self[f"fill_{field.key}"] if field.may_fill else None,
            }
            for field in FIELDS
        ]

    @property
    def mapping(self) -> dict[str, int]:
        """By field the column that was chosen."""
        chosen = {field.key: self.cleaned_data[f"column_{field.key}"] for field in FIELDS}
        return {key: int(column) for key, column in chosen.items() if column}

    @property
    def fills(self) -> dict[str, str]:
        """By field what its blank cells mean."""
        return {field.key: self.cleaned_data[f"fill_{field.key}"] for field in FIELDS if field.may_fill}


def _column_label(upload: ConsultationImport, index: int) -> str:
    heading = upload.headings[index] or _("(no heading)")
    return f"{column_letters(index)} {heading}"


class _ImporterView(WagtailAdminTemplateMixin):
    """A step of the import; for those who may import."""

    header_icon = "upload"
    page_title = gettext_lazy("Import an old log")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_import_consultations(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the import."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("consultation_import:index"), "label": self.page_title,
             "sublabel": self.get_page_subtitle()},
        ]  # fmt: skip


class UploadView(_ImporterView, FormView):
    """Choose a file; a file that cannot be read is explained."""

    form_class = UploadForm
    template_name = "consultations/backoffice/import_upload.html"

    def form_valid(self, form: UploadForm) -> HttpResponse:
        """Read the file and ask about its columns, or say what is wrong with it."""
        upload = form.cleaned_data["file"]
        try:
            kept = importing.prepare_import(stream=upload, name=upload.name, by=signed_in(self.request))
        except SpreadsheetError as error:
            return self.render_to_response(self.get_context_data(form=form, problems=error.problems[:_SHOWN_PROBLEMS]))
        return redirect("consultation_import:columns", kept.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the last imports."""
        recent = ConsultationImport.objects.select_related("created_by__person").defer(
            "rows", "merged", "doubts", "written"
        )[:10]
        return super().get_context_data(recent=recent, **kwargs)


class _StepView(_ImporterView):
    """A step with a file that was read."""

    kwargs: dict[str, Any]

    @cached_property
    def upload(self) -> ConsultationImport:
        """The file that was read."""
        return get_object_or_404(ConsultationImport, pk=self.kwargs["pk"])

    @property
    def is_open(self) -> bool:
        """Whether its rows are still to be imported."""
        return self.upload.state not in {*_BUSY, ImportState.DONE} and self.upload.applied_at is None

    def get_page_subtitle(self) -> str:
        """Name the file."""
        return self.upload.file_name


class ColumnsView(_StepView, FormView):
    """Say which column is which; those whose headings are known are chosen already."""

    form_class = ColumnsForm
    template_name = "consultations/backoffice/import_columns.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead on where there is nothing left to say. Raises PermissionDenied."""
        if can_import_consultations(request.user) and not self.is_open:
            return redirect("consultation_import:progress", self.upload.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add the file."""
        return {**super().get_form_kwargs(), "upload": self.upload}

    def form_valid(self, form: ColumnsForm) -> HttpResponse:
        """Keep the columns and show what importing would do."""
        try:
            importing.map_columns(
                upload=self.upload, mapping=form.mapping, fills=form.fills, by=signed_in(self.request)
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return redirect("consultation_import:preview", self.upload.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the first rows, and which cells are merged."""
        context = super().get_context_data(upload=self.upload, **kwargs)
        mapped = self.upload.mapping.values()
        return {
            **context,
            "letters": [column_letters(index) for index in range(len(self.upload.headings))],
            "sample": self.upload.rows[:SAMPLE_ROWS],
            "blank": _blank_counts(self.upload),
            "notes": [*self.upload.notes, *merged_notes(self.upload)],
            "unused": [_column_label(self.upload, i) for i in range(len(self.upload.headings)) if i not in mapped],
        }


def _blank_counts(upload: ConsultationImport) -> list[int]:
    """How many cells of each column are blank."""
    return [sum(not row[1 + index] for row in upload.rows) for index in range(len(upload.headings))]


class PreviewView(_StepView, TemplateView):
    """What importing the file would do, row by row; POST has it done, all rows or only the accepted ones."""

    template_name = "consultations/backoffice/import_preview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the verdicts; back to the columns where they are not known yet."""
        try:
            context = self.get_context_data(**kwargs)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("consultation_import:columns", self.upload.pk)
        return self.render_to_response(context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Compute the verdicts and show those asked for."""
        preview = judge(self.upload)
        wanted = self.request.GET.get("verdict", "")
        rows = [
            verdict
            for verdict in preview.verdicts
            if not wanted
            or verdict.outcome == wanted
            or (wanted == "remarks" and verdict.reasons and verdict.outcome is Outcome.NEW)
        ]
        counts = preview.counts
        return super().get_context_data(
            upload=self.upload,
            is_open=self.is_open,
            preview=preview,
            counts=[(each, each.label, counts[each]) for each in (Outcome.NEW, Outcome.UNCHANGED, Outcome.REFUSED)],
            with_remarks=sum(bool(each.reasons) for each in preview.to_apply),
            new_count=counts[Outcome.NEW],
            refused_count=counts[Outcome.REFUSED],
            wanted=wanted,
            page_obj=Paginator(rows, ROWS_PER_PAGE).get_page(self.request.GET.get("p")),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Have the rows written."""
        try:
            importing.request_import(
                upload=self.upload, by=signed_in(request), only_accepted="only_accepted" in request.POST
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("consultation_import:preview", self.upload.pk)
        return redirect("consultation_import:progress", self.upload.pk)


class ProgressView(_StepView, TemplateView):
    """How far an import has come; the part that changes is fetched anew by itself. POST goes on after a failure."""

    template_name = "consultations/backoffice/import_progress.html"

    def get_template_names(self) -> list[str]:
        """Return the changing part alone to the script that asks for it."""
        if self.request.headers.get("X-Requested-With") == "progress":
            return ["consultations/backoffice/import_progress_part.html"]
        return super().get_template_names()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the import."""
        return super().get_context_data(upload=self.upload, is_busy=self.upload.state in _BUSY, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go on with an import that failed after its cases were written."""
        if self.upload.applied_at:
            importing.request_import(upload=self.upload, by=signed_in(request))
        return redirect("consultation_import:progress", self.upload.pk)


class _ImportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_import_consultations(request.user)


class ConsultationImportViewSet(ViewSet):
    """The screens of the import."""

    name = "consultation_import"
    url_prefix = "hotline/import"
    icon = "upload"
    menu_label = gettext_lazy("Import an old log")
    menu_hook = "register_hotline_menu_item"
    menu_order = 90
    menu_item_class = _ImportMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """Upload, columns, preview, progress."""
        return [
            path("", UploadView.as_view(), name="index"),
            path("<int:pk>/", ColumnsView.as_view(), name="columns"),
            path("<int:pk>/preview/", PreviewView.as_view(), name="preview"),
            path("<int:pk>/progress/", ProgressView.as_view(), name="progress"),
        ]
