"""What the hotline shows in others' places."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from library.news import register_news
from website.slots import Slot, fill

from . import hours
from .models import HotlineOfficer
from .news import news_of_questions
from .permissions import can_plan_roster, officer_of
from .roster import half_days_without_officer, proposals_for, shift_now, shifts_on_days_off, unqualified_officers
from .services.roster import LONGEST_RANGE
from .threads import unread_answers

ROSTER_AHEAD = timedelta(days=14)
"""How far the Desk looks for half days without an officer."""


def answer_to_read(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """The newest answer that the reader of My learning has not read."""
    case = unread_answers(request.user).first()
    if case is None:
        return None
    return {
        "over": _("The hotline has answered"),
        "title": _("Your answer is here: %(number)s") % {"number": case.number},
        "detail": case.question[:80] + ("…" if len(case.question) > 80 else ""),
        "url": case.get_absolute_url(),
        "label": _("Read the answer"),
    }


fill(Slot.MY_NEXT, order=25, template="consultations/next_panel.html", context=answer_to_read)
register_news(news_of_questions)


def duty_context(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """My duty at the hotline today, and the proposals that wait for me; nothing for who is no officer."""
    mine = officer_of(request.user)
    if mine is None:
        return None
    now = timezone.now()
    context = {"now_on_duty": shift_now(mine, at=now), "asked": proposals_for(mine, at=now)}
    return context if any(context.values()) else None


def roster_context(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """What is wrong with the roster of the next two weeks; nothing where nobody takes turns yet."""
    today = timezone.localdate()
    last = today + ROSTER_AHEAD
    if not HotlineOfficer.objects.filter(is_active=True).exists():
        return None
    now = timezone.now()
    gaps = [(day, part) for day, part in half_days_without_officer(today, last) if hours.ends_at(day, part) > now]
    context: dict[str, Any] = {
        "gaps": [(day, [part for _day, part in group]) for day, group in groupby(gaps, key=itemgetter(0))],
        "unqualified": list(unqualified_officers()),
        "to_clear": shifts_on_days_off(today, today + LONGEST_RANGE),
    }
    return context if any(context.values()) else None


fill(Slot.TODAY, order=5, template="consultations/duty_panel.html", context=duty_context)
fill(Slot.DESK, order=5, template="consultations/duty_panel.html", context=duty_context)
fill(
    Slot.DESK, order=45, template="consultations/roster_panel.html", context=roster_context,
    predicate=can_plan_roster,
)  # fmt: skip
