"""Buyers' questions by form, and what becomes of their answers: mailed, read, said to have helped or not."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from common.officedays import working_days
from common.rocdates import roc_year
from library.models import Subject
from notifications.models import Message
from notifications.services import queue_message

from .. import roster
from ..enums import Channel, ConsultationState
from ..messages import ConsultationMessage
from ..models import Consultation, HotlineOfficer
from ..permissions import can_ask, can_ask_on
from .log import next_number

SHORTEST, LONGEST = 10, 4000
"""Characters of a question, outer blanks not counted."""

TOO_SHORT = gettext_lazy(
    "Please write at least %(limit_value)d characters: what you want to do, and what you are unsure of."
)
TOO_LONG = gettext_lazy("Please keep to %(limit_value)d characters; there are %(show_value)d now.")

SAME_WITHIN = timedelta(days=1)
"""The same words from the same account within this time are one question: a second click, a form sent again."""

OFFICERS_LANGUAGE = "zh-hant"

_SWEPT = timedelta(days=2)


@transaction.atomic
def ask(
    *, by: User, question: str, subject: Subject | None = None, asks_on: Consultation | None = None
) -> Consultation:
    """Open a case for the question of `by`, assign it, and write to both; return the case.

    It is numbered at once and goes to the officer on duty, or to the next one; a question that asks on goes to
    whoever answered, if they still take turns. `asks_on` is the answered case of the same asker, and the new case
    joins its thread (its `asks_on` is the thread's first case). The answer is promised for the day
    `answer_due` names. Asking the same again returns the case that waits already, and writes to nobody.

    Raises DomainError: `no_person`, `too_short`, `too_long`, `not_yours`, `not_answered`.
    """
    words = question.replace("\r\n", "\n").strip()
    _refuse(by, words, asks_on)
    now = timezone.now()
    User.objects.select_for_update().get(pk=by.pk)  # two clicks wait for each other here
    root = thread_root(asks_on) if asks_on is not None else None
    same = Consultation.objects.waiting().filter(
        asked_by=by, asks_on=root, question=words, asked_at__gte=now - SAME_WITHIN
    )
    existing = same.first()
    if existing is not None:
        return existing
    person = by.person
    case = Consultation.objects.create(
        number=next_number(roc_year(timezone.localdate(now))),
        state=ConsultationState.OPEN,
        channel=Channel.FORM,
        asked_at=now,
        question=words,
        subject=subject or (asks_on.subject if asks_on is not None else None),
        agency=person.agency if person else None,
        caller=person,
        asked_by=by,
        asks_on=root,
        language=get_language() or settings.LANGUAGE_CODE,
        officer=_officer_for(now, asks_on),
        promised_for=answer_due(now),
    )
    audit("consultation.asked", obj=case, by=by, officer=case.officer_id, asks_on=root.pk if root else None)
    _confirm(case)
    _tell_officer(case)
    return case


def answer_due(at: datetime) -> date:
    """Return the day by which a question of `at` is to be answered: so many working days later."""
    day = timezone.localdate(at)
    ahead = working_days(day + timedelta(days=1), day + timedelta(days=60))
    return ahead[settings.HOTLINE_ANSWER_WORKING_DAYS - 1]


def thread_root(consultation: Consultation) -> Consultation:
    """Return the first case of the thread that `consultation` belongs to."""
    return consultation.asks_on or consultation


@transaction.atomic
def say_whether_it_helped(*, consultation: Consultation, by: User, has_helped: bool, note: str = "") -> Consultation:
    """Record whether the answer helped the one who asked; the last word counts. `note` says what was missing.

    Raises DomainError: `not_yours`, `not_answered`.
    """
    case = Consultation.objects.select_for_update().get(pk=consultation.pk)
    _refuse_strangers(by, case)
    case.has_helped = has_helped
    case.helped_at = timezone.now()
    case.helped_note = "" if has_helped else note.strip()[:500]
    case.save(update_fields=["has_helped", "helped_at", "helped_note", "changed_at"])
    audit("consultation.rated", obj=case, by=by, has_helped=has_helped)
    return case


def mark_answer_read(*, consultation: Consultation, by: User) -> None:
    """Note that the asker has seen the answer: from then on it is no news. Does nothing the second time."""
    if not can_ask_on(by, consultation):
        return
    unread = Consultation.objects.answered().filter(pk=consultation.pk, answer_seen_at=None)
    unread.update(answer_seen_at=timezone.now())


@transaction.atomic
def mail_answer(*, consultation: Consultation) -> Message | None:
    """Write the answer to the account that asked, once for each text of the answer; later ones say they correct it.

    Returns the message, or None where there is nothing to send: not asked from an account, not answered, the same
    text sent before, or the account closed. A corrected answer is news again, and what the asker said of the
    earlier one is taken back.
    """
    case = (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("asked_by__person", "asks_on")
        .get(pk=consultation.pk)
    )
    fingerprint = answer_fingerprint(case.answer)
    if case.asked_by is None or case.state != ConsultationState.ANSWERED or case.mailed_answer == fingerprint:
        return None
    is_correction = bool(case.mailed_answer)
    case.mailed_answer = fingerprint
    case.answer_seen_at = case.has_helped = case.helped_at = None
    case.helped_note = ""
    case.save(update_fields=["mailed_answer", "answer_seen_at", "has_helped", "helped_at", "helped_note", "changed_at"])
    if not case.asked_by.is_active:
        return None
    kind = ConsultationMessage.CORRECTED if is_correction else ConsultationMessage.ANSWERED
    return _write_to_asker(case, kind, template="answered", is_correction=is_correction)


def sweep_answer_mails() -> int:
    """Mail the answers whose signal was lost; return how many. Safe to do any number of times."""
    lately = Q(mailed_answer="") | Q(changed_at__gte=timezone.now() - _SWEPT)
    cases = Consultation.objects.answered().filter(lately, asked_by__isnull=False)
    late = [case for case in cases.order_by("pk") if case.mailed_answer != answer_fingerprint(case.answer)]
    return sum(mail_answer(consultation=case) is not None for case in late)


def answer_fingerprint(answer: str) -> str:
    """Return the digest by which two texts of an answer are told apart; outer blanks do not count."""
    return hashlib.sha256(answer.replace("\r\n", "\n").strip().encode()).hexdigest()


def _refuse(by: User, words: str, asks_on: Consultation | None) -> None:
    if not can_ask(by):
        raise DomainError(_("This account belongs to no person of the records."), code="no_person")
    if asks_on is not None:
        _refuse_strangers(by, asks_on)
    if len(words) < SHORTEST:
        raise DomainError(TOO_SHORT % {"limit_value": SHORTEST}, code="too_short")
    if len(words) > LONGEST:
        raise DomainError(TOO_LONG % {"limit_value": LONGEST, "show_value": len(words)}, code="too_long")


def _refuse_strangers(by: User, case: Consultation) -> None:
    if not can_ask_on(by, case):
        raise DomainError(_("Only the one who asked can do this."), code="not_yours")
    if case.state != ConsultationState.ANSWERED:
        raise DomainError(_("This question has no answer yet."), code="not_answered")


def _officer_for(now: datetime, asks_on: Consultation | None) -> HotlineOfficer | None:
    if asks_on is not None and asks_on.officer is not None and roster.is_ready(asks_on.officer):
        return asks_on.officer
    return roster.officer_on_duty(now) or roster.next_officer_on_duty(now)


def _confirm(case: Consultation) -> None:
    _write_to_asker(case, ConsultationMessage.ASKED, template="asked")


def _write_to_asker(
    case: Consultation, kind: ConsultationMessage, *, template: str, is_correction: bool = False
) -> Message:
    asker = case.asked_by
    assert asker is not None  # noqa: S101  both callers have one
    with override(case.language):
        url = settings.SITE_URL.rstrip("/") + case.get_absolute_url()
    context = {"case": case, "name": asker.get_full_name(), "url": url, "is_correction": is_correction}
    return queue_message(
        kind=kind.value, to=asker.email, template=template, context=context, person=asker.person,
        language=case.language,
    )  # fmt: skip


def _tell_officer(case: Consultation) -> None:
    """The officer gets the number and the way to the case, never what was asked: mail travels openly."""
    person = case.officer.person if case.officer is not None else None
    if person is None or not person.email:
        return
    with override(OFFICERS_LANGUAGE):
        url = settings.SITE_URL.rstrip("/") + reverse("consultations_log:edit", args=[case.pk])
    queue_message(
        kind=ConsultationMessage.QUESTION_ARRIVED.value, to=person.email, template="question_arrived",
        context={"case": case, "name": person.name, "url": url}, person=person,
        language=OFFICERS_LANGUAGE,
    )  # fmt: skip
