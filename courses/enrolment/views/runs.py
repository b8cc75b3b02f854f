"""The run list, the run page, and enrolling, withdrawing, leaving the queue in two clicks each."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_ratelimit.decorators import ratelimit

from common.calendarfiles import CONTENT_TYPE
from common.errors import DomainError
from courses.catalogue.enums import RunState
from courses.catalogue.models import CourseRun, Session
from courses.catalogue.selectors import runs_visible, sessions_of

from .. import services
from ..calendars import calendar_of_enrolment, calendar_of_run
from ..eligibility import Refusal, refusal, refusal_of_window
from ..forms import RunFilterForm
from ..models import Enrolment
from ..permissions import can_leave_waiting_list, can_withdraw_enrolment
from ..presentation import STATES_WITH_SEATS
from ..selectors import (
    active_enrolment,
    active_entry,
    other_runs_of_course,
    overlapping_runs,
    place_in_queue,
    standing_of,
    waiting_list,
    with_seats,
)

RUNS_PER_PAGE = 20


def _enrol_rate(group: str, request: HttpRequest) -> str:
    return settings.RATE_LIMITS["enrol"]


@require_safe
@login_not_required
def run_list(request: HttpRequest) -> HttpResponse:
    """Show the catalogue of runs, narrowed by the filters of the address."""
    form = RunFilterForm(request.GET)
    page = Paginator(form.runs(), RUNS_PER_PAGE).get_page(request.GET.get("page"))
    person = _person_of(request)
    standing = standing_of(person, page.object_list) if person else {}
    for run in page.object_list:
        run.standing = standing.get(run.pk, "")
    context = {"form": form, "page_obj": page}
    wants_rows = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    response = render(request, "enrolment/run_results.html" if wants_rows else "enrolment/run_list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@login_not_required
def run_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one run: what to do now, the facts, the timetable, the rules."""
    run = _run_or_404(code)
    person = _person_of(request)
    enrolment = active_enrolment(run, person) if person else None
    entry = active_entry(run, person) if person and not enrolment else None
    reason = None if enrolment or entry else _refusal_for(request, run)
    sessions = list(sessions_of(run))
    shared = _shared_facts(sessions)
    return render(
        request,
        "enrolment/run_page.html",
        {
            "run": run,
            "sessions": sessions,
            "room": shared["room"] if shared["room"] != run.place else "",
            "has_room_column": shared["room"] is None,
            "instructor": shared["instructor"],
            "has_instructor_column": shared["instructor"] is None,
            "total_minutes": run.curriculum.total_minutes or sum(session.minutes for session in sessions),
            "enrolment": enrolment,
            "can_still_withdraw": bool(enrolment) and timezone.now() < run.withdraw_until,
            "entry": entry,
            "place": place_in_queue(entry) if entry else None,
            "refusal": reason,
            "can_enrol": run.state == RunState.OPEN and reason is None and not enrolment and not entry,
            "state": run.state,
            "shows_seats": run.state in STATES_WITH_SEATS,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@ratelimit(key="user_or_ip", rate=_enrol_rate, method="POST")
def enrol(request: HttpRequest, code: str) -> HttpResponse:
    """Say what enrolling will do, and on POST do it; visitors sign in first and come back here."""
    run = _run_or_404(code)
    person = _person_of(request)
    if person and (active_enrolment(run, person) or active_entry(run, person)):
        return redirect(_page_of(run))
    reason = refusal(run, request.user)
    if request.method == "POST" and reason is None and person:
        try:
            outcome = services.enrol_trainee(run=run, person=person, by=request.user)  # type: ignore[arg-type]  # signed in
        except DomainError as error:
            reason = Refusal(error.code, error.message)
        else:
            messages.success(request, _outcome_in_words(outcome))
            return redirect(_page_of(run))
    context = {
        "run": run,
        "person": person,
        "refusal": reason,
        "can_withdraw": timezone.now() < run.withdraw_until,
        "overlaps": overlapping_runs(run, person) if person and reason is None else [],
        "same_course": other_runs_of_course(run, person) if person and reason is None else [],
    }
    return render(request, "enrolment/enrol.html", context, status=409 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@ratelimit(key="user_or_ip", rate=_enrol_rate, method="POST")
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Say what withdrawing will do, and on POST do it."""
    run = _run_or_404(code)
    person = _person_of(request)
    enrolment = active_enrolment(run, person) if person else None
    if enrolment is None or not can_withdraw_enrolment(request.user, enrolment):
        return redirect(_page_of(run))  # withdrawn already, perhaps by a first click
    problem: Any = None
    if request.method == "POST":
        try:
            services.withdraw_enrolment(enrolment=enrolment, by=request.user)  # type: ignore[arg-type]  # signed in
        except DomainError as error:
            problem = error.message
        else:
            messages.success(request, _("You have withdrawn from this class."))
            return redirect(_page_of(run))
    context = {
        "run": run,
        "enrolment": enrolment,
        "problem": problem,
        "is_late": timezone.now() >= run.withdraw_until,
        "has_begun": run.has_begun(),
        "somebody_waits": waiting_list(run).exists(),
    }
    return render(request, "enrolment/withdraw.html", context, status=409 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@ratelimit(key="user_or_ip", rate=_enrol_rate, method="POST")
def leave_queue(request: HttpRequest, code: str) -> HttpResponse:
    """Say what leaving the waiting list will do, and on POST do it."""
    run = _run_or_404(code)
    person = _person_of(request)
    entry = active_entry(run, person) if person else None
    if entry is None or not can_leave_waiting_list(request.user, entry):
        return redirect(_page_of(run))
    problem: Any = None
    if request.method == "POST":
        try:
            services.leave_waiting_list(entry=entry, by=request.user)  # type: ignore[arg-type]  # signed in
        except DomainError as error:
            problem = error.message
        else:
            messages.success(request, _("You are no longer on the waiting list."))
            return redirect(_page_of(run))
    context = {"run": run, "entry": entry, "place": place_in_queue(entry), "problem": problem}
    return render(request, "enrolment/leave_queue.html", context, status=409 if problem else 200)


@require_safe
@login_not_required
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Give everybody the sessions of a run as a calendar file."""
    run = _run_or_404(code)
    return _as_file(calendar_of_run(run), f"{run.code}.ics")


@require_safe
def my_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Give the trainee the calendar file of their own enrolment."""
    run = _run_or_404(code)
    person = _person_of(request)
    enrolment = active_enrolment(run, person) if person else None
    if enrolment is None:
        raise Http404
    return _as_file(calendar_of_enrolment(enrolment), f"{run.code}-{enrolment.number}.ics")


def _run_or_404(code: str) -> Any:
    return get_object_or_404(with_seats(runs_visible()), code=code)


def _person_of(request: HttpRequest) -> Any:
    return request.user.person if request.user.is_authenticated else None


def _page_of(run: CourseRun) -> str:
    return reverse("enrolment:run", args=[run.code])


def _refusal_for(request: HttpRequest, run: CourseRun) -> Refusal | None:
    """Return why this reader cannot enrol; a visitor is told of the window only, the rest after signing in."""
    if not request.user.is_authenticated:
        return refusal_of_window(run, timezone.now())
    return refusal(run, request.user)


def _outcome_in_words(outcome: Any) -> str:
    if isinstance(outcome, Enrolment):
        return _("You are enrolled; your number in this class is %(number)s.") % {"number": outcome.number}
    return _("You are number %(place)s on the waiting list.") % {"place": place_in_queue(outcome)}


def _shared_facts(sessions: list[Session]) -> dict[str, str | None]:
    """Return the room and instructor that all sessions share, so that they are said once; None where they differ."""
    rooms = {session.room for session in sessions}
    has_video = any(session.video_url for session in sessions)
    instructors = {str(session.instructor or "") for session in sessions}
    return {
        "room": rooms.pop() if len(rooms) == 1 and not has_video else None,
        "instructor": instructors.pop() if len(instructors) == 1 else None,
    }


def _as_file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
