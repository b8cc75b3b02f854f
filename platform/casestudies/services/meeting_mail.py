"""What members and agencies are told of meetings and decisions, written into the outbox with the change itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from icalendar import Event

from accounts.models import Agency, Person
from accounts.selectors import contacts_of
from common.calendarfiles import as_text, host, new_calendar, stamp
from notifications.services import queue_message

from ..messages import ReviewMessage
from ..models import Decision, MeetingMember, ReviewMeeting

LANGUAGE = "zh-hant"
USUAL_LENGTH = timedelta(hours=2)
"""How long a calendar shows a meeting whose end nobody has said."""


def tell_members(kind: ReviewMessage, meeting: ReviewMeeting, places: Iterable[MeetingMember]) -> None:
    """Write each of `places` a message of `kind` about `meeting`; members without an address get none."""
    with override(LANGUAGE):
        url = settings.SITE_URL + reverse("casestudies:meeting", args=[meeting.pk])
    attachments = _calendar(meeting, url, is_cancelled=kind == ReviewMessage.UNINVITED)
    for place in places:
        _write(kind, place.member.person, "meeting", attachments, meeting=meeting, url=url)


def tell_agency(kind: ReviewMessage, agency: Agency, decisions: Sequence[Decision]) -> list[Decision]:
    """Write the contacts of `agency`, and whoever carries out one of `decisions`, a message about theirs.

    Returns the decisions that somebody was told of; without an address to write to, none.
    """
    with override(LANGUAGE):
        url = settings.SITE_URL + reverse("casestudies:decisions")
    contacts = _contacts(agency)
    told: set[int] = set()
    for person, theirs in _readers(contacts, decisions):
        told |= {decision.pk for decision in theirs}
        context: dict[str, Any] = {"decisions": theirs, "agency": agency, "today": timezone.localdate()}
        _write(kind, person, "decisions", None, url=url if person.pk in contacts else "", **context)
    return [decision for decision in decisions if decision.pk in told]


def agencies_not_reached(decisions: Iterable[Decision]) -> list[Agency]:
    """Return the agencies with a decision of which no message can be written to anybody, in the order given."""
    found = []
    by_agency: dict[Agency, list[Decision]] = {}
    for decision in decisions:
        by_agency.setdefault(decision.owner, []).append(decision)
    for agency, theirs in by_agency.items():
        reached = {decision.pk for _person, read in _readers(_contacts(agency), theirs) for decision in read}
        if any(decision.pk not in reached for decision in theirs):
            found.append(agency)
    return found


def _contacts(agency: Agency) -> dict[int | None, Person]:
    return {user.person_id: user.person for user in contacts_of(agency) if user.person is not None}


def _readers(
    contacts: dict[int | None, Person], decisions: Sequence[Decision]
) -> list[tuple[Person, Sequence[Decision]]]:
    """Return whoever can be written to of `decisions`, each with those that concern them."""
    owners = {row.owner_person_id: row.owner_person for row in decisions if row.owner_person is not None}
    return [
        (person, decisions if key in contacts else [row for row in decisions if row.owner_person_id == key])
        for key, person in {**owners, **contacts}.items()
        if person.email
    ]


def _write(
    kind: ReviewMessage, person: Person, template: str, attachments: list[dict[str, str]] | None, **context: Any
) -> None:
    if not person.email:
        return
    queue_message(
        kind=kind.value,
        to=person.email,
        template=template,
        context={"event": kind.event, "person": person, **context},
        person=person,
        language=LANGUAGE,
        attachments=attachments,
    )


def _calendar(meeting: ReviewMeeting, url: str, *, is_cancelled: bool) -> list[dict[str, str]]:
    """Return the meeting for a calendar; it keeps its UID, so that a calendar moves it, or takes it away."""
    calendar = new_calendar("review meeting")
    event = Event()
    event.add("uid", f"review-meeting-{meeting.pk}@{host()}")
    stamp(event, is_cancelled=is_cancelled)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.starts_at + USUAL_LENGTH)
    event.add("summary", meeting.name)
    if meeting.place:
        event.add("location", meeting.place)
    event.add("url", url)
    calendar.add_component(event)
    return [{"name": "meeting.ics", "mimetype": "text/calendar; method=PUBLISH", "text": as_text(calendar)}]
