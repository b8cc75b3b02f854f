"""An agency's decisions: its contact reads what the review group wants of it, and reports what was done."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import agency_of_contact, signed_in
from common.errors import DomainError

from ..decisions import STATES, counts, decisions_listed, in_force, with_context
from ..meeting_forms import DoneForm
from ..models import Decision
from ..permissions import can_finish_decision
from ..services import decisions as service

PER_PAGE = 20
_FIELD_OF_CODE = {"note": "done_note", "day": "done_on"}


@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """List the decisions that the reader's own agency carries out."""
    agency = agency_of_contact(request.user)
    if agency is None:
        raise PermissionDenied
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    page = Paginator(decisions_listed(state, owner=agency), PER_PAGE).get_page(request.GET.get("page"))
    context = {"agency": agency, "state": state, "page_obj": page, "counts": counts(owner=agency)}
    return render(request, "casestudies/decisions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one decision; POST reports what was done. Another agency's is not found."""
    shown = _decision_or_404(request, pk)
    initial = {"done_on": timezone.localdate(), "done_note": shown.done_note}
    form = DoneForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                service.finish_decision(decision=shown, **form.cleaned_data, by=signed_in(request))
            except DomainError as refusal:
                form.add_error(_FIELD_OF_CODE.get(refusal.code), str(refusal))
            else:
                messages.success(request, _("Thank you. The Secretariat sees that it is done."))
                return redirect("casestudies:decisions")
        status = 422
    return render(request, "casestudies/decision.html", {"decision": shown, "form": form}, status=status)


def _decision_or_404(request: HttpRequest, pk: int) -> Decision:
    if agency_of_contact(request.user) is None:
        raise PermissionDenied
    shown = with_context(in_force()).filter(pk=pk).first()
    if shown is None or not can_finish_decision(request.user, shown):
        raise Http404
    return shown
