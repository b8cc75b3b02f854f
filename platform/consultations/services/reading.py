"""Writes of those who read a question: that it was read, and whether it helped."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from ..models import HelpfulVote, QuestionPage, QuestionReads


def count_read(*, page: QuestionPage, day: date) -> None:
    """Count one reading of `page` (its source, for an alias) on `day`. Nothing is lost among many at once."""
    source = page.alias_of_id or page.pk
    row = QuestionReads.objects.filter(page_id=source, day=day)
    if row.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            QuestionReads.objects.create(page_id=source, day=day, count=1)
    except IntegrityError:  # somebody else was the first of the day
        row.update(count=F("count") + 1)


def vote(*, page: QuestionPage, voter: str, has_helped: bool, note: str = "") -> HelpfulVote:
    """Record whether `page` (its source, for an alias) helped a reader; who says so again changes their word.

    What was missing is kept only beside a no.
    """
    found, _created = HelpfulVote.objects.update_or_create(
        page_id=page.alias_of_id or page.pk,
        voter=voter,
        defaults={"has_helped": has_helped, "note": "" if has_helped else note.strip()[:300]},
    )
    return found


def voter_of(*, user_id: int | None, session_key: str | None) -> str:
    """Return by what a reader is known among the votes: their account's number, or a keyed digest of the session.

    Nothing for a reader who has neither.
    """
    if user_id is not None:
        return f"u{user_id}"
    if not session_key:
        return ""
    return salted_hmac("consultations.vote", session_key, algorithm="sha256").hexdigest()
