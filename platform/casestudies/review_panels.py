"""What the review group shows in others' places: where members begin, the menu, the Desk, an agency's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.permissions import is_administrator, is_committee_member
from website.navigation import add_entry
from website.slots import Slot, fill
from website.start_pages import add_start_page

from .decisions import counts, decisions_listed
from .enums import MeetingState
from .models import ReviewMeeting
from .permissions import can_manage_cases, can_view_decisions, member_of

SHOWN = 5


def is_member(user: Any) -> bool:
    """Whether `user` sits in the group and has the role to see it; administrators go in by the back office."""
    return is_committee_member(user) and not is_administrator(user) and member_of(user) is not None


def review_for_desk(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """Return the next meeting, meetings whose minutes wait, and overdue decisions; None when there is nothing."""
    now = timezone.now()
    meetings = ReviewMeeting.objects.defer("minutes").exclude(state=MeetingState.CLOSED)
    context = {
        "next_meeting": meetings.filter(starts_at__gte=now).order_by("starts_at", "pk").first(),
        "to_close": list(meetings.filter(starts_at__lt=now).order_by("starts_at", "pk")[:SHOWN]),
        "overdue": list(decisions_listed("overdue")[:SHOWN]),
    }
    if not any(context.values()):
        return None
    return {**context, "overdue_count": counts()["overdue"]}


def meeting_of_today(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """Return the meeting of today, for who leads it; None on other days."""
    today = ReviewMeeting.objects.defer("minutes").filter(starts_at__date=timezone.localdate())
    meeting = today.exclude(state=MeetingState.CLOSED).order_by("starts_at", "pk").first()
    return {"next_meeting": meeting} if meeting is not None else None


def decisions_for_agency(request: HttpRequest, agency: Agency) -> dict[str, Any] | None:
    """Return the decisions that an agency has to carry out, the most urgent first; None when there never was one."""
    numbers = counts(owner=agency)
    if not numbers["open"] and not numbers["done"]:
        return None
    return {"decisions": list(decisions_listed("open", owner=agency)[:SHOWN]), "counts": numbers}


add_start_page(order=45, url_name="casestudies:meetings", predicate=is_member)
add_entry(order=62, label=_("Review meetings"), url_name="casestudies:meetings", predicate=is_member)
fill(
    Slot.DESK, order=30, template="casestudies/review_desk_panel.html", context=review_for_desk,
    predicate=can_manage_cases,
)  # fmt: skip
fill(
    Slot.TODAY, order=60, template="casestudies/review_desk_panel.html", context=meeting_of_today,
    predicate=can_manage_cases,
)  # fmt: skip
fill(
    Slot.MY_AGENCY, order=20, template="casestudies/decisions_agency_panel.html", context=decisions_for_agency,
    predicate=can_view_decisions,
)  # fmt: skip
