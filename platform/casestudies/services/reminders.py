"""Reminders of decisions, before and after their day.

What was reminded of is marked in the transaction that writes the message: a worker that is killed loses nothing, and
nobody is reminded twice.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Agency
from common.officedays import is_working_day

from ..decisions import in_force
from ..messages import ReviewMessage
from ..models import Decision
from . import meeting_mail

BEFORE = (timedelta(days=7), timedelta(days=1))
"""How long before its day a decision is reminded of."""

AFTER = timedelta(days=7)
"""From the day after its day on, a decision is reminded of again each time this much has passed."""


def remind_decisions(*, today: date) -> int:
    """Write each agency one message with its open decisions that are due to be reminded of `today`.

    Only on working days: what falls on a day off is reminded of on the next. Decisions of an agency without a contact
    and without anybody named wait until there is one; the Desk shows them. Returns how many decisions were written
    about. Raises nothing: a second run on the same day does nothing.
    """
    if not is_working_day(today):
        return 0
    due = _due(today).values_list("owner_id", flat=True)
    return sum(_remind(agency, today) for agency in Agency.objects.filter(pk__in=set(due)).order_by("pk"))


def last_reminder_due(due_on: date, today: date) -> date | None:
    """Return the newest day, `today` or before, on which a decision due on `due_on` is to be reminded of."""
    if today > due_on:
        first = due_on + timedelta(days=1)
        return first + (today - first) // AFTER * AFTER
    return max((due_on - before for before in BEFORE if due_on - before <= today), default=None)


@transaction.atomic
def _remind(agency: Agency, today: date) -> int:
    rows = _due(today).filter(owner=agency).select_for_update(of=("self",)).order_by("due_on", "pk")
    decisions = [row for row in rows.select_related("meeting", "item__case", "owner_person") if _is_due(row, today)]
    if not decisions:
        return 0
    told = meeting_mail.tell_agency(ReviewMessage.REMINDED, agency, decisions)
    return Decision.objects.filter(pk__in=[decision.pk for decision in told]).update(reminded_on=today)


def _due(today: date) -> QuerySet[Decision]:
    never_today = Q(reminded_on__isnull=True) | Q(reminded_on__lt=today)
    return in_force().filter(never_today, done_on__isnull=True, due_on__lte=today + max(BEFORE))


def _is_due(decision: Decision, today: date) -> bool:
    wanted = last_reminder_due(decision.due_on, today)
    return wanted is not None and (decision.reminded_on is None or decision.reminded_on < wanted)
