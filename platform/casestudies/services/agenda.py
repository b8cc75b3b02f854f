"""Writes of a meeting's agenda: which listed cases come before it, in which order, and what was concluded."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError

from ..agenda import open_elsewhere
from ..enums import MeetingState
from ..fingerprints import fingerprint
from ..models import AgendaItem, ReviewMeeting, TenderCase
from ..reviewed import proposed_summaries
from .meetings import in_turn, locked_meeting


@in_turn
def put_on_agenda(*, meeting: ReviewMeeting, cases: Iterable[TenderCase], by: User | None) -> list[AgendaItem]:
    """Put cases at the end of the agenda, each with a proposed summary of its facts; returns the new items.

    A case that stands on this agenda already is passed over. Only listed cases come before the group. Raises
    DomainError `closed`, `not_listed`, or `elsewhere` for a case on the agenda of another meeting that is not closed.
    """
    meeting = locked_meeting(meeting)
    there = set(meeting.items.values_list("case_id", flat=True))
    new = [case for case in cases if case.pk not in there]
    # the cases' rows: two meetings that are planned at once do not take the same case
    rows = TenderCase.objects.select_for_update(of=("self",)).filter(pk__in=[case.pk for case in new]).order_by("pk")
    by_key = {case.pk: case for case in rows.select_related("agency", "listing")}
    new = [by_key[case.pk] for case in new]
    _refuse_unlisted(new)
    _refuse_elsewhere(new, meeting)
    last = max(meeting.items.values_list("order", flat=True), default=0)
    summaries = proposed_summaries(new)
    items = [
        AgendaItem.objects.create(meeting=meeting, case=case, order=last + number, summary=summaries[case.pk])
        for number, case in enumerate(new, start=1)
    ]
    if items:
        audit("review_meeting.agenda_made", obj=meeting, by=by, cases=[case.pk for case in new])
    return items


@in_turn
def take_off_agenda(*, item: AgendaItem, by: User | None) -> None:
    """Take an item off the agenda; nothing that somebody wrote is lost.

    Raises DomainError `closed`, or `in_use` when opinions, a conclusion or decisions stand with it.
    """
    locked_meeting(item.meeting)
    item = AgendaItem.objects.select_related("case", "meeting").get(pk=item.pk)
    if item.conclusion or item.opinions.exclude(text="").exists() or item.decisions.exists():
        message = _("%(number)s has opinions, a conclusion or decisions: it stays on the agenda.")
        raise DomainError(message % {"number": item.case.number}, code="in_use")
    audit("review_meeting.item_removed", obj=item.meeting, by=by, case=item.case_id)
    item.delete()


@in_turn
def move_item(*, item: AgendaItem, up: bool, by: User | None) -> None:
    """Move an item one place up or down; at the end of the agenda nothing happens. Raises DomainError `closed`."""
    meeting = locked_meeting(item.meeting)
    items = list(meeting.items.order_by("order", "pk"))
    place = [row.pk for row in items].index(item.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(items):
        return
    items[place], items[other] = items[other], items[place]
    for number, row in enumerate(items, start=1):
        row.order = number
    AgendaItem.objects.bulk_update(items, ["order"])
    audit("review_meeting.item_moved", obj=meeting, by=by, case=item.case_id, place=other + 1)


@in_turn
def write_item(
    *, item: AgendaItem, summary: str, conclusion: str, seen: str | None = None, by: User | None
) -> AgendaItem:
    """Write what is before the meeting and what it concluded about one case.

    `seen` is the `fingerprint` of summary and conclusion that the writer began with. Raises DomainError `closed`,
    `stale` when somebody else has written meanwhile, or `not_convened` for a conclusion of a meeting only planned.
    """
    meeting = locked_meeting(item.meeting)
    item = AgendaItem.objects.select_related("case", "meeting").get(pk=item.pk)
    if seen is not None and seen != fingerprint(item.summary, item.conclusion):
        raise DomainError(_("Somebody else has changed these words meanwhile."), code="stale")
    if conclusion.strip() and meeting.state == MeetingState.PLANNED:
        raise DomainError(_("Convene the meeting before it concludes anything."), code="not_convened")
    item.summary, item.conclusion = summary.strip(), conclusion.strip()
    item.save(update_fields=["summary", "conclusion"])
    audit("review_meeting.item_written", obj=meeting, by=by, case=item.case_id)
    return item


def _refuse_unlisted(cases: Iterable[TenderCase]) -> None:
    unlisted = [case.number for case in cases if not hasattr(case, "listing")]
    if unlisted:
        message = _("These cases are not listed for review: %(numbers)s. List them first.")
        raise DomainError(message % {"numbers": _(", ").join(unlisted)}, code="not_listed")


def _refuse_elsewhere(cases: Iterable[TenderCase], meeting: ReviewMeeting) -> None:
    for item in open_elsewhere(cases, meeting):
        message = _("%(number)s stands on the agenda of %(meeting)s already.")
        raise DomainError(message % {"number": item.case.number, "meeting": item.meeting}, code="elsewhere")
