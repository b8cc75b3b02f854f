"""The import of agencies in the back office: upload, preview with a verdict per row, apply; then confirm proposals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from common.spreadsheets import SpreadsheetError

from .. import services
from ..enums import AgencyKind, AgencyVerdict
from ..models import Agency, AgencyImport
from ..permissions import can_import_agencies, signed_in
from ..selectors import proposals

ROWS_PER_PAGE = 100


class UploadForm(forms.Form):
    """The file with the agencies."""

    file = forms.FileField(
        label=gettext_lazy("File with the agencies"),
        help_text=gettext_lazy(
            "An .ods, .xlsx or .csv with the heading 機關名稱 or name; optionally kind, parent, district, former_name."
        ),
        widget=forms.FileInput(attrs={"accept": ".ods,.xlsx,.csv"}),
    )


class _ImporterView(WagtailAdminTemplateMixin):
    """A step of the import; for those who may import."""

    header_icon = "upload"
    page_title = gettext_lazy("Import agencies")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_import_agencies(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the import."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("agency_import:index"), "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]


class UploadView(_ImporterView, FormView):
    """Choose a file; a file that cannot be read is explained cell by cell."""

    form_class = UploadForm
    template_name = "accounts/backoffice/agency_upload.html"

    def form_valid(self, form: UploadForm) -> HttpResponse:
        """Read the file and show the preview, or say what is wrong with it."""
        upload = form.cleaned_data["file"]
        try:
            rows, notes = services.read_agencies(upload, name=upload.name)
        except SpreadsheetError as error:
            return self.render_to_response(self.get_context_data(form=form, problems=error.problems[:50]))
        kept = services.prepare_agency_import(rows=rows, notes=notes, file_name=upload.name, by=signed_in(self.request))
        return redirect("agency_import:preview", kept.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the last imports."""
        recent = AgencyImport.objects.select_related("created_by__person").defer("rows")[:10]
        return super().get_context_data(recent=recent, **kwargs)


class PreviewView(_ImporterView, TemplateView):
    """What applying the file would do, row by row; POST applies it, all or nothing."""

    template_name = "accounts/backoffice/agency_preview.html"

    @cached_property
    def upload(self) -> AgencyImport:
        """The file that was read."""
        return get_object_or_404(AgencyImport, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the file."""
        return self.upload.file_name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Compute the verdicts and show those asked for."""
        plan = services.plan_agencies([services.AgencyRow(**row) for row in self.upload.rows])
        wanted = self.request.GET.get("verdict", "")
        rows = [planned for planned in plan.rows if not wanted or planned.verdict == wanted]
        return super().get_context_data(
            upload=self.upload,
            plan=plan,
            counts=[(verdict, AgencyVerdict(verdict).label, count) for verdict, count in plan.counts.items()],
            wanted=wanted,
            page_obj=Paginator(rows, ROWS_PER_PAGE).get_page(self.request.GET.get("p")),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Apply the file."""
        plan = services.apply_agency_import(upload=self.upload, by=signed_in(request))
        messages.success(
            request,
            ngettext("%(count)d agency was written.", "%(count)d agencies were written.", plan.changes)
            % {"count": plan.changes},
        )
        return redirect("agency_import:proposals")


class ProposalsView(_ImporterView, TemplateView):
    """Agencies whose kind and superior a rule proposed, in groups; POST confirms one group."""

    template_name = "accounts/backoffice/agency_proposals.html"
    page_subtitle = gettext_lazy("Proposals to confirm")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the groups."""
        return super().get_context_data(groups=proposals(), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Confirm one group."""
        kind = request.POST.get("kind", "")
        if kind not in AgencyKind.values:
            return redirect("agency_import:proposals")
        parent = get_object_or_404(Agency, pk=request.POST["parent"]) if request.POST.get("parent") else None
        count = services.confirm_agencies(kind=AgencyKind(kind), parent=parent, by=signed_in(request))
        messages.success(
            request,
            ngettext("%(count)d agency is confirmed.", "%(count)d agencies are confirmed.", count) % {"count": count},
        )
        return redirect("agency_import:proposals")


class _ImportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_import_agencies(request.user)


class AgencyImportViewSet(ViewSet):
    """The three screens of the import."""

    name = "agency_import"
    url_prefix = "agency-import"
    icon = "upload"
    menu_label = gettext_lazy("Import agencies")
    menu_hook = "register_people_menu_item"
    menu_order = 40
    menu_item_class = _ImportMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """Upload, preview, proposals."""
        return [
            path("", UploadView.as_view(), name="index"),
            path("<int:pk>/", PreviewView.as_view(), name="preview"),
            path("proposals/", ProposalsView.as_view(), name="proposals"),
        ]
