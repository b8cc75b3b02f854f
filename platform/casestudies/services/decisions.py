"""Writes of decisions: made in a meeting, carried out by an agency, followed up until they are done."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, Person, User
from common.audit import audit
from common.errors import DomainError
from common.rocdates import format_roc

from ..enums import MeetingState
from ..models import AgendaItem, Decision, ReviewMeeting
from .meetings import in_turn, locked_meeting


@in_turn
def add_decision(
    *,
    meeting: ReviewMeeting,
    text: str,
    owner: Agency,
    due_on: date,
    item: AgendaItem | None = None,
    owner_person: Person | None = None,
    by: User | None,
) -> Decision:
    """Record what a convened meeting decided; `item` is None where it is about no single case.

    Raises DomainError `closed`, `not_convened`, `text`, `due` for a day before the meeting, or `item` for an item of
    another meeting.
    """
    meeting = locked_meeting(meeting)
    if meeting.state == MeetingState.PLANNED:
        raise DomainError(_("Convene the meeting before it decides anything."), code="not_convened")
    if item is not None and item.meeting_id != meeting.pk:
        raise DomainError(_("This case is not on the agenda of this meeting."), code="item")
    _refuse_words(meeting, text, due_on)
    decision = Decision.objects.create(
        meeting=meeting, item=item, text=text.strip(), owner=owner, owner_person=owner_person, due_on=due_on
    )
    audit("decision.made", obj=meeting, by=by, decision=decision.pk, owner=owner.pk, due_on=due_on.isoformat())
    return decision


@in_turn
def change_decision(
    *, decision: Decision, text: str, owner: Agency, due_on: date, owner_person: Person | None = None, by: User | None
) -> Decision:
    """Change a decision while its meeting is open. Raises DomainError `closed`, `text` or `due`."""
    meeting = locked_meeting(decision.meeting)
    _refuse_words(meeting, text, due_on)
    decision = Decision.objects.get(pk=decision.pk)
    decision.text, decision.owner, decision.due_on = text.strip(), owner, due_on
    decision.owner_person = owner_person
    decision.save()
    audit("decision.changed", obj=meeting, by=by, decision=decision.pk, owner=owner.pk, due_on=due_on.isoformat())
    return decision


@in_turn
def remove_decision(*, decision: Decision, by: User | None) -> None:
    """Strike a decision out while its meeting is open. Raises DomainError `closed`."""
    meeting = locked_meeting(decision.meeting)
    audit("decision.removed", obj=meeting, by=by, decision=decision.pk)
    decision.delete()


@in_turn
def finish_decision(*, decision: Decision, done_on: date, done_note: str, by: User) -> Decision:
    """Record that a decision was carried out: on which day, and what was done.

    Whose words these may be is `permissions.can_finish_decision`. Doing it twice with the same words changes nothing.
    Raises DomainError `not_closed` before the minutes are, `note` without words, `day` for a day before the meeting or
    to come, or `done` when it is done already with other words.
    """
    decision = _locked(decision)
    note = done_note.strip()
    if decision.done_on is not None:
        if (decision.done_on, decision.done_note) == (done_on, note):
            return decision
        message = _("This was reported as done on %(day)s already.")
        raise DomainError(message % {"day": format_roc(decision.done_on)}, code="done")
    if decision.meeting.state != MeetingState.CLOSED:
        raise DomainError(_("A decision is followed up once the minutes are closed."), code="not_closed")
    if not note:
        raise DomainError(_("Say what was done."), code="note")
    if done_on > timezone.localdate():
        raise DomainError(_("This day is still to come."), code="day")
    if done_on < timezone.localdate(decision.meeting.starts_at):
        raise DomainError(_("This day lies before the meeting."), code="day")
    decision.done_on, decision.done_note = done_on, note
    decision.save(update_fields=["done_on", "done_note"])
    audit("decision.done", obj=decision.meeting, by=by, decision=decision.pk, done_on=done_on.isoformat())
    return decision


@in_turn
def reopen_decision(*, decision: Decision, by: User) -> Decision:
    """Take back that a decision is done; the words stay to be completed. One that is open stays as it is."""
    decision = _locked(decision)
    if decision.done_on is not None:
        decision.done_on = None
        decision.save(update_fields=["done_on"])
        audit("decision.reopened", obj=decision.meeting, by=by, decision=decision.pk)
    return decision


def _locked(decision: Decision) -> Decision:
    return Decision.objects.select_for_update(of=("self",)).select_related("meeting", "owner").get(pk=decision.pk)


def _refuse_words(meeting: ReviewMeeting, text: str, due_on: date) -> None:
    if not text.strip():
        raise DomainError(_("Say what was decided."), code="text")
    if due_on < timezone.localdate(meeting.starts_at):
        raise DomainError(_("The day lies before the meeting."), code="due")
