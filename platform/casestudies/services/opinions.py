"""Writes of members' opinions: saved as they are typed, from as many devices as a member has."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError

from ..enums import MeetingState
from ..models import AgendaItem, MeetingMember, Opinion
from .meetings import in_turn, locked_meeting

LONGEST = 4000
"""Characters of one opinion."""


class StaleOpinionError(DomainError):
    """The member has written meanwhile on another device; `opinion` is what stands there."""

    def __init__(self, opinion: Opinion) -> None:
        super().__init__(
            _("You have written here on another device meanwhile. Nothing is lost: both texts are shown."),
            code="stale",
        )
        self.opinion = opinion


@in_turn
def write_opinion(*, item: AgendaItem, place: MeetingMember, text: str, version: int, by: User | None) -> Opinion:
    """Write what the member at `place` thinks of `item`; `version` is the `lock_version` that the page has seen.

    The same words again change nothing, whatever the version: a page that never heard of its own save may repeat it.
    Only the first words are audited, not each save while typing. Raises StaleOpinionError, or DomainError `closed`,
    `not_convened`, `not_invited` or `too_long`.
    """
    meeting = locked_meeting(item.meeting)
    if meeting.state != MeetingState.CONVENED:
        raise DomainError(_("Opinions are written once the meeting is convened."), code="not_convened")
    if place.meeting_id != meeting.pk or not AgendaItem.objects.filter(pk=item.pk, meeting=meeting).exists():
        raise DomainError(_("This case is not on the agenda of your meeting."), code="not_invited")
    text = text.replace("\r\n", "\n").rstrip()
    if len(text) > LONGEST:
        message = _("An opinion has at most %(most)d characters; this one has %(count)d.")
        raise DomainError(message % {"most": LONGEST, "count": len(text)}, code="too_long")
    opinion = Opinion.objects.filter(item=item, member=place).first() or Opinion(item=item, member=place)
    if opinion.text == text:
        return opinion
    if opinion.lock_version != version:
        raise StaleOpinionError(opinion)
    is_first = opinion.pk is None
    opinion.text = text
    opinion.lock_version += 1
    opinion.save()
    if is_first:
        audit("opinion.begun", obj=meeting, by=by, case=item.case_id)
    return opinion
