"""The city's table of failed tenders for report viewers and administrators: on the screen, as .ods and as PDF."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from common.spreadsheets.writing import CONTENT_TYPES

from ..permissions import can_manage_cases, can_view_cases
from ..summary_table import TITLE, summary_ods, summary_pdf, summary_table


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Show the table; each row leads to its cases. Raises PermissionDenied."""
    _check(request)
    context = {"table": summary_table(), "title": TITLE, "may_manage": can_manage_cases(request.user)}
    return render(request, "casestudies/summary_table.html", context)


@require_safe
def table_file(request: HttpRequest, file_format: str) -> HttpResponseBase:
    """Return the table as a file. Raises PermissionDenied, and Http404 for a format that there is not."""
    _check(request)
    response: HttpResponseBase
    if file_format == "ods":
        response = StreamingHttpResponse(summary_ods(), content_type=CONTENT_TYPES["ods"])
    elif file_format == "pdf":
        response = HttpResponse(summary_pdf(), content_type="application/pdf")
    else:
        raise Http404
    name = f"{TITLE}_{timezone.localdate():%Y%m%d}.{file_format}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def _check(request: HttpRequest) -> None:
    if not can_view_cases(request.user):
        raise PermissionDenied
