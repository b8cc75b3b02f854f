"""What happened to a case, in its order: read from its notices or from a page, and drawn.

drawing = draw(events_of(case))
{% include "casestudies/timeline.html" with drawing=drawing only %}
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .enums import Failure, NoticeKind
from .models import TenderCase, TenderNotice
from .timeline_drawing import CHANGE, Drawing, TimelineEvent, draw, in_words, short_amount

__all__ = [
    "CHANGE",
    "Drawing",
    "TimelineEvent",
    "draw",
    "events_of",
    "events_of_stream",
    "followed_cases",
    "in_words",
    "short_amount",
]

LONGEST_LABEL = 80
"""Characters of a label; `TimelineEventBlock` takes no more."""

# What happened first of one day: a tender fails, is changed, and is published again.
_RANK = {NoticeKind.FAILED: 0, CHANGE: 1, NoticeKind.TENDER: 2, NoticeKind.CORRECTION: 3, NoticeKind.OTHER: 4}


def events_of(case: TenderCase) -> list[TimelineEvent]:
    """Return what the notices of `case` and of the cases it follows tell, in order, and the change before the award.

    Labels are in the language of the interface. One query for the notices, and one for each case that is followed.
    """
    chain = followed_cases(case)
    notices = list(
        TenderNotice.objects.filter(case__in=chain)
        .only(
            "case", "kind", "printed_type", "published_on", "failure", "budget", "procurement_amount", "awarded_on",
            "award_amount",
        )
        .order_by("published_on", "pk")
    )  # fmt: skip
    notices.sort(key=lambda notice: (_day_of(notice), _RANK.get(notice.kind, 5)))
    events = _told(notices)
    change = _change_before_award(case, notices)
    if change is not None:
        events.append(change)
    return sorted(events, key=lambda event: (event.on, _RANK.get(event.kind, 5)))


def events_of_stream(value: Iterable[Any]) -> list[TimelineEvent]:
    """Return the events of a page's `timeline` in order; of one day, as the editor has them."""
    events = [
        TimelineEvent(
            block.value["on"], block.value["precision"], block.value["kind"], block.value["label"].strip(),
            block.value["amount"],
        )
        for block in value
        if block.value["on"] is not None
    ]  # fmt: skip
    return sorted(events, key=lambda event: event.on)


def followed_cases(case: TenderCase) -> list[TenderCase]:
    """Return `case` behind the cases that it follows, the first one in front. A circle is cut where it closes."""
    chain = [case]
    while (before := chain[0].follows) is not None and before not in chain:
        chain.insert(0, before)
    return chain


def _told(notices: list[TenderNotice]) -> list[TimelineEvent]:
    """Return the notices as events; an amount is said where it is new."""
    events: list[TimelineEvent] = []
    failures = 0
    tendered: set[int] = set()
    said: int | None = None
    for notice in notices:
        amount = notice.procurement_amount if notice.budget is None else notice.budget
        if notice.kind == NoticeKind.FAILED:
            failures += 1
            label = _("Time %(number)d: %(how)s") % {"number": failures, "how": _how(notice)}
            amount = None
        elif notice.kind == NoticeKind.AWARD:
            label, amount = _("Awarded"), notice.award_amount
        elif notice.kind == NoticeKind.TENDER:
            label = _first_words(notice, tendered)
            tendered.add(notice.case_id)
        elif notice.kind == NoticeKind.CORRECTION:
            label = _("The tender is corrected")
        else:
            label = notice.printed_type
        if notice.kind != NoticeKind.AWARD and amount is not None:
            amount, said = (None, said) if amount == said else (amount, amount)
        events.append(TimelineEvent(_day_of(notice), "day", notice.kind, label[:LONGEST_LABEL], amount))
    return events


def _first_words(notice: TenderNotice, tendered: set[int]) -> str:
    if not tendered:
        return _("First tender")
    if notice.case_id in tendered:
        return _("Tendered again")
    return _("Tendered again under a new number")


def _how(notice: TenderNotice) -> str:
    """How it failed, in a few words."""
    return {
        Failure.NO_TENDERS: pgettext("on a timeline", "too few tenderers"),
        Failure.SCRAPPED: pgettext("on a timeline", "opened, not awarded"),
        Failure.NOT_OPENED: pgettext("on a timeline", "not opened or awarded"),
    }.get(Failure(notice.failure), pgettext("on a timeline", "reason not decided yet"))


def _day_of(notice: TenderNotice) -> date:
    """The day that the notice tells of: an award is told of later."""
    if notice.kind == NoticeKind.AWARD and notice.awarded_on is not None:
        return notice.awarded_on
    return notice.published_on


def _change_before_award(case: TenderCase, notices: list[TenderNotice]) -> TimelineEvent | None:
    """Return the change as an event, as exactly as it can be known; None where nobody wrote one down.

    It came with the last tender or correction after the last failure where there is one. Otherwise on some day between
    that failure and the award, so in their month or year where both have the same, or by the year of the award.
    """
    words = " ".join(case.change_before_award.split())
    if not words:
        return None
    label = Truncator(words).chars(LONGEST_LABEL)
    failed = max((_day_of(notice) for notice in notices if notice.kind == NoticeKind.FAILED), default=None)
    awarded = max((_day_of(notice) for notice in notices if notice.kind == NoticeKind.AWARD), default=case.awarded_on)
    again = [
        _day_of(notice)
        for notice in notices
        if notice.kind in (NoticeKind.TENDER, NoticeKind.CORRECTION)
        and (failed is None or _day_of(notice) >= failed)
        and (awarded is None or _day_of(notice) <= awarded)
    ]
    if again and failed is not None:
        return TimelineEvent(again[-1], "day", CHANGE, label)
    if failed is None or awarded is None:
        return None
    if failed.year != awarded.year:
        return TimelineEvent(awarded, "before", CHANGE, label)
    return TimelineEvent(awarded, "month" if failed.month == awarded.month else "year", CHANGE, label)
