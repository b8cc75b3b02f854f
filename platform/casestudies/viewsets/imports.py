"""The import of notices under /cms/tenders/import/: upload, columns, progress, preview with verdicts, result."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from accounts.permissions import signed_in
from common.errors import DomainError
from common.imports import Outcome
from common.spreadsheets import SpreadsheetError, column_letters

from ..enums import CaseSource, NoticeImportState
from ..models import NoticeImport
from ..services import importing
from .cases import CasesMixin, ManagersMenuItem

PER_PAGE = 50
_SHOWN_PROBLEMS = 50
BUSY = {NoticeImportState.READING, NoticeImportState.QUEUED, NoticeImportState.RUNNING}
"""While it is in one of these a worker has it."""


class UploadForm(forms.Form):
    """A file of notices."""

    file = forms.FileField(
        label=gettext_lazy("File with notices"),
        help_text=gettext_lazy(
            "Open tender data (.json), or a spreadsheet (.ods, .xlsx, .csv) with one notice a row under its headings."
        ),
        widget=forms.FileInput(attrs={"accept": ".json,.ods,.xlsx,.csv"}),
    )


class ColumnsForm(forms.Form):
    """Which of the file's columns each of our fields comes from."""

    def __init__(self, *args: Any, notice_import: NoticeImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet_fields = importing.sheet_fields()
        headings = notice_import.headings
        columns = [
            (str(index), f"{column_letters(index)} {heading or _('(no heading)')}")
            for index, heading in enumerate(headings)
        ]
        for field in self.sheet_fields:
            self.fields[field.key] = forms.ChoiceField(
                label=str(field.label),
                choices=[("", _("– not in the file –")), *columns],
                required=False,
                initial=str(notice_import.mapping.get(field.key, "")),
            )

    def rows(self) -> list[dict[str, Any]]:
        """The fields as the page lays them out."""
        return [{"field": field, "column": self[field.key]} for field in self.sheet_fields]

    @property
    def mapping(self) -> dict[str, int]:
        """By field the column that was chosen."""
        return {key: int(column) for key, column in self.cleaned_data.items() if column}


class _ImportView(CasesMixin):
    """A screen of the import, for those who manage cases."""

    header_icon = "upload"
    page_title = gettext_lazy("Import notices")
    must_manage = True
    kwargs: dict[str, Any]

    @cached_property
    def notice_import(self) -> NoticeImport:
        """The file that is asked for."""
        return get_object_or_404(NoticeImport.objects.select_related("created_by__person"), pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the imports."""
        items = [*self.breadcrumbs_items, {"url": reverse("casestudies_imports:index"), "label": self.page_title}]
        return [*items, {"url": "", "label": self.notice_import.file_name}] if "pk" in self.kwargs else items


class UploadView(_ImportView, FormView):
    """Give a file, and see those given before."""

    form_class = UploadForm
    template_name = "casestudies/backoffice/import_index.html"

    def form_valid(self, form: UploadForm) -> HttpResponse:
        """Keep the file and have it read, after its columns are known; or say why it cannot be read."""
        try:
            kept = importing.receive_file(upload=form.cleaned_data["file"], by=signed_in(self.request))
            if kept.source == CaseSource.SHEET:
                return redirect("casestudies_imports:columns", kept.pk)
            importing.start_reading(notice_import=kept)
        except SpreadsheetError as error:
            return self._unreadable(form, error.problems)
        except DomainError as refusal:
            return self._unreadable(form, [str(refusal)])
        return redirect("casestudies_imports:preview", kept.pk)

    def _unreadable(self, form: UploadForm, problems: list[Any]) -> HttpResponse:
        context = self.get_context_data(
            form=form, problems=problems[:_SHOWN_PROBLEMS], more=len(problems) - _SHOWN_PROBLEMS
        )
        return self.render_to_response(context, status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the imports, the newest first."""
        imports = NoticeImport.objects.defer("problems", "notes", "mapping", "headings")
        page = Paginator(imports.select_related("created_by__person"), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(page_obj=page, **kwargs)


class ColumnsView(_ImportView, FormView):
    """Say which column of a spreadsheet is which; those whose headings are known are chosen already."""

    form_class = ColumnsForm
    template_name = "casestudies/backoffice/import_columns.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead on where there is nothing left to say."""
        allowed = {NoticeImportState.UPLOADED, NoticeImportState.READ, NoticeImportState.FAILED}
        kept = self.notice_import
        if kept.source != CaseSource.SHEET or kept.state not in allowed or kept.applied_at:
            return redirect("casestudies_imports:preview", kept.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add the file."""
        return {**super().get_form_kwargs(), "notice_import": self.notice_import}

    def form_valid(self, form: ColumnsForm) -> HttpResponse:
        """Keep the columns and have the file read."""
        try:
            importing.map_columns(notice_import=self.notice_import, mapping=form.mapping, by=signed_in(self.request))
            importing.start_reading(notice_import=self.notice_import)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return redirect("casestudies_imports:preview", self.notice_import.pk)

    def form_invalid(self, form: ColumnsForm) -> HttpResponse:
        """Show what is wrong, with all that was chosen."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the file."""
        return super().get_context_data(upload=self.notice_import, **kwargs)


class PreviewView(_ImportView, TemplateView):
    """One file from being read to its result; POST applies or discards it. What changes fetches itself anew."""

    template_name = "casestudies/backoffice/import_preview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show where the file stands; ask for its columns first."""
        kept = self.notice_import
        if kept.state == NoticeImportState.UPLOADED and kept.source == CaseSource.SHEET:
            return redirect("casestudies_imports:columns", kept.pk)
        return self.render_to_response(self.get_context_data())

    def get_template_names(self) -> list[str]:
        """Return the changing part alone to the script that asks for it."""
        if self.request.headers.get("X-Requested-With") == "progress":
            return ["casestudies/backoffice/import_part.html"]
        return super().get_template_names()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Apply the file, all of it or only what is accepted, or discard it."""
        deed, kept, by = request.POST.get("deed"), self.notice_import, signed_in(request)
        try:
            if deed == "discard":
                importing.discard_import(notice_import=kept, by=by)
                messages.success(request, _("The file is thrown away. Nothing was imported from it."))
                return redirect("casestudies_imports:index")
            if deed in {"apply", "apply_accepted"}:
                importing.apply_import(notice_import=kept, by=by, is_partial=deed == "apply_accepted")
            elif deed == "read":
                importing.start_reading(notice_import=kept)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("casestudies_imports:preview", kept.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the counts and a page of the verdicts."""
        kept = self.notice_import
        return super().get_context_data(**import_context(kept, self.request), **kwargs)


def import_context(kept: NoticeImport, request: HttpRequest) -> dict[str, Any]:
    """Return what the page and its changing part show of a file."""
    counts = {str(outcome): int(kept.counts.get(outcome, 0)) for outcome in Outcome}
    wanted = request.GET.get("verdict", "")
    wanted = wanted if wanted in counts else ""
    context = {
        "upload": kept,
        "done": importing.done_so_far(kept),
        "is_busy": kept.state in BUSY,
        "is_read": kept.state == NoticeImportState.READ,
        "counts": [(outcome.value, outcome.label, counts[outcome]) for outcome in Outcome],
        "all_rows": sum(counts.values()),
        "to_apply": counts[Outcome.NEW] + counts[Outcome.CHANGED],
        "refused": counts[Outcome.REFUSED],
        "wanted": wanted,
    }
    if kept.state == NoticeImportState.READ:
        rows = counts[wanted] if wanted else sum(counts.values())
        # the rows are read from the file a page at a time: a paginator over their numbers only does the sums
        page = Paginator(range(rows), PER_PAGE).get_page(request.GET.get("p"))
        context |= {"page_obj": page, "verdicts": importing.verdicts_page(kept, page.number, wanted)}
    return context


class NoticeImportViewSet(ViewSet):
    """The screens of the import."""

    name = "casestudies_imports"
    url_prefix = "tenders/import"
    icon = "upload"
    menu_label = gettext_lazy("Import notices")
    menu_hook = "register_tenders_menu_item"
    menu_order = 20
    menu_item_class = ManagersMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """Upload, columns, preview."""
        return [
            path("", UploadView.as_view(), name="index"),
            path("<int:pk>/columns/", ColumnsView.as_view(), name="columns"),
            path("<int:pk>/", PreviewView.as_view(), name="preview"),
        ]
