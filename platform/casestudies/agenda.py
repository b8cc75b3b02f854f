"""What may come before a meeting, and what stands on its agenda."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from .enums import MeetingState
from .models import AgendaItem, Listing, ReviewMeeting, TenderCase


def propose_agenda(*, text: str = "") -> QuerySet[Listing]:
    """Return the open listings that wait for a meeting: cases without an award first, the longest waiting on top.

    Left out is what stands on the agenda of a meeting that is not closed, and what a closed meeting has dealt with
    unless the case has failed again since. `text` narrows by number, title or agency; 台 and 臺 are alike.
    """
    same_case = AgendaItem.objects.filter(case=OuterRef("case"))
    dealt_with = same_case.filter(meeting__state=MeetingState.CLOSED).filter(
        Q(case__last_failed_on__isnull=True) | Q(meeting__starts_at__date__gte=F("case__last_failed_on"))
    )
    waiting = Listing.objects.filter(
        ~Exists(same_case.exclude(meeting__state=MeetingState.CLOSED)), ~Exists(dealt_with), closed_on__isnull=True
    )
    wanted = Q()
    for words in {text.strip(), text.strip().replace("台", "臺"), text.strip().replace("臺", "台")} - {""}:
        wanted |= (
            Q(case__number__icontains=words)
            | Q(case__title__icontains=words)
            | Q(case__agency_name__icontains=words)
            | Q(case__agency__name__icontains=words)
        )
    return (
        waiting.filter(wanted)
        .select_related("case__agency", "rule")
        .order_by(F("case__awarded_on").asc(nulls_first=True), "listed_on", "pk")
    )


def open_elsewhere(cases: Iterable[TenderCase], meeting: ReviewMeeting) -> QuerySet[AgendaItem]:
    """Return where `cases` stand on the agenda of another meeting that is not closed."""
    return (
        AgendaItem.objects.filter(case__in=list(cases))
        .exclude(meeting__state=MeetingState.CLOSED)
        .exclude(meeting=meeting)
        .select_related("case", "meeting")
    )


def items_of(meeting: ReviewMeeting) -> QuerySet[AgendaItem]:
    """Return the items in their order, with their cases and how many opinions and decisions there are."""
    return (
        meeting.items.select_related("case__agency")
        .annotate(
            opinion_count=Count("opinions", filter=~Q(opinions__text=""), distinct=True),
            decision_count=Count("decisions", distinct=True),
        )
        .order_by("order", "pk")
    )


def meetings_listed() -> QuerySet[ReviewMeeting]:
    """Return all meetings, the newest first, with how many items, members and conclusions they have."""
    counts = {
        "item_count": Count("items", distinct=True),
        "concluded_count": Count("items", filter=~Q(items__conclusion=""), distinct=True),
        "member_count": Count("members", distinct=True),
        "decision_count": Count("decisions", distinct=True),
    }
    return ReviewMeeting.objects.defer("minutes").annotate(**counts).order_by("-starts_at", "-pk")
