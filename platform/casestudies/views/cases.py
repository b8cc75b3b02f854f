"""A case as report viewers and members of the review group read it: nothing is changed here."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..case_facts import case_facts
from ..models import TenderCase, TenderNotice
from ..permissions import can_manage_cases, can_view_case, can_view_cases, can_view_statistics
from ..raw_notices import sections_of


@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a case with its chain of notices, its diagnosis and what came of it. Raises PermissionDenied."""
    shown = _case_for(request, pk)
    context = {
        "case": shown,
        "facts": case_facts(shown, request.user),
        "may_manage": can_manage_cases(request.user),
        "may_view_report": can_view_statistics(request.user),
    }
    return render(request, "casestudies/case.html", context)


@require_safe
def notice(request: HttpRequest, pk: int, notice_pk: int) -> HttpResponse:
    """Show one notice as it was published. Raises PermissionDenied."""
    shown = _case_for(request, pk)
    found = get_object_or_404(TenderNotice, pk=notice_pk, case=shown)
    context = {"case": shown, "notice": found, "sections": sections_of(found.raw)}
    return render(request, "casestudies/case_notice.html", context)


def _case_for(request: HttpRequest, pk: int) -> TenderCase:
    """Return the case to who may read it; who may not learns not even whether there is one."""
    shown = TenderCase.objects.select_related("agency", "follows").filter(pk=pk).first()
    if shown is None and can_view_cases(request.user):
        raise Http404
    if shown is None or not can_view_case(request.user, shown):
        raise PermissionDenied
    return shown
