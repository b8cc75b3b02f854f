"""Case studies in the front office, beside their pages: the teaching sheet."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.errors import DomainError

from ..models import CaseStudyPage
from ..permissions import can_see_answers_of
from ..study_sheet import study_sheet


@require_safe
@never_cache
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the teaching sheet of a live case study as PDF; `answers=1` only to who may see the model answers.

    Raises PermissionDenied.
    """
    page = get_object_or_404(CaseStudyPage.objects.live().public().select_related("locale"), pk=pk)
    with_answers = request.GET.get("answers") == "1"
    if with_answers and not can_see_answers_of(request.user, page):
        raise PermissionDenied
    try:
        data = study_sheet(page, with_answers=with_answers, url=request.build_absolute_uri(page.url))
    except DomainError as refusal:
        return HttpResponse(str(refusal), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type="application/pdf")
    name = f"{page.slug}-answers.pdf" if with_answers else f"{page.slug}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
