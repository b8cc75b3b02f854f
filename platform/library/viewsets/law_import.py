"""The import of laws in the back office: upload, preview per law, apply all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from accounts.permissions import signed_in
from common.errors import DomainError

from .. import services
from ..enums import LawVerdict
from ..lawfiles import LawFilesError, LawText
from ..lawpreview import preview_laws
from ..models import LawImport
from ..permissions import can_import_laws

MOST_FILES = 30
RECENT = 20
SHOWN_PROBLEMS = 50


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Several files; what each says is judged by whoever reads them, with its name."""

    widget = _FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the files. Raises ValidationError for none, or too many."""
        files = [super(_FilesField, self).clean(file, initial) for file in data or [None]]
        if len(files) > MOST_FILES:
            raise ValidationError(_("Please choose at most %(count)d files.") % {"count": MOST_FILES})
        return files


class UploadForm(forms.Form):
    """The files of the national law database."""

    laws = _FilesField(
        label=gettext_lazy("Files of laws"),
        help_text=gettext_lazy(
            "JSON files of the national law database, one law in each, at most 20 MB; several at once, older versions"
            " of a law too. Nothing is imported before you have seen what would change."
        ),
        widget=_FilesInput(attrs={"accept": ".json"}),
        allow_empty_file=True,
    )


class _ImportView(WagtailAdminTemplateMixin):
    """A screen of the import; for those who may import laws."""

    header_icon = "upload"
    page_title = gettext_lazy("Import laws")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_import_laws(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the upload."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("law_import:index"), "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]


class UploadView(_ImportView, FormView):
    """Choose files; one that cannot be read is explained with its place, and nothing is kept."""

    form_class = UploadForm
    template_name = "library/backoffice/law_upload.html"

    def form_valid(self, form: UploadForm) -> HttpResponse:
        """Keep the files and show what they would do, or say what is wrong with them."""
        try:
            kept = services.prepare_law_import(uploads=form.cleaned_data["laws"], by=signed_in(self.request))
        except LawFilesError as error:
            context = self.get_context_data(
                form=form, problems=error.problems[:SHOWN_PROBLEMS], more=len(error.problems[SHOWN_PROBLEMS:])
            )
            return self.render_to_response(context, status=422)
        return redirect("law_import:preview", kept.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the imports so far."""
        recent = LawImport.objects.select_related("created_by__person").defer("laws", "outcome")
        page = Paginator(recent, RECENT).get_page(self.request.GET.get("p"))
        return super().get_context_data(page_obj=page, **kwargs)


class PreviewView(_ImportView, TemplateView):
    """What the files would change, law by law; POST applies them all, or puts them aside."""

    template_name = "library/backoffice/law_preview.html"

    @cached_property
    def law_import(self) -> LawImport:
        """The files that were read."""
        return get_object_or_404(LawImport.objects.select_related("created_by__person"), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the files."""
        return self.law_import.file_names

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Compute what would change, or show what was done."""
        previews = preview_laws([LawText.from_json(law) for law in self.law_import.laws])
        outcome = [
            {
                **law,
                "verdict": LawVerdict(law["verdict"]).label,
                "amended_on": date.fromisoformat(law["amended_on"]),
            }
            for law in self.law_import.outcome
        ]
        return super().get_context_data(
            law_import=self.law_import,
            previews=previews,
            outcome=outcome,
            changes_something=any(preview.insertion.verdict != LawVerdict.SAME for preview in previews),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Apply the files, or put them aside."""
        try:
            if request.POST.get("deed") == "discard":
                services.discard_law_import(law_import=self.law_import, by=signed_in(request))
                messages.success(request, _("The files were put aside; nothing of them was imported."))
                return redirect("law_import:index")
            results = services.apply_law_import(law_import=self.law_import, by=signed_in(request))
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(request.path if error.code != "discarded" else reverse("law_import:index"))
        text = ngettext("%(count)d version was imported.", "%(count)d versions were imported.", len(results))
        messages.success(request, text % {"count": len(results)})
        return redirect("law_import:preview", self.law_import.pk)


class _ImportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_import_laws(request.user)


class LawImportViewSet(ViewSet):
    """The two screens of the import."""

    name = "law_import"
    url_prefix = "law-import"
    icon = "upload"
    menu_label = gettext_lazy("Import laws")
    menu_item_class = _ImportMenuItem

    def get_urlpatterns(self) -> Sequence[URLPattern]:
        """Upload, preview."""
        return [
            path("", UploadView.as_view(), name="index"),
            path("<int:pk>/", PreviewView.as_view(), name="preview"),
        ]
