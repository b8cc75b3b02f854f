"""What this app shows on Today, on the run's page and on the Desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.permissions import is_administrator
from courses.catalogue.models import CourseRun, Session
from courses.catalogue.permissions import sessions_taught_by
from website.permissions import can_open_desk, can_open_today
from website.slots import Slot, fill

from .permissions import can_view_attendance_of_run
from .selectors import (
    sessions_of_day,
    sessions_without_roll_call,
    with_roll_call_counts,
)

NEXT_SESSIONS = 5
LATEST_GAPS = 20


def today_context(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """Return today's sessions, the next ones, and past ones without a roll call.

    An instructor sees their own; an administrator who teaches nothing sees everybody's, to stand in.
    """
    now = timezone.now()
    mine = sessions_taught_by(request.user)
    stands_in = is_administrator(request.user) and not mine.exists()
    sessions = (Session.objects.all() if stands_in else mine).filter(run__cancelled_at__isnull=True)
    related = ("run__course", "subject", "instructor__person")
    today = with_roll_call_counts(sessions_of_day(sessions, timezone.localdate())).select_related(*related)
    end_of_today = timezone.localtime(now).replace(hour=23, minute=59, second=59, microsecond=999999)
    coming = sessions.filter(starts_at__gt=end_of_today).select_related(*related).order_by("starts_at", "number")
    gaps = sessions_without_roll_call(now=now).exclude(pk__in=sessions_of_day(sessions, timezone.localdate()))
    if not stands_in:
        gaps = gaps.filter(pk__in=sessions)
    context = {
        "today_sessions": list(today.order_by("starts_at", "number")),
        "next_sessions": list(coming[:NEXT_SESSIONS]),
        "gaps": list(gaps[:LATEST_GAPS]),
        "stands_in": stands_in,
        "now": now,
    }
    return context if any(context[key] for key in ("today_sessions", "next_sessions", "gaps")) else None


def run_context(request: HttpRequest, run: CourseRun) -> dict[str, Any] | None:
    """Return the way to the roll calls for who teaches in `run`."""
    if not request.user.is_authenticated or not can_view_attendance_of_run(request.user, run):
        return None
    gaps = sessions_without_roll_call().filter(run=run).count()
    return {"run": run, "gap_count": gaps}


def desk_context(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """Return past sessions without a (whole) roll call; nothing where there are none."""
    gaps = sessions_without_roll_call()
    found = list(gaps[:LATEST_GAPS])
    if not found:
        return None
    return {"gaps": found, "total": len(found) if len(found) < LATEST_GAPS else gaps.count()}


fill(Slot.TODAY, order=10, template="attendance/today_panel.html", context=today_context, predicate=can_open_today)
fill(Slot.RUN_PAGE, order=60, template="attendance/run_panel.html", context=run_context)
fill(Slot.DESK, order=40, template="attendance/desk_panel.html", context=desk_context, predicate=can_open_desk)
