"""The history of a case, kept by Wagtail as revisions with a line in its log for each."""

from __future__ import annotations

from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, Revision

from accounts.models import User

from ..models import Consultation

CREATED = "wagtail.create"
EDITED = "wagtail.edit"
REGISTERED = "consultations.register"
ANSWERED = "consultations.answer"
REOPENED = "consultations.reopen"
TAKEN_OVER = "consultations.take_over"
HANDED_OVER = "consultations.hand_over"


def keep_state(*, consultation: Consultation, by: User | None, action: str) -> Revision:
    """Keep what stands in the case now as a revision of its own; `action` says what was done. Inside a transaction."""
    revision: Revision = consultation.save_revision(user=by, log_action=action, clean=False)
    return revision


def keep_words(*, consultation: Consultation, by: User | None, is_same_sitting: bool) -> Revision:
    """Keep what an officer has typed. Inside a transaction.

    Within one sitting the officer's latest revision is written over, so that the history has one line for it and
    not one for every pause of the keyboard. What a change of state has kept is never written over.
    """
    latest = consultation.latest_revision
    if latest is None:
        return keep_state(consultation=consultation, by=by, action=CREATED)
    if is_same_sitting and latest.user_id == (by.pk if by else None) and _is_of_words(latest):
        revision: Revision = consultation.save_revision(user=by, clean=False, overwrite_revision=latest)
        return revision
    return keep_state(consultation=consultation, by=by, action=EDITED)


def note_take_over(*, consultation: Consultation, by: User) -> None:
    """Write into the history that `by` took the case over; nothing in it changed."""
    log(instance=consultation, action=TAKEN_OVER, user=by)


def _is_of_words(revision: Revision) -> bool:
    actions = ModelLogEntry.objects.filter(revision=revision).values_list("action", flat=True)
    return set(actions) <= {CREATED, EDITED}
