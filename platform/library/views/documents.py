"""The documents of the procurement zone: list, stable pages, files, check forms, subscriptions."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_ratelimit.decorators import ratelimit

from accounts.permissions import signed_in
from website.files import DOWNLOADED_POLICY, SHOWN_POLICY, serve_file

from .. import services
from ..check_forms import FORMATS, check_form
from ..documents import current_version_of, documents_listed, is_subscribed, subscriptions_of, versions_of
from ..forms import DocumentFilterForm
from ..models import DocumentFile, DocumentVersion, LibraryDocument

_PER_PAGE = 20


def _subscribe_rate(group: str, request: HttpRequest) -> str:
    return settings.RATE_LIMITS["subscribe"]


@login_not_required
@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    """Show the documents that are offered, narrowed by kind and words."""
    form = DocumentFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    documents = documents_listed(kind=wanted.get("kind", ""), query=wanted.get("q", ""))
    page = Paginator(documents, _PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "is_narrowed": any(wanted.values())}
    if request.user.is_authenticated:
        context["subscribed_to_all"] = is_subscribed(request.user, None)
    return render(request, "library/document_list.html", context)


@login_not_required
@require_safe
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a document at its stable address: the version in force, those that come and those that were."""
    found = _document(slug)
    versions = versions_of(found)
    return _page(request, found, versions, current_version_of(found))


@login_not_required
@require_safe
def document_version(request: HttpRequest, slug: str, label: str) -> HttpResponseBase:
    """Show one version for good; the one in force lies at the stable address."""
    found = _document(slug)
    versions = versions_of(found)
    shown = next((version for version in versions if version.label == label), None)
    if shown is None:
        raise Http404(label)
    if shown == current_version_of(found):
        return redirect(found)
    return _page(request, found, versions, shown)


@login_not_required
@require_safe
def document_current_file(request: HttpRequest, slug: str, file_format: str) -> HttpResponseBase:
    """Serve a file of the version in force: an address that can be linked to for good."""
    version = current_version_of(_document(slug))
    if version is None:
        raise Http404(slug)
    return _serve(request, version, file_format)


@login_not_required
@require_safe
def document_file(request: HttpRequest, slug: str, label: str, file_format: str) -> HttpResponseBase:
    """Serve a file of one version, whatever is in force."""
    return _serve(request, _version(slug, label), file_format)


@login_not_required
@require_safe
def document_check_form(request: HttpRequest, slug: str, label: str, file_format: str) -> HttpResponse:
    """Serve the check form that is made from the control points of a version."""
    version = _version(slug, label)
    if file_format not in FORMATS or not version.control_points.exists():
        raise Http404(file_format)
    response = HttpResponse(check_form(version, file_format), content_type=_CONTENT_TYPES[file_format])
    name = f"{_('Self-assessment of internal control')}_{version.document.title}_{version.label}.{file_format}"
    is_shown = file_format == "pdf"
    response["Content-Disposition"] = content_disposition_header(not is_shown, name) or "inline"
    response["Content-Security-Policy"] = SHOWN_POLICY if is_shown else DOWNLOADED_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def subscriptions(request: HttpRequest) -> HttpResponse:
    """Show what the reader is told of, each with a button that ends it."""
    return render(
        request,
        "library/subscriptions.html",
        {
            "subscriptions": subscriptions_of(request.user),
            "subscribed_to_all": is_subscribed(request.user, None),
        },
    )


@require_POST
@ratelimit(key="user", rate=_subscribe_rate)
def subscribe(request: HttpRequest) -> HttpResponse:
    """Subscribe to the document named by `document`, or to all of them."""
    found = _posted_document(request)
    services.subscribe(user=signed_in(request), document=found)
    messages.success(request, _("You will be told by e-mail when a new version comes into force."))
    return redirect(found or "library:subscriptions")


@require_POST
@ratelimit(key="user", rate=_subscribe_rate)
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """End the subscription to the document named by `document`, or to all of them."""
    found = _posted_document(request)
    services.unsubscribe(user=signed_in(request), document=found)
    messages.success(request, _("You will not be told any more."))
    return redirect("library:subscriptions" if found is None or request.POST.get("from") == "list" else found)


_CONTENT_TYPES = {"odt": "application/vnd.oasis.opendocument.text", "pdf": "application/pdf"}


def _page(
    request: HttpRequest, found: LibraryDocument, versions: list[DocumentVersion], shown: DocumentVersion | None
) -> HttpResponse:
    today = timezone.localdate()
    current = current_version_of(found)
    return render(
        request,
        "library/document.html",
        {
            "document": found,
            "shown": shown,
            "current": current,
            "points": list(shown.control_points.all()) if shown else [],
            "laws": found.laws.all(),
            "coming": [version for version in reversed(versions) if version.effective_from > today],
            "earlier": [version for version in versions if version.effective_from <= today and version != current],
            "is_withdrawn": _is_withdrawn(found, today),
            "is_subscribed": is_subscribed(request.user, found),
            "subscribed_to_all": is_subscribed(request.user, None),
        },
    )


def _document(slug: str) -> LibraryDocument:
    """Return the document; one that never had a version is not there for readers."""
    return get_object_or_404(LibraryDocument.objects.filter(versions__isnull=False).distinct(), slug=slug)


def _version(slug: str, label: str) -> DocumentVersion:
    return get_object_or_404(DocumentVersion.objects.select_related("document"), document__slug=slug, label=label)


def _posted_document(request: HttpRequest) -> LibraryDocument | None:
    slug = request.POST.get("document", "")
    return get_object_or_404(LibraryDocument, slug=slug) if slug else None


def _serve(request: HttpRequest, version: DocumentVersion, file_format: str) -> HttpResponseBase:
    file = get_object_or_404(DocumentFile, version=version, format=file_format)
    name = f"{version.document.title}_{version.label}.{file.format}"
    return serve_file(request, file.file, filename=name)


def _is_withdrawn(found: LibraryDocument, today: date) -> bool:
    return found.withdrawn_on is not None and found.withdrawn_on <= today
