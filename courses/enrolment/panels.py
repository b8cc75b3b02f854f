"""What this app shows on the pages of others, and its entry of the main menu."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.permissions import can_view_agency, is_agency_contact
from courses.catalogue.enums import RunState
from courses.catalogue.models import Course
from courses.catalogue.permissions import can_manage_runs
from courses.catalogue.selectors import has_begun, in_state, runs_visible, runs_without_sessions
from website.navigation import add_entry
from website.slots import Slot, fill

from .selectors import enrolments_of_agency, runs_to_list, standing_of, with_seats

NEXT_RUNS = 4


def _with_standing(request: HttpRequest, runs: list[Any]) -> list[Any]:
    person = request.user.person if request.user.is_authenticated else None
    if person is not None:
        standing = standing_of(person, runs)
        for run in runs:
            run.standing = standing.get(run.pk, "")
    return runs


def home_context(request: HttpRequest, subject: None) -> dict[str, Any]:
    """Return the next runs: those with seats left first, then those that open soon; and how many there are."""
    coming = runs_to_list().filter(in_state(RunState.OPEN) | in_state(RunState.ANNOUNCED))
    free = list(coming.filter(in_state(RunState.OPEN), seats_free__gt=0).order_by("starts_on", "code")[:NEXT_RUNS])
    if len(free) < NEXT_RUNS:
        others = coming.exclude(pk__in=[run.pk for run in free]).order_by("starts_on", "code")
        free += list(others[: NEXT_RUNS - len(free)])
    return {"runs": _with_standing(request, free), "total": coming.count()}


def course_context(request: HttpRequest, course: Course) -> dict[str, Any] | None:
    """Return the runs of `course` that are coming or under way."""
    runs = runs_to_list().filter(course=course, cancelled_at__isnull=True, ends_on__gte=timezone.localdate())
    return {"runs": _with_standing(request, list(runs.order_by("starts_on", "code")[:10])), "course": course}


def agency_context(request: HttpRequest, agency: Agency) -> dict[str, Any] | None:
    """Return who of `agency` is enrolled in which run ahead or under way."""
    if not can_view_agency(request.user, agency):
        return None
    rows = enrolments_of_agency(agency)
    return {"runs": [(run, list(group)) for run, group in groupby(rows, key=lambda row: row.run)]}


def desk_context(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """Return what waits for the administrator: full runs with a queue, and runs without sessions."""
    ahead = with_seats(runs_visible()).filter(~has_begun(), cancelled_at__isnull=True)
    queued = list(ahead.filter(waiting_count__gt=0).order_by("starts_on", "code")[:20])
    without_sessions = list(runs_without_sessions()[:20])
    if not queued and not without_sessions:
        return None
    return {"queued": queued, "without_sessions": without_sessions}


def desk_runs_context(request: HttpRequest, subject: None) -> dict[str, Any]:
    """Return the runs open for enrolment and those that open next."""
    runs = with_seats(runs_visible())
    return {
        "open": list(runs.filter(in_state(RunState.OPEN)).order_by("enrol_until", "code")[:20]),
        "opening": list(runs.filter(in_state(RunState.ANNOUNCED)).order_by("enrol_from", "code")[:5]),
    }


add_entry(order=20, label=_("Classes"), url_name="enrolment:run_list", predicate=lambda user: True)
fill(Slot.HOME, order=10, template="enrolment/home_panel.html", context=home_context)
fill(Slot.COURSE_PAGE, order=10, template="enrolment/course_panel.html", context=course_context)
fill(
    Slot.MY_AGENCY, order=30, template="enrolment/agency_panel.html", context=agency_context,
    predicate=is_agency_contact,
)  # fmt: skip
fill(Slot.DESK, order=20, template="enrolment/desk_panel.html", context=desk_context, predicate=can_manage_runs)
fill(
    Slot.DESK, order=80, template="enrolment/desk_runs_panel.html", context=desk_runs_context,
    predicate=can_manage_runs,
)  # fmt: skip
