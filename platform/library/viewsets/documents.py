"""Documents of the procurement zone in the back office: what they are called; their versions are published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.permissions import signed_in
from common.backoffice import DayColumn, SavedByServiceMixin
from common.errors import DomainError
from common.rocdates import roc_year

from .. import services
from ..document_forms import LibraryDocumentForm, PointFormSet, PublishForm, points_of
from ..documents import current_version_of, versions_of, with_current_version
from ..models import DocumentVersion, LibraryDocument
from ..permissions import can_publish_documents
from .laws import LimitedPolicy


class DocumentIndexView(generic.IndexView):
    """The list, each with the version in force."""

    def get_base_queryset(self) -> QuerySet[LibraryDocument]:
        """Fetch what every row shows."""
        return with_current_version(LibraryDocument.objects.all())

    def get_list_more_buttons(self, instance: LibraryDocument) -> list[Any]:
        """Offer the versions beside editing."""
        url = reverse("library_documents:versions", args=[instance.pk])
        return [
            *super().get_list_more_buttons(instance),
            Button(_("Versions"), url=url, icon_name="history", priority=5),
        ]


class DocumentCreateView(SavedByServiceMixin, generic.CreateView):
    """A new document; its first version comes next."""

    log_action = "wagtail.create"

    def save_by_service(self, form: LibraryDocumentForm) -> Model:
        """Save the document."""
        return _save(form, self.request)

    def get_success_url(self) -> str:
        """Go on to the first version: without one no reader sees the document."""
        return reverse("library_documents:publish", args=[self.object.pk])


class DocumentEditView(SavedByServiceMixin, generic.EditView):
    """What it is called and whom it serves."""

    def save_by_service(self, form: LibraryDocumentForm) -> Model:
        """Save the document."""
        return _save(form, self.request)

    @cached_property
    def header_buttons(self) -> list[Any]:
        """Lead to the versions."""
        url = reverse("library_documents:versions", args=[self.object.pk])
        return [HeaderButton(_("Versions"), url=url, icon_name="history")]


class _DocumentView(WagtailAdminTemplateMixin, TemplateView):
    """A screen about one document; for those who may publish."""

    header_icon = "doc-full"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_publish_documents(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def document(self) -> LibraryDocument:
        """The document."""
        return get_object_or_404(LibraryDocument, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the document."""
        return str(self.document)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list and the document."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("library_documents:index"), "label": gettext_lazy("Documents of the zone")},
            {"url": reverse("library_documents:edit", args=[self.document.pk]), "label": str(self.document)},
            {"url": "", "label": self.page_title},
        ]


class VersionsView(_DocumentView):
    """All versions of a document, to look at; POST withdraws the document or puts it back."""

    page_title = gettext_lazy("Versions")
    template_name = "library/backoffice/document_versions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the versions, the newest first."""
        return super().get_context_data(
            document=self.document,
            versions=versions_of(self.document),
            current=current_version_of(self.document),
            today=timezone.localdate(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Withdraw or put back."""
        by = signed_in(request)
        if request.POST.get("deed") == "withdraw":
            services.withdraw_document(document=self.document, by=by)
            messages.success(request, _("The document is withdrawn; its page says so."))
        elif request.POST.get("deed") == "restore":
            services.restore_document(document=self.document, by=by)
            messages.success(request, _("The document is offered again."))
        return redirect("library_documents:versions", self.document.pk)


class PublishView(_DocumentView):
    """Publish a new version; what is refused stands at its field, and nothing typed is lost."""

    page_title = gettext_lazy("Publish a new version")
    template_name = "library/backoffice/document_publish.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, begun with what the version before has."""
        newest = next(iter(versions_of(self.document)), None)
        form = PublishForm(initial={"label": _next_label(self.document), "effective_from": timezone.localdate()})
        return self._show(form, PointFormSet(initial=points_of(newest), prefix="points"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Publish."""
        form, points = PublishForm(request.POST, request.FILES), PointFormSet(request.POST, prefix="points")
        if form.is_valid() & points.is_valid():
            try:
                version = self._publish(form, points)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _said(version))
                return redirect("library_documents:versions", self.document.pk)
        return self._show(form, points, status=422)

    def _publish(self, form: PublishForm, points: Any) -> DocumentVersion:
        fields = {name: form.cleaned_data[name] for name in ("label", "effective_from", "changes", "law_as_of")}
        return services.publish_version(
            document=self.document, files=form.files_posted(), control_points=points.points(),
            by=signed_in(self.request), **fields,
        )  # fmt: skip

    def _show(self, form: PublishForm, points: Any, status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            document=self.document, form=form, points=points, files=[form[name] for name in form.FILE_FIELDS],
            facts=[form[name] for name in ("label", "effective_from", "changes", "law_as_of")],
            had_files=bool(form.files),
        )  # fmt: skip
        return self.render_to_response(context, status=status)


class LibraryDocumentViewSet(ModelViewSet):
    """Documents of the procurement zone: never deleted, but withdrawn."""

    model = LibraryDocument
    name = "library_documents"
    url_prefix = "library-documents"
    icon = "doc-full"
    menu_label = gettext_lazy("Documents of the zone")
    copy_view_enabled = False
    add_to_reference_index = False
    permission_policy = LimitedPolicy(LibraryDocument, {"view", "add", "change"})
    index_view_class = DocumentIndexView
    add_view_class = DocumentCreateView
    edit_view_class = DocumentEditView
    list_filter = ["kind", "tasks"]
    search_fields = ["title", "title_en", "slug"]
    search_backend_name = None
    list_display = [
        "title",
        Column("kind", label=gettext_lazy("kind"), accessor="get_kind_display", sort_key="kind"),
        Column("label", label=gettext_lazy("Version in force"), accessor=lambda row: _in_force(row, "label")),
        DayColumn("since", label=gettext_lazy("in force from"), accessor=lambda row: _in_force(row, "effective_from")),
        DayColumn("withdrawn_on", label=gettext_lazy("withdrawn on")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[LibraryDocumentForm]:
        """Return the form that makes the address."""
        return LibraryDocumentForm

    def get_urlpatterns(self) -> Sequence[URLPattern]:
        """List, add, edit; versions and publishing."""
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/versions/", VersionsView.as_view(), name="versions"),
            path("<int:pk>/publish/", PublishView.as_view(), name="publish"),
        ]


def _save(form: LibraryDocumentForm, request: HttpRequest) -> LibraryDocument:
    document = form.save(commit=False)
    cleaned = form.cleaned_data
    return services.save_document(
        document=document, tasks=cleaned["tasks"], laws=cleaned["laws"], by=signed_in(request)
    )


def _in_force(document: LibraryDocument, field: str) -> Any:
    version = current_version_of(document)
    return getattr(version, field) if version else ""


def _next_label(document: LibraryDocument) -> str:
    """Propose the next name of this ROC year: 115.1, or 115.3 after 115.2."""
    year = roc_year(timezone.localdate())
    taken = set(document.versions.values_list("label", flat=True))
    return next(label for number in range(1, 1000) if (label := f"{year}.{number}") not in taken)


def _said(version: DocumentVersion) -> str:
    if version.effective_from > timezone.localdate():
        return _("Version %(label)s is laid down; it comes into force on its day, and subscribers are told then.") % {
            "label": version.label
        }
    return _("Version %(label)s is published; subscribers are being told.") % {"label": version.label}
