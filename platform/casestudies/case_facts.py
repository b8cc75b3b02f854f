"""All that one page says of a case: for the back office and for the page that report viewers and members read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from .enums import Failure, MeetingState, NoticeKind
from .models import AgendaItem, Decision, Diagnosis, Listing, TenderCase, TenderNotice
from .permissions import can_manage_cases, can_view_cases, member_of
from .printed_bands import BandReading, band_reading
from .timeline import Drawing, draw, events_of, followed_cases

MOST_SUCCESSORS = 20


@dataclass(frozen=True)
class CaseFacts:
    """A case with everything that is known of it.

    `notices` in the order of their days (without what was published raw), `predecessors` the cases it follows (the
    first one in front), `successors` those that follow it. `diagnosis` is the current one, `earlier` those before.
    `items` are the places on agendas that the reader may see, with the decisions. `waits` are notices whose printed
    reason nobody has decided yet.
    """

    case: TenderCase
    band: BandReading
    notices: Sequence[TenderNotice]
    predecessors: Sequence[TenderCase]
    successors: Sequence[TenderCase]
    drawing: Drawing | None
    listing: Listing | None
    diagnosis: Diagnosis | None
    earlier: Sequence[Diagnosis]
    items: Sequence[AgendaItem]

    @property
    def waits(self) -> list[TenderNotice]:
        """The failed notices that wait for a person."""
        return [notice for notice in self.notices if notice.failure == Failure.UNDECIDED]

    @property
    def failed_notices(self) -> list[TenderNotice]:
        """The notices that no award was made, in their order."""
        return [notice for notice in self.notices if notice.kind == NoticeKind.FAILED]


def case_facts(case: TenderCase, user: Any) -> CaseFacts:
    """Return all that `user`, who may open `case`, is shown of it.

    A constant number of queries, and one for each case in the chain that it follows.
    """
    notices = list(case.notices.defer("raw").select_related("decided_by__person"))
    diagnoses = list(
        case.diagnoses.select_related(
            "edition", "category", "stage", "pattern", "cause", "evidence", "diagnosed_by__person"
        )
        .defer("evidence__raw")
        .prefetch_related("measures")
    )
    return CaseFacts(
        case=case,
        band=band_reading(case),
        notices=notices,
        predecessors=followed_cases(case)[:-1],
        successors=list(case.followed_by.select_related("agency").order_by("first_notice_on", "pk")[:MOST_SUCCESSORS]),
        drawing=draw(events_of(case)),
        listing=Listing.objects.filter(case=case).select_related("rule").first(),
        diagnosis=next((each for each in diagnoses if each.is_current), None),
        earlier=[each for each in diagnoses if not each.is_current],
        items=list(_items(case, user)),
    )


def _items(case: TenderCase, user: Any) -> QuerySet[AgendaItem]:
    """The places on agendas that `user` may see: who manages cases all, members their own meetings'.

    Report viewers see them once the minutes are closed: before, a conclusion is a draft.
    """
    decisions = Prefetch("decisions", Decision.objects.select_related("owner"))
    items = case.agenda_items.select_related("meeting").defer("meeting__minutes").prefetch_related(decisions)
    items = items.order_by("meeting__starts_at", "pk")
    if can_manage_cases(user):
        return items
    if can_view_cases(user):
        return items.filter(meeting__state=MeetingState.CLOSED)
    return items.filter(meeting__members__member=member_of(user)).exclude(meeting__state=MeetingState.PLANNED)
