"""The roster of a run in the back office: who has a seat, who waits, and what an administrator does about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from accounts.services import register_person
from common.errors import DomainError
from common.spreadsheets import CONTENT_TYPES, Sheet, write
from courses.catalogue.models import CourseRun
from courses.catalogue.selectors import runs_visible

from .. import services
from ..enums import EnrolmentState
from ..forms import AddPersonForm, RegisterPersonForm, SeatsForm
from ..models import Enrolment, WaitingListEntry
from ..permissions import can_manage_roster
from ..selectors import active_enrolments, place_in_queue, waiting_list, with_seats

View = Callable[..., HttpResponseBase]


def roster_view(view: View) -> View:
    """Let administrators pass, and give the view the run instead of its key."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        if not can_manage_roster(request.user):
            raise PermissionDenied
        return view(request, get_object_or_404(with_seats(runs_visible()), pk=pk), **kwargs)

    return guarded


@require_safe
@roster_view
def roster(request: HttpRequest, run: Any) -> HttpResponse:
    """Show the roster."""
    return _roster(request, run)


@require_POST
@roster_view
def add_person(request: HttpRequest, run: Any) -> HttpResponse:
    """Enrol somebody who is on record."""
    form = AddPersonForm(request.POST)
    if not form.is_valid():
        return _roster(request, run, add_form=form)
    return _enrol(request, run, form.cleaned_data["person"], form, "add_form")


@require_POST
@roster_view
def register(request: HttpRequest, run: Any) -> HttpResponse:
    """Register somebody who is not on record, and enrol them."""
    form = RegisterPersonForm(request.POST)
    if not form.is_valid():
        return _roster(request, run, register_form=form)
    known = form.known_person()
    if known is not None:
        return _enrol(request, run, known, form, "register_form")
    person = register_person(is_confirmed=True, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]  # signed in
    return _enrol(request, run, person, form, "register_form")


