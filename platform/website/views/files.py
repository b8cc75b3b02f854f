"""Files of pages: documents and images in their sizes, for whoever may see a page that uses them."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.documents.models import document_served

from website.file_access import can_view_document, can_view_image
from website.files import serve_file
from website.models import SiteDocument, SiteRendition


@login_not_required
@require_safe
def document(request: HttpRequest, pk: int, filename: str) -> HttpResponseBase:
    """Serve a document of a page."""
    found = get_object_or_404(SiteDocument.objects.select_related("collection"), pk=pk)
    if found.filename != filename:
        raise Http404(filename)
    if not can_view_document(request.user, found):
        return _refuse(request)
    document_served.send(sender=SiteDocument, instance=found, request=request)
    return serve_file(request, found.file, filename=found.filename)


@login_not_required
@require_safe
def rendition(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Serve an image of a page in one of its sizes."""
    found = get_object_or_404(SiteRendition.objects.select_related("image__collection"), pk=pk)
    if not can_view_image(request.user, found.image):
        return _refuse(request)
    return serve_file(request, found.file, filename=PurePosixPath(found.file.name).name)


def _refuse(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.get_full_path(), reverse("account_login"))
