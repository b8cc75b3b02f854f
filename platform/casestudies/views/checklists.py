"""The checklist before publishing: for everybody to fill and print, for signed-in people kept as they fill it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_ratelimit.core import is_ratelimited

from accounts.permissions import signed_in
from common.errors import DomainError
from common.pdf import PdfError
from common.templatetags.common_tags import clock
from library.enums import ProcurementKind
from website.files import DOWNLOADED_POLICY

from ..checklist_forms import ChecklistForm, ChooseForm, kept
from ..checklist_paper import CONTENT_TYPES, Paper, write_checklist
from ..checklists import (
    ChecklistItem,
    Progress,
    band_today,
    by_stage,
    checklists_of,
    items_for,
    progress_of,
    progress_of_all,
)
from ..models import Checklist
from ..permissions import can_view_checklist
from ..services import checklists as services
from ..taxonomies import current_edition

PER_PAGE = 20

_TOO_MANY = gettext_lazy(
    "Many documents were asked for from here in a short time. Try again in a minute; what you filled is still here."
)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: HttpRequest) -> HttpResponse:
    """Let anybody choose a checklist, fill it, print it and take it with them. Nothing is stored here."""
    sent = request.POST if request.method == "POST" else request.GET
    if sent.get("kind") not in ProcurementKind.values:
        return _choose(request, ChooseForm(sent) if "kind" in sent or request.method == "POST" else ChooseForm())
    kind = ProcurementKind(sent["kind"])
    if request.method == "POST":
        return _sent_by_anybody(request, kind)
    choice = ChooseForm(sent)
    if not choice.is_valid():
        return _choose(request, choice)
    items = items_for(kind, choice.cleaned_data["agency_kind"], user=request.user)
    initial = {
        "amount": sent.get("amount", ""),
        "agency_kind": choice.cleaned_data["agency_kind"],
        "agency_name": _own_agency(request).get("agency_name", ""),
    }
    return _list_page(request, kind, items, ChecklistForm(items=items, initial=initial), choice.cleaned_data["amount"])


@require_POST
def new_checklist(request: HttpRequest) -> HttpResponse:
    """Begin a checklist that is kept for the reader."""
    choice = ChooseForm(request.POST)
    if not choice.is_valid():
        return _choose(request, choice)
    agency = _own_agency(request)
    chosen = choice.cleaned_data
    try:
        begun = services.begin_checklist(
            owner=signed_in(request), kind=chosen["kind"], amount=chosen["amount"],
            agency_name=agency.get("agency_name", ""), agency_kind=chosen["agency_kind"],
        )  # fmt: skip
    except DomainError as refusal:
        choice.add_error(None, str(refusal))
        return _choose(request, choice)
    return redirect(begun)


@require_safe
def my_checklists(request: HttpRequest) -> HttpResponse:
    """List the reader's checklists, the last changed first."""
    page = Paginator(checklists_of(signed_in(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "casestudies/checklist_mine.html",
        {"page_obj": page, "rows": progress_of_all(list(page.object_list)), "is_published": bool(current_edition())},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one of the reader's checklists; keep what is sent, all of it or a single answer."""
    found = _own_or_404(request, pk)
    is_script = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    items = _items_of(request, found)
    if request.method != "POST":
        return _own_page(request, found, items, ChecklistForm(items=items, initial=kept(found)))
    form = ChecklistForm(request.POST, items=items, is_part=is_script)
    is_right = form.is_valid()
    if is_right or is_script:
        try:
            found = services.describe_checklist(checklist=found, **form.words())
            found = services.save_answers(checklist=found, answers=form.answers())
        except DomainError as refusal:
            is_right = False
            form.add_error(None, str(refusal))
    if is_script:
        return _told_to_script(found, items, form)
    if not is_right:
        return _own_page(request, found, items, form, status=422)
    messages.success(request, _("The checklist is saved."))
    return redirect(found)


@never_cache
@require_safe
def my_checklist_file(request: HttpRequest, pk: int, file_format: str) -> HttpResponse:
    """Give one of the reader's checklists as PDF or ODT, as it is saved."""
    found = _own_or_404(request, pk)
    if file_format not in CONTENT_TYPES:
        raise Http404(file_format)
    if _asks_too_much(request):
        messages.error(request, str(_TOO_MANY))
        return redirect(found)
    paper = Paper(
        kind=ProcurementKind(found.kind), title=found.title, agency_name=found.agency_name, amount=found.amount,
        edition=found.edition, items=_items_of(request, found), answers=found.answers,
    )  # fmt: skip
    try:
        return _file(paper, file_format)
    except PdfError as error:
        messages.error(request, str(error.message))
        return redirect(found)


@require_POST
def copy_checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """Copy a checklist for the next tender and open the copy."""
    found = _own_or_404(request, pk)
    try:
        copy = services.copy_checklist(checklist=found, by=signed_in(request))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("casestudies:my-checklists")
    messages.success(request, _("Copied: notes and what does not apply are here, the rest is asked anew."))
    return redirect(copy)


@require_POST
def delete_checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one of the reader's checklists."""
    services.delete_checklist(checklist=_own_or_404(request, pk), by=signed_in(request))
    messages.success(request, _("The checklist is deleted."))
    return redirect("casestudies:my-checklists")


# --- anybody's ------------------------------------------------------------------------------------


def _choose(request: HttpRequest, form: ChooseForm) -> HttpResponse:
    if not form.is_bound:
        form.initial = {"agency_kind": _own_agency(request).get("agency_kind", "")}
    context = {"form": form, "edition": current_edition(), "kinds": ProcurementKind}
    return render(request, "casestudies/checklist.html", context, status=422 if form.errors else 200)


def _sent_by_anybody(request: HttpRequest, kind: ProcurementKind) -> HttpResponse:
    """Count, keep or hand out what was filled; whatever happens, the page comes back as it was filled."""
    items = items_for(kind, request.POST.get("agency_kind", ""), user=request.user)
    form = ChecklistForm(request.POST, items=items)
    if not form.is_valid():
        return _list_page(request, kind, items, form, None, status=422)
    amount = form.cleaned_data["amount"]
    action = request.POST.get("action", "")
    try:
        if action == "save" and request.user.is_authenticated:
            begun = services.begin_checklist(
                owner=signed_in(request), kind=kind, answers=form.answers(), **form.words()
            )
            messages.success(request, _("The checklist is saved among yours. From now on it is saved as you fill it."))
            return redirect(begun)
        if action in CONTENT_TYPES and items:
            if not _asks_too_much(request):
                return _file(_paper(kind, items, form), action)
            form.add_error(None, str(_TOO_MANY))
    except (DomainError, PdfError) as refusal:
        form.add_error(None, str(refusal.message))
    wants_account = action == "save" and not request.user.is_authenticated
    return _list_page(
        request, kind, items, form, amount, wants_account=wants_account, status=409 if form.errors else 200
    )


def _list_page(
    request: HttpRequest,
    kind: ProcurementKind,
    items: Sequence[ChecklistItem],
    form: ChecklistForm,
    amount: int | None,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    progress = progress_of([item.code for item in items], form.answers() if form.is_bound else {})
    context |= _common(form, items, progress, band_today(kind, amount))
    context |= {"kind": kind, "edition": current_edition(), "form": form}
    return render(request, "casestudies/checklist.html", context, status=status)


def _paper(kind: ProcurementKind, items: Sequence[ChecklistItem], form: ChecklistForm) -> Paper:
    filled = form.cleaned_data
    edition = items[0].cause.edition
    return Paper(
        kind=kind, title=filled["title"], agency_name=filled["agency_name"], amount=filled["amount"],
        edition=edition, items=list(items), answers=form.answers(),
    )  # fmt: skip


def _own_agency(request: HttpRequest) -> dict[str, str]:
    """What is known of the reader's agency."""
    person = getattr(request.user, "person", None)
    agency = person.agency if person is not None else None
    return {"agency_name": agency.name, "agency_kind": agency.kind} if agency is not None else {}


# --- one's own ------------------------------------------------------------------------------------


def _own_or_404(request: HttpRequest, pk: int) -> Checklist:
    """Another person's list does not exist for the reader: not even that it is there is told."""
    found = get_object_or_404(Checklist.objects.select_related("edition"), pk=pk)
    if not can_view_checklist(request.user, found):
        raise Http404
    return found


def _items_of(request: HttpRequest, found: Checklist) -> list[ChecklistItem]:
    return items_for(found.kind, found.agency_kind, edition=found.edition, user=signed_in(request))


def _own_page(
    request: HttpRequest, found: Checklist, items: list[ChecklistItem], form: ChecklistForm, *, status: int = 200
) -> HttpResponse:
    given = {**found.answers, **form.answers()} if form.is_bound else found.answers
    progress = progress_of([item.code for item in items], given)
    current = current_edition()
    context = _common(form, items, progress, band_today(found.kind, found.amount))
    context |= {"checklist": found, "form": form, "edition": found.edition, "kind": ProcurementKind(found.kind)}
    context["newer"] = current if current != found.edition else None
    return render(request, "casestudies/checklist_own.html", context, status=status)


def _told_to_script(found: Checklist, items: list[ChecklistItem], form: ChecklistForm) -> HttpResponse:
    progress = progress_of([item.code for item in items], found.answers)
    told = {
        "at": clock(timezone.now()),
        "answered": progress.answered,
        "open": progress.not_yet,
        "total": progress.total,
        "errors": {name: list(errors) for name, errors in form.errors.items()},
    }
    return JsonResponse(told, status=422 if form.errors else 200)


# --- both -----------------------------------------------------------------------------------------


def _common(form: ChecklistForm, items: Sequence[ChecklistItem], progress: Progress, band: Any) -> dict[str, Any]:
    points = {point.item.code: point for point in form.points()}
    return {
        "stages": [(stage, [points[item.code] for item in group]) for stage, group in by_stage(items)],
        "ground": items[0].ground if items else None,
        "progress": progress,
        "band": band,
    }


def _asks_too_much(request: HttpRequest) -> bool:
    rate = settings.RATE_LIMITS["checklist"]
    limited: bool = is_ratelimited(request, group="casestudies.checklist", key="user_or_ip", rate=rate, increment=True)
    return limited


def _file(paper: Paper, file_format: str) -> HttpResponse:
    response = HttpResponse(write_checklist(paper, file_format), content_type=CONTENT_TYPES[file_format])
    response["Content-Disposition"] = (
        content_disposition_header(filename=paper.file_name(file_format), as_attachment=True) or "attachment"
    )
    response["Content-Security-Policy"] = DOWNLOADED_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response