@require_http_methods(["GET", "HEAD", "POST"])
@roster_view
def withdraw(request: HttpRequest, run: Any, enrolment_id: int) -> HttpResponse:
    """Ask, then withdraw somebody, also after the deadline."""
    enrolment = get_object_or_404(Enrolment.objects.select_related("person"), pk=enrolment_id, run=run.pk)
    if request.method != "POST":
        question = _("Withdraw %(name)s from this class? The seat goes to the next one on the waiting list at once.")
        return _ask(request, run, question % {"name": enrolment.person}, _("Withdraw from the class"))
    return _deed(
        request, run, lambda: services.withdraw_enrolment(enrolment=enrolment, by=request.user),  # type: ignore[arg-type]  # signed in
        _("%(name)s is withdrawn.") % {"name": enrolment.person},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@roster_view
def remove_from_queue(request: HttpRequest, run: Any, entry_id: int) -> HttpResponse:
    """Ask, then take somebody off the waiting list."""
    entry = get_object_or_404(WaitingListEntry.objects.select_related("person"), pk=entry_id, run=run.pk)
    if request.method != "POST":
        question = _("Take %(name)s off the waiting list?")
        return _ask(request, run, question % {"name": entry.person}, _("Take off the waiting list"))
    return _deed(
        request, run, lambda: services.leave_waiting_list(entry=entry, by=request.user),  # type: ignore[arg-type]  # signed in
        _("%(name)s is no longer on the waiting list.") % {"name": entry.person},
    )  # fmt: skip


@require_POST
@roster_view
def change_seats(request: HttpRequest, run: Any) -> HttpResponse:
    """Change how many seats there are; new ones go to those who wait."""
    form = SeatsForm(request.POST)
    if not form.is_valid():
        return _roster(request, run, seats_form=form)
    return _deed(
        request, run, lambda: services.change_seats(run=run, seats=form.cleaned_data["seats"], by=request.user),  # type: ignore[arg-type]  # signed in
        _("The class now has %(seats)s seats; free ones go to those who wait.") % form.cleaned_data,
    )  # fmt: skip


@require_safe
@roster_view
def export(request: HttpRequest, run: Any, file_format: str) -> StreamingHttpResponse:
    """Give the roster as .ods, .xlsx or .csv."""
    if file_format not in CONTENT_TYPES:
        raise Http404
    response = StreamingHttpResponse(write(file_format, _sheet(run)), content_type=CONTENT_TYPES[file_format])
    name = f"{run.code}-roster.{file_format}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@require_safe
@roster_view
def printed(request: HttpRequest, run: Any) -> HttpResponse:
    """Show the roster for print: one page without the back office around it."""
    return render(
        request, "enrolment/roster_print.html", {"run": run, "enrolments": active_enrolments(run)}
    )  # fmt: skip


def _roster(request: HttpRequest, run: Any, **bound: forms.Form) -> HttpResponse:
    context = {
        "run": run,
        "enrolments": active_enrolments(run),
        "queue": waiting_list(run),
        "withdrawn": Enrolment.objects.filter(run=run, state=EnrolmentState.WITHDRAWN)
        .select_related("person", "agency")
        .order_by("-withdrawn_at"),
        "add_form": AddPersonForm(),
        "register_form": RegisterPersonForm(),
        "seats_form": SeatsForm(initial={"seats": run.seats}),
        "is_ahead": run.starts_on > timezone.localdate(),
        "header_title": _("Roster of %(run)s") % {"run": run},
        "header_icon": "group",
        "breadcrumbs_items": [*_trail(run), {"url": "", "label": _("Roster")}],
        **bound,
    }
    context["media"] = sum((context[name].media for name in ("add_form", "register_form", "seats_form")), forms.Media())
    return render(request, "enrolment/admin/roster.html", context, status=422 if bound else 200)


def _ask(request: HttpRequest, run: CourseRun, question: str, deed_label: str) -> HttpResponse:
    context = {
        "run": run,
        "question": question,
        "deed_label": deed_label,
        "header_title": deed_label,
        "header_icon": "group",
        "breadcrumbs_items": [
            *_trail(run),
            {"url": reverse("rosters:roster", args=[run.pk]), "label": _("Roster")},
            {"url": "", "label": deed_label},
        ],
    }
    return render(request, "enrolment/admin/confirm.html", context)


def _trail(run: CourseRun) -> list[dict[str, Any]]:
    return [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("course_runs:index"), "label": _("Course runs")},
        {"url": reverse("course_runs:edit", args=[run.pk]), "label": str(run)},
    ]


def _enrol(request: HttpRequest, run: CourseRun, person: Person, form: forms.Form, form_name: str) -> HttpResponse:
    try:
        outcome = services.enrol_trainee(run=run, person=person, by=request.user)  # type: ignore[arg-type]  # signed in
    except DomainError as error:
        form.add_error(None, str(error))
        return _roster(request, run, **{form_name: form})
    if isinstance(outcome, Enrolment):
        sentence = _("%(name)s is enrolled, number %(number)s.") % {"name": person, "number": outcome.number}
    else:
        place = place_in_queue(outcome)
        sentence = _("%(name)s is number %(place)s on the waiting list.") % {"name": person, "place": place}
    messages.success(request, sentence)
    return redirect("rosters:roster", run.pk)


def _deed(request: HttpRequest, run: CourseRun, deed: Callable[[], Any], sentence: str) -> HttpResponse:
    try:
        deed()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, sentence)
    return redirect("rosters:roster", run.pk)


def _sheet(run: CourseRun) -> Sheet:
    rows = (
        (
            row.number, row.person.name, row.agency.name if row.agency else "", row.person.job_title,
            row.person.email, row.confirmed_at,
        )
        for row in active_enrolments(run).iterator(chunk_size=500)
    )  # fmt: skip
    return Sheet(
        title=run.code,
        columns=[
            (_("Number"), "number"), (_("Name"), "text"), (_("Agency"), "text"), (_("Job title"), "text"),
            (_("E-mail"), "text"), (_("Confirmed at"), "datetime"),
        ],
        rows=rows,
    )  # fmt: skip
