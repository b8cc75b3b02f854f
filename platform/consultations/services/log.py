"""The log: the only place that changes the state, the number, the officer and the words of a case.

Two officers never write over each other. Whoever has a case open holds it, for `HOLD` at a time; a save by anybody
else is refused with `HeldError`, a save over words that the writer has not seen with `StaleError`. Every function
reads the case anew and locks its row, so what the caller holds may be old; each returns the case as it now stands.
Who waits for a row longer than `common.locking` allows gets DomainError `try_again`, and nothing has been written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from common.locking import bounded_wait
from common.rocdates import roc_year

from ..enums import Channel, ConsultationState
from ..models import Consultation, ConsultationCounter, HandOver, HotlineOfficer
from ..naming import parse_articles
from ..permissions import officer_of
from ..signals import consultation_answered
from . import history

HOLD = timedelta(seconds=60)
"""How long a case stays held after the screen was last heard of; the screen says so every 20 seconds."""

_in_turn = bounded_wait(gettext_lazy("Somebody else is saving here right now. Please try again in a moment."))

FIELDS = frozenset({
    "question", "answer", "channel", "asked_at", "minutes", "subject", "error_pattern", "articles_named", "agency",
    "caller", "caller_name", "caller_contact", "follow_up", "promised_for",
})  # fmt: skip
"""What `save_case` writes."""

_CONTENT = (
    "question", "answer", "subject_id", "error_pattern_id", "articles_named", "agency_id", "caller_id", "caller_name",
    "caller_contact", "follow_up", "promised_for",
)  # fmt: skip


class StaleError(DomainError):
    """Somebody saved the case after its writer read it; `consultation` is what stands there now. Code `stale`."""

    def __init__(self, consultation: Consultation) -> None:
        super().__init__(_("Somebody else has saved this case since you opened it."), code="stale")
        self.consultation = consultation


class HeldError(DomainError):
    """Somebody else is writing the case; `consultation` tells who and since when. Code `held`."""

    def __init__(self, consultation: Consultation) -> None:
        super().__init__(_("%(name)s is writing this case.") % {"name": consultation.held_by}, code="held")
        self.consultation = consultation


# --- writing ------------------------------------------------------------------------------------


@_in_turn
def open_draft(*, by: User, channel: str = Channel.PHONE) -> Consultation:
    """Begin an entry and hold it for `by`. It has no number and is not counted until it is registered or answered."""
    now = timezone.now()
    return Consultation.objects.create(
        channel=channel, officer=officer_of(by), held_by=by, held_since=now, held_until=now + HOLD
    )


@_in_turn
def begin_case(*, by: User, **fields: Any) -> Consultation:
    """Begin an entry with the first words that `by` typed: `open_draft` and `save_case` in one."""
    return save_case(consultation=open_draft(by=by), version=0, by=by, **fields)


@_in_turn
def save_case(*, consultation: Consultation, version: int, by: User, **fields: Any) -> Consultation:
    """Write `fields` (any of `FIELDS`) into a draft or an open case, and hold it for `by`.

    `version` is the `lock_version` that the writer has seen. What `articles_named` names and the library does not
    have is kept as text; `set_articles` and the screen say so. Kept in the history: one revision per sitting.

    Raises HeldError, StaleError, DomainError `answered` (an answered case is reopened first) or `no_question` (the
    question of a case with a number cannot be emptied); TypeError for a field that is not written here.
    """
    if unknown := fields.keys() - FIELDS:
        raise TypeError(f"save_case does not write {sorted(unknown)}")
    case = _lock(consultation)
    _refuse_other_holder(case, by)
    if case.state == ConsultationState.ANSWERED:
        raise DomainError(_("This case has been answered. Reopen it to change it."), code="answered")
    if case.lock_version != version:
        raise StaleError(case)
    is_same_sitting = _is_held(case, timezone.now())
    has_new_articles = fields.get("articles_named", case.articles_named) != case.articles_named
    for name, value in fields.items():
        setattr(case, name, value)
    if case.state != ConsultationState.DRAFT:
        _refuse_without_question(case)
    _hold(case, by)
    _save(case)
    if has_new_articles:
        set_articles(consultation=case)
    history.keep_words(consultation=case, by=by, is_same_sitting=is_same_sitting)
    return case


def set_articles(*, consultation: Consultation) -> list[str]:
    """Link the case to the articles that `articles_named` means; return a sentence for each name not found."""
    named = parse_articles(consultation.articles_named)
    consultation.articles.set(named.article_ids)
    return [str(missing) for missing in named.not_found]


@_in_turn
def discard_draft(*, consultation: Consultation, by: User | None) -> None:
    """Delete an entry that never got a number, with its history.

    Raises HeldError, or DomainError `numbered` for a case: those are never deleted.
    """
    case = _lock(consultation)
    _refuse_other_holder(case, by)
    if case.state != ConsultationState.DRAFT:
        raise DomainError(_("A case with a number is not deleted."), code="numbered")
    audit("consultation.discarded", obj=case, by=by)
    case.delete()


def discard_empty_drafts() -> int:
    """Delete entries in which nothing stands and which nobody holds; return how many. Safe to run at any time."""
    count = 0
    for draft in Consultation.objects.filter(state=ConsultationState.DRAFT, question="", answer=""):
        with transaction.atomic():
            case = Consultation.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
            if case is not None and is_blank(case) and not _is_held(case, timezone.now()):
                discard_draft(consultation=case, by=None)
                count += 1
    return count


def is_blank(consultation: Consultation) -> bool:
    """Whether nothing has been written: a channel and a time of day alone are no content."""
    return not any(getattr(consultation, name) for name in _CONTENT)


# --- states -------------------------------------------------------------------------------------


@_in_turn
def register_case(*, consultation: Consultation, by: User | None) -> Consultation:
    """Draft → open: give the entry its number. Done twice, it is done once.

    Raises HeldError, or DomainError `no_question`, `unknown_article`, or `no_date` (how to reach the caller is kept
    only where an answer was promised for a day).
    """
    case = _lock(consultation)
    _refuse_other_holder(case, by)
    if case.state != ConsultationState.DRAFT:
        return case
    _refuse_unfinished(case)
    if case.caller_contact and case.promised_for is None:
        raise DomainError(_("Promised for which day? The way to reach the caller is kept only then."), code="no_date")
    case.state = ConsultationState.OPEN
    _give_number(case)
    _save(case)
    history.keep_state(consultation=case, by=by, action=history.REGISTERED)
    audit("consultation.registered", obj=case, by=by, number=case.number)
    return case


@_in_turn
def answer_case(*, consultation: Consultation, by: User | None) -> Consultation:
    """→ answered: give the number if there is none, let go of the case and tell (`consultation_answered`).

    The officer becomes whoever answers. How to reach the caller is forgotten unless an answer was promised. Done
    twice, it is done once. Raises HeldError, or DomainError `no_question`, `no_answer` or `unknown_article`.
    """
    case = _lock(consultation)
    _refuse_other_holder(case, by)
    if case.state == ConsultationState.ANSWERED:
        return case
    _refuse_unfinished(case)
    if not case.answer.strip():
        raise DomainError(_("An answered case needs its answer."), code="no_answer")
    case.state = ConsultationState.ANSWERED
    case.answered_at = timezone.now()
    case.officer = officer_of(by) or case.officer
    if case.promised_for is None:
        case.caller_contact = ""
    _give_number(case)
    _let_go(case)
    _save(case)
    history.keep_state(consultation=case, by=by, action=history.ANSWERED)
    audit("consultation.answered", obj=case, by=by, number=case.number)
    after_commit(consultation_answered.send, sender=Consultation, consultation=case)
    return case


@_in_turn
def reopen_case(*, consultation: Consultation, by: User | None) -> Consultation:
    """Answered → open: the answer stays until it is answered anew. Done twice, it is done once."""
    case = _lock(consultation)
    if case.state != ConsultationState.ANSWERED:
        return case
    case.state = ConsultationState.OPEN
    case.answered_at = None
    case.has_helped, case.helped_at, case.helped_note = None, None, ""
    _save(case)
    history.keep_state(consultation=case, by=by, action=history.REOPENED)
    audit("consultation.reopened", obj=case, by=by, number=case.number)
    return case


@_in_turn
def hand_over(
    *, consultations: Iterable[Consultation], to: HotlineOfficer, by: User | None, note: str = ""
) -> list[HandOver]:
    """Give open cases to another officer and let go of them; those that are already theirs stay as they are.

    All or none. Raises DomainError `not_active` for somebody who takes no turns any more, `not_open` when one of
    them waits for nothing.
    """
    if not to.is_active:
        raise DomainError(_("%(name)s takes no turns at the hotline.") % {"name": to}, code="not_active")
    keys = [consultation.pk for consultation in consultations]
    cases = Consultation.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    given: list[HandOver] = []
    for case in cases:
        if case.state != ConsultationState.OPEN:
            raise DomainError(_("Case %(number)s is not open.") % {"number": case}, code="not_open")
        if case.officer_id == to.pk:
            continue
        given.append(HandOver.objects.create(consultation=case, from_officer=case.officer, to_officer=to, note=note))
        case.officer = to
        _let_go(case)
        _save(case)
        history.keep_state(consultation=case, by=by, action=history.HANDED_OVER)
        audit("consultation.handed_over", obj=case, by=by, number=case.number, to=to.pk)
    return given


def next_number(roc_year: int) -> str:
    """Return the next case number of a ROC year, as 115-0042. Inside a transaction: its row stays locked until then.

    Take it as late as possible: others wait for it. A transaction that fails gives the number back, so there are no
    gaps.
    """
    return next_numbers(roc_year, 1)[0]


def next_numbers(roc_year: int, count: int) -> list[str]:
    """Return the next `count` case numbers of a ROC year; otherwise as `next_number`."""
    ConsultationCounter.objects.get_or_create(roc_year=roc_year)
    counter = _lock_counter(roc_year)
    first = counter.last + 1
    counter.last += count
    counter.save(update_fields=["last"])
    return [f"{roc_year}-{number:04d}" for number in range(first, first + count)]


# --- who writes ---------------------------------------------------------------------------------


@_in_turn
def hold(*, consultation: Consultation, by: User) -> bool:
    """Hold the case for `by` for the next `HOLD`, or tell that somebody else holds it (False).

    An answered case needs nobody's hold: True, and nothing is written.
    """
    case = _lock(consultation)
    if _is_held_by_other(case, by):
        return False
    if case.state != ConsultationState.ANSWERED:
        _hold(case, by)
        _write_hold(case)
    return True


@_in_turn
def release(*, consultation: Consultation, by: User) -> None:
    """Let go of the case if `by` holds it. An entry in which nothing stands is discarded."""
    case = Consultation.objects.select_for_update(of=("self",)).filter(pk=consultation.pk).first()
    if case is None or case.held_by_id != by.pk:
        return
    if case.state == ConsultationState.DRAFT and is_blank(case):
        discard_draft(consultation=case, by=by)
        return
    _let_go(case)
    _write_hold(case)


@_in_turn
def take_over(*, consultation: Consultation, by: User) -> Consultation:
    """Hold the case for `by`, also where somebody else does: they are told when their screen asks next."""
    case = _lock(consultation)
    if _is_held_by_other(case, by):
        audit("consultation.taken_over", obj=case, by=by, number=case.number, held_by=case.held_by_id)
        history.note_take_over(consultation=case, by=by)
    _hold(case, by)
    _write_hold(case)
    return case


# --- within a transaction -----------------------------------------------------------------------


def _lock(consultation: Consultation) -> Consultation:
    """Return the case as it stands, its row locked."""
    return Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)


def _lock_counter(year: int) -> ConsultationCounter:
    return ConsultationCounter.objects.select_for_update().get(roc_year=year)


def _is_held(case: Consultation, at: datetime) -> bool:
    return case.held_by_id is not None and case.held_until is not None and case.held_until > at


def _is_held_by_other(case: Consultation, by: User | None) -> bool:
    return _is_held(case, timezone.now()) and (by is None or case.held_by_id != by.pk)


def _refuse_other_holder(case: Consultation, by: User | None) -> None:
    if _is_held_by_other(case, by):
        raise HeldError(case)


def _refuse_without_question(case: Consultation) -> None:
    if not case.question.strip():
        raise DomainError(_("A case needs its question."), code="no_question")


def _refuse_unfinished(case: Consultation) -> None:
    _refuse_without_question(case)
    if not_found := parse_articles(case.articles_named).not_found:
        raise DomainError(" ".join(str(missing) for missing in not_found), code="unknown_article")


def _give_number(case: Consultation) -> None:
    if case.number is None:
        case.number = next_number(roc_year(timezone.localtime(case.asked_at).date()))


def _hold(case: Consultation, by: User) -> None:
    now = timezone.now()
    if case.held_by_id != by.pk or not _is_held(case, now):
        case.held_since = now
    case.held_by, case.held_until = by, now + HOLD


def _let_go(case: Consultation) -> None:
    case.held_by = case.held_since = case.held_until = None


def _write_hold(case: Consultation) -> None:
    """Write the hold alone: it changes no word, so neither the search nor `changed_at` need to know."""
    Consultation.objects.filter(pk=case.pk).update(
        held_by=case.held_by, held_since=case.held_since, held_until=case.held_until
    )


def _save(case: Consultation) -> None:
    case.lock_version += 1
    case.save()
