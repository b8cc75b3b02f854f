"""The roster of a run in the back office: who has a seat, who waits, and what an administrator does about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from common.errors import DomainError
from common.spreadsheets import CONTENT_TYPES, Sheet, write
from courses.catalogue.models import CourseRun
from courses.catalogue.selectors import runs_visible
from notifications.wording import without_mail

from .. import services
from ..evidence import Evidence, evidence_of, outcomes_of
from ..forms import AddPersonForm, EndEnrolmentForm, RegisterPersonForm, SeatsForm
from ..models import Enrolment, WaitingListEntry
from ..permissions import can_manage_roster
from ..selectors import (
    active_enrolment,
    active_enrolments,
    active_entry,
    ended_enrolments,
    other_runs_of_course,
    overlapping_runs,
    place_in_queue,
    waiting_list,
    with_former_names,
    with_seats,
)

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
    form = AddPersonForm(request.POST, run=run)
    if not form.is_valid():
        return _roster(request, run, add_form=form)
    return _enrol_known(request, run, form.cleaned_data["person"], form, "add_form")


@require_POST
@roster_view
def register(request: HttpRequest, run: Any) -> HttpResponse:
    """Register somebody who is not on record, and enrol them."""
    form = RegisterPersonForm(request.POST, run=run)
    if not form.is_valid():
        return _roster(request, run, register_form=form)
    known = form.known_person()
    if known is not None:
        return _enrol_known(request, run, known, form, "register_form")
    if form.refuse_namesake(form.cleaned_data["name"]):
        return _roster(request, run, register_form=form)
    return _enrol(
        request, run, form, "register_form",
        lambda: services.register_and_enrol(run=run, reason=form.reason, by=request.user, **form.facts),  # type: ignore[arg-type]  # signed in
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@roster_view
def withdraw(request: HttpRequest, run: Any, enrolment_id: int) -> HttpResponse:
    """Ask why, then withdraw somebody, also after the deadline."""
    enrolment = _enrolment_of(run, enrolment_id)
    if run.has_begun():
        question = _("Withdraw %(name)s from this class? It has begun: who took part still counts as trained.")
    elif waiting_list(run).exists():
        question = _("Withdraw %(name)s from this class? The seat goes to the next one on the waiting list at once.")
    else:
        question = _("Withdraw %(name)s from this class? The seat is free at once.")
    return _end(
        request, run, enrolment, outcomes_of(enrolment), question, _("Withdraw from the class"),
        lambda reason, seen: services.withdraw_enrolment(
            enrolment=enrolment, reason=reason, despite_outcomes=seen, by=request.user,  # type: ignore[arg-type]  # signed in
        ),
        _("%(name)s is withdrawn."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@roster_view
def mark_in_error(request: HttpRequest, run: Any, enrolment_id: int) -> HttpResponse:
    """Ask why, then take an enrolment that should never have been made out of every figure."""
    enrolment = _enrolment_of(run, enrolment_id)
    return _end(
        request, run, enrolment, evidence_of(enrolment),
        _("Was %(name)s entered in error? The enrolment then counts in no figure; it stays on record with the reason."),
        _("Mark as entered in error"),
        lambda reason, seen: services.mark_entered_in_error(
            enrolment=enrolment, reason=reason, despite_evidence=seen, by=request.user,  # type: ignore[arg-type]  # signed in
        ),
        _("The enrolment of %(name)s is marked as entered in error."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@roster_view
def restore(request: HttpRequest, run: Any, enrolment_id: int) -> HttpResponse:
    """Ask, then take back a withdrawal or an "entered in error"; in a full class one seat is added."""
    enrolment = _enrolment_of(run, enrolment_id)
    if request.method != "POST":
        question = _("Take back the withdrawal of %(name)s? Number, attendance and results are as they were.")
        if run.seats_free == 0:
            question += " " + _("No seat is free any more: the class gets one seat more.")
        question %= {"name": enrolment.person}
        return _ask(request, run, question, _("Restore the enrolment"), adds_seat=run.seats_free == 0)
    return _deed(
        request, run,
        lambda: services.restore_enrolment(
            enrolment=enrolment, adds_seat="adds_seat" in request.POST, by=request.user,  # type: ignore[arg-type]  # signed in
        ),
        _("%(name)s is enrolled again, number %(number)s.") % {"name": enrolment.person, "number": enrolment.number},
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
        request, "enrolment/roster_print.html", {"run": run, "enrolments": with_former_names(active_enrolments(run))}
    )  # fmt: skip


def _roster(request: HttpRequest, run: Any, **bound: forms.Form) -> HttpResponse:
    enrolments, queue = with_former_names(active_enrolments(run)), list(waiting_list(run))
    people = [*(row.person for row in enrolments), *(row.person for row in queue)]
    context = {
        "run": run,
        "enrolments": enrolments,
        "queue": queue,
        "not_told": without_mail(person for person in people if not person.email),
        "ended": ended_enrolments(run),
        "add_form": AddPersonForm(run=run),
        "register_form": RegisterPersonForm(run=run),
        "seats_form": SeatsForm(initial={"seats": run.seats}),
        "is_ahead": not run.has_begun(),
        "header_title": _("Roster of %(run)s") % {"run": run},
        "header_icon": "group",
        "breadcrumbs_items": [*_trail(run), {"url": "", "label": _("Roster")}],
        **bound,
    }
    context["media"] = sum((context[name].media for name in ("add_form", "register_form", "seats_form")), forms.Media())
    return render(request, "enrolment/admin/roster.html", context, status=422 if bound else 200)


def _ask(
    request: HttpRequest, run: CourseRun, question: str, deed_label: str, *, form: Any = None, adds_seat: bool = False
) -> HttpResponse:
    context = {
        "run": run,
        "form": form,
        "adds_seat": adds_seat,
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
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "enrolment/admin/confirm.html", context, status=status)


def _enrolment_of(run: CourseRun, enrolment_id: int) -> Enrolment:
    return get_object_or_404(Enrolment.objects.select_related("person"), pk=enrolment_id, run=run.pk)


def _end(
    request: HttpRequest,
    run: CourseRun,
    enrolment: Enrolment,
    evidence: Sequence[Evidence],
    question: str,
    deed_label: str,
    deed: Callable[[str, bool], Any],
    sentence: str,
) -> HttpResponse:
    """Ask for the reason and show what rests on the enrolment, then do it."""
    name = {"name": enrolment.person}
    form = EndEnrolmentForm(request.POST or None, evidence=evidence)
    if request.method != "POST" or not form.is_valid():
        if request.method == "POST" and not form.is_bound:  # an empty POST, by hand
            form = EndEnrolmentForm({}, evidence=evidence)
        return _ask(request, run, question % name, deed_label, form=form)
    reason, seen = form.cleaned_data["reason"], bool(evidence)
    return _deed(request, run, lambda: deed(reason, seen), sentence % name)


def _trail(run: CourseRun) -> list[dict[str, Any]]:
    return [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("course_runs:index"), "label": _("Course runs")},
        {"url": reverse("course_runs:edit", args=[run.pk]), "label": str(run)},
    ]


def _enrol_known(
    request: HttpRequest, run: CourseRun, person: Person, form: Any, form_name: str
) -> HttpResponse:  # fmt: skip
    """Enrol somebody on record; who is on the roster already is said to be, and so is a namesake."""
    existing = active_enrolment(run, person)
    if existing is not None:
        messages.info(
            request,
            _("%(name)s already is enrolled, number %(number)s. Nothing was changed.")
            % {"name": person, "number": existing.number},
        )
        return redirect("rosters:roster", run.pk)
    if form.refuse_namesake(person.name, person=person):
        return _roster(request, run, **{form_name: form})
    return _enrol(
        request, run, form, form_name,
        lambda: services.enrol_trainee(run=run, person=person, reason=form.reason, by=request.user),  # type: ignore[arg-type]  # signed in
        was_waiting=active_entry(run, person) is not None,
    )  # fmt: skip


def _enrol(
    request: HttpRequest,
    run: CourseRun,
    form: forms.Form,
    form_name: str,
    enrol: Callable[[], Any],
    *,
    was_waiting: bool = False,
) -> HttpResponse:
    try:
        outcome = enrol()
    except DomainError as error:
        form.add_error(None, str(error))
        return _roster(request, run, **{form_name: form})
    said = {"name": outcome.person}
    if isinstance(outcome, Enrolment):
        said["number"] = outcome.number
        messages.success(request, _("%(name)s is enrolled, number %(number)s.") % said)
    elif was_waiting:
        said["place"] = place_in_queue(outcome)
        messages.info(request, _("%(name)s already is number %(place)s on the waiting list.") % said)
    else:
        said["place"] = place_in_queue(outcome)
        messages.success(request, _("%(name)s is number %(place)s on the waiting list.") % said)
    for other in overlapping_runs(run, outcome.person):
        messages.warning(
            request,
            _("Please note: some sessions are at the same time as %(run)s, in which %(name)s is enrolled.")
            % {"run": other, "name": outcome.person},
        )
    for other in other_runs_of_course(run, outcome.person):
        messages.warning(
            request,
            _("Please note: %(name)s also holds a seat in %(run)s, which is the same course.")
            % {"run": other, "name": outcome.person},
        )
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
