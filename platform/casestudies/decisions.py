"""Decisions as they are followed up: open, overdue, done."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import Agency

from .enums import MeetingState
from .models import Decision

STATES = ("overdue", "open", "done")


def in_force() -> QuerySet[Decision]:
    """Return the decisions of closed meetings: before that their words may still change."""
    return Decision.objects.filter(meeting__state=MeetingState.CLOSED)


def by_state(state: str, today: date | None = None) -> Q:
    """Return the filter for `overdue` (open, its day past), `open` (overdue ones among them) or `done`."""
    day = today or timezone.localdate()
    filters = {
        "open": Q(done_on__isnull=True),
        "overdue": Q(done_on__isnull=True, due_on__lt=day),
        "done": Q(done_on__isnull=False),
    }
    return filters[state]


def decisions_listed(state: str, *, owner: Agency | None = None) -> QuerySet[Decision]:
    """Return decisions in force in `state`: those to do by their day, those done by the day they were."""
    decisions = in_force().filter(by_state(state))
    if owner is not None:
        decisions = decisions.filter(owner=owner)
    order = ("-done_on", "-pk") if state == "done" else ("due_on", "pk")
    return with_context(decisions).order_by(*order)


def counts(*, owner: Agency | None = None) -> dict[str, int]:
    """Return how many decisions in force are overdue, open (overdue ones among them) and done. One query."""
    decisions = in_force() if owner is None else in_force().filter(owner=owner)
    return decisions.aggregate(**{state: Count("pk", filter=by_state(state)) for state in STATES})


def with_context(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Fetch with them what a line about a decision names."""
    return decisions.select_related("meeting", "item__case", "owner", "owner_person").defer("meeting__minutes")
