"""Writes of the review group's meetings: planned → convened → closed, each step by one function, under one lock.

The meeting's row is the lock of everything in it: agenda, presence, opinions and decisions. There is no way back from
`closed`: what a closed meeting got wrong is put right by a decision of a later one, which names it, as offices do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency, User
from common.audit import audit
from common.errors import DomainError
from common.locking import bounded_wait

from ..enums import MeetingState
from ..fingerprints import fingerprint
from ..messages import ReviewMessage
from ..minutes import write as written_minutes
from ..models import CommitteeMember, Decision, MeetingMember, ReviewMeeting
from . import meeting_mail

in_turn = bounded_wait(gettext_lazy("Somebody else is saving in this meeting right now. Please try again."))
"""Decorates what locks a meeting: one transaction, with a bounded wait; raises DomainError `try_again`."""


def locked_meeting(meeting: ReviewMeeting, *, to_change: bool = True) -> ReviewMeeting:
    """Fetch `meeting` under its lock, inside the caller's transaction.

    Raises DomainError `closed` when something is `to_change` in a meeting whose minutes are closed.
    """
    row = ReviewMeeting.objects.select_for_update().get(pk=meeting.pk)
    if to_change and row.state == MeetingState.CLOSED:
        message = _(
            "The minutes of this meeting are closed. What they got wrong is put right by a decision of the next one."
        )
        raise DomainError(message, code="closed")
    return row


@in_turn
def plan_meeting(
    *, name: str, starts_at: datetime, place: str = "", recorder: str = "", by: User | None
) -> ReviewMeeting:
    """Plan a meeting and invite all active members; they see nothing of it until it is convened.

    Raises DomainError `name` for a name that another meeting bears, and without one.
    """
    _refuse_name(name, None)
    meeting = ReviewMeeting.objects.create(
        name=name.strip(), starts_at=starts_at, place=place.strip(), recorder=recorder.strip(), created_by=by
    )
    for member in CommitteeMember.objects.filter(is_active=True):
        _invite(meeting, member)
    audit("review_meeting.planned", obj=meeting, by=by)
    return meeting


@in_turn
def change_meeting(
    *, meeting: ReviewMeeting, name: str, starts_at: datetime, place: str, recorder: str, by: User | None
) -> ReviewMeeting:
    """Write name, beginning, place and who takes the minutes. Members are told of another time or place once convened.

    Raises DomainError `closed`, or `name`.
    """
    meeting = locked_meeting(meeting)
    _refuse_name(name, meeting)
    is_moved = (meeting.starts_at, meeting.place) != (starts_at, place.strip())
    meeting.name, meeting.starts_at = name.strip(), starts_at
    meeting.place, meeting.recorder = place.strip(), recorder.strip()
    meeting.save(update_fields=["name", "starts_at", "place", "recorder"])
    audit("review_meeting.changed", obj=meeting, by=by)
    if is_moved and meeting.state == MeetingState.CONVENED and starts_at > timezone.now():
        meeting_mail.tell_members(ReviewMessage.MOVED, meeting, _places(meeting))
    return meeting


@in_turn
def invite_member(*, meeting: ReviewMeeting, member: CommitteeMember, by: User | None) -> MeetingMember:
    """Invite `member`; inviting twice changes nothing. Once convened they are told at once.

    Raises DomainError `closed`.
    """
    meeting = locked_meeting(meeting)
    known = MeetingMember.objects.filter(meeting=meeting, member=member).first()
    if known is not None:
        return known
    place = _invite(meeting, member)
    audit("review_meeting.invited", obj=meeting, by=by, member=member.pk)
    if meeting.state == MeetingState.CONVENED:
        meeting_mail.tell_members(ReviewMessage.CONVENED, meeting, [place])
    return place


@in_turn
def uninvite_member(*, place: MeetingMember, by: User | None) -> None:
    """Take an invitation back; the member is told when the meeting was convened, and sees nothing of it any more.

    Raises DomainError `closed`, or `has_opinion` when they have written one already: it would be lost.
    """
    meeting = locked_meeting(place.meeting)
    if place.opinions.exclude(text="").exists():
        message = _("%(name)s has written an opinion already; mark them as absent instead.")
        raise DomainError(message % {"name": place}, code="has_opinion")
    if meeting.state == MeetingState.CONVENED:
        meeting_mail.tell_members(ReviewMessage.UNINVITED, meeting, [place])
    audit("review_meeting.uninvited", obj=meeting, by=by, member=place.member_id)
    place.delete()


@in_turn
def convene_meeting(*, meeting: ReviewMeeting, by: User | None) -> ReviewMeeting:
    """planned → convened: members get a message with the way to it, and from now on see its agenda and cases.

    Convening twice changes nothing. Raises DomainError `closed`, `no_members` or `no_items`.
    """
    meeting = locked_meeting(meeting)
    if meeting.state == MeetingState.CONVENED:
        return meeting
    places = _places(meeting)
    if not places:
        raise DomainError(_("Nobody is invited. Invite members first."), code="no_members")
    if not meeting.items.exists():
        raise DomainError(_("The agenda is empty. Put cases on it first."), code="no_items")
    meeting.state = MeetingState.CONVENED
    meeting.save(update_fields=["state"])
    audit("review_meeting.convened", obj=meeting, by=by)
    meeting_mail.tell_members(ReviewMessage.CONVENED, meeting, places)
    return meeting


@in_turn
def record_presence(*, meeting: ReviewMeeting, presence: Mapping[int, bool | None], by: User | None) -> None:
    """Record who was there: `MeetingMember` key → True, False, or None while it is not known.

    Members that are not named stay as they are. Raises DomainError `closed`.
    """
    meeting = locked_meeting(meeting)
    changed = []
    for place in meeting.members.filter(pk__in=list(presence)):
        if place.was_present != presence[place.pk]:
            place.was_present = presence[place.pk]
            changed.append(place)
    if changed:
        MeetingMember.objects.bulk_update(changed, ["was_present"])
        audit("review_meeting.presence_recorded", obj=meeting, by=by, count=len(changed))


@in_turn
def write_minutes(
    *,
    meeting: ReviewMeeting,
    opening: str,
    closing: str,
    ended_at: datetime | None,
    seen: str | None = None,
    by: User | None,
) -> ReviewMeeting:
    """Write the chair's opening words, other business, and when the meeting ended.

    `seen` is the `fingerprint` of opening and closing that the writer began with. Raises DomainError `closed`,
    `stale` when somebody else has written meanwhile, or `ended` for an end before the beginning.
    """
    meeting = locked_meeting(meeting)
    if seen is not None and seen != fingerprint(meeting.opening, meeting.closing):
        raise DomainError(_("Somebody else has changed these words meanwhile."), code="stale")
    if ended_at is not None and ended_at < meeting.starts_at:
        raise DomainError(_("The meeting cannot end before it begins."), code="ended")
    meeting.opening, meeting.closing, meeting.ended_at = opening.strip(), closing.strip(), ended_at
    meeting.save(update_fields=["opening", "closing", "ended_at"])
    audit("review_meeting.minutes_written", obj=meeting, by=by)
    return meeting


def lacks_for_closing(meeting: ReviewMeeting) -> list[str]:
    """Return in words what is still to do before the minutes can be closed; nothing when they can."""
    lacks = []
    if meeting.state == MeetingState.PLANNED:
        lacks.append(_("The meeting has not been convened."))
    elif meeting.starts_at > timezone.now():
        lacks.append(_("The meeting has not begun."))
    items = [item for item in meeting.items.select_related("case").order_by("order", "pk") if not item.conclusion]
    if items:
        numbers = _(", ").join(item.case.number for item in items)
        lacks.append(_("These items have no conclusion: %(numbers)s") % {"numbers": numbers})
    unknown = [str(place) for place in _places(meeting) if place.was_present is None]
    if unknown:
        lacks.append(_("It is not recorded whether these were present: %(names)s") % {"names": _(", ").join(unknown)})
    return lacks


@in_turn
def close_meeting(*, meeting: ReviewMeeting, by: User | None) -> ReviewMeeting:
    """convened → closed: freeze the minutes and tell the agencies what they have to do.

    The end of a meeting that is closed on its day is now, where nobody has said it. Closing twice changes nothing.
    Raises DomainError `lacking` naming items without a conclusion and whose presence is unknown.
    """
    meeting = locked_meeting(meeting, to_change=False)
    if meeting.state == MeetingState.CLOSED:
        return meeting
    if lacks := lacks_for_closing(meeting):
        raise DomainError(" ".join(lacks), code="lacking")
    now = timezone.now()
    if meeting.ended_at is None and timezone.localdate(meeting.starts_at) == timezone.localdate(now):
        meeting.ended_at = now
    meeting.state = MeetingState.CLOSED
    meeting.minutes = written_minutes(meeting).as_json()
    meeting.save(update_fields=["state", "ended_at", "minutes"])
    audit("review_meeting.closed", obj=meeting, by=by)
    _tell_agencies(meeting)
    return meeting


def _tell_agencies(meeting: ReviewMeeting) -> None:
    decisions = _open_decisions(meeting)
    for agency in {decision.owner_id: decision.owner for decision in decisions}.values():
        theirs = [decision for decision in decisions if decision.owner_id == agency.pk]
        meeting_mail.tell_agency(ReviewMessage.DECIDED, agency, theirs)


def agencies_not_reached(meeting: ReviewMeeting) -> list[Agency]:
    """Return the agencies that have something to do and cannot be written to."""
    return meeting_mail.agencies_not_reached(_open_decisions(meeting))


def _open_decisions(meeting: ReviewMeeting) -> list[Decision]:
    return list(
        meeting.decisions.filter(done_on__isnull=True)
        .select_related("owner", "owner_person", "meeting", "item__case")
        .order_by("owner_id", "due_on", "pk")
    )


def _refuse_name(name: str, meeting: ReviewMeeting | None) -> None:
    if not name.strip():
        raise DomainError(_("A meeting needs a name."), code="name")
    others = ReviewMeeting.objects.filter(name=name.strip())
    if (others if meeting is None else others.exclude(pk=meeting.pk)).exists():
        raise DomainError(_("There is already a meeting of this name."), code="name")


def _invite(meeting: ReviewMeeting, member: CommitteeMember) -> MeetingMember:
    return MeetingMember.objects.create(
        meeting=meeting, member=member, is_chair=member.is_chair, is_external=member.is_external
    )


def _places(meeting: ReviewMeeting) -> list[MeetingMember]:
    return list(meeting.members.select_related("member__person").order_by("-is_chair", "is_external", "pk"))
