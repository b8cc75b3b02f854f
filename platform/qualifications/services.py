"""Recording certificates of the national authority, and what becomes of them."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from common.audit import audit
from common.errors import DomainError
from common.templatetags.common_tags import rocdate

from .claims import contradictions_of
from .enums import Level, QualificationState
from .models import QualificationRecord

if TYPE_CHECKING:
    from accounts.models import User


def normalise_number(number: str) -> str:
    """Return the one form in which a certificate's number is kept: NFKC, without blanks around or inside."""
    return "".join(unicodedata.normalize("NFKC", number).split())


@transaction.atomic
def record_qualification(
    *, person: Person, level: str, number: str, issued_on: date, source: str, by: User | None
) -> QualificationRecord:
    """Record that `person` was issued the certificate `number` of `level` on `issued_on` (資格辦法 §16).

    Idempotent: the same certificate again returns the record that is there. Raises DomainError
    `number_missing`, `issued_in_future`, `number_of_another` (it is recorded for somebody else) or
    `number_differs` (it is recorded for this person with another level or day).
    """
    number = normalise_number(number)
    _check_number_and_day(number, issued_on)
    record, is_new = QualificationRecord.objects.get_or_create(
        number=number, defaults={"person": person, "level": Level(level), "issued_on": issued_on, "source": source}
    )
    if record.person_id != person.pk:
        raise DomainError(
            _("The certificate %(number)s is already recorded for somebody else.") % {"number": number},
            code="number_of_another",
        )
    if (record.level, record.issued_on) != (level, issued_on):
        raise DomainError(
            _("The certificate %(number)s is already recorded as %(level)s of %(day)s; correct it in the back office.")
            % {"number": number, "level": record.get_level_display(), "day": record.issued_on.isoformat()},
            code="number_differs",
        )
    if is_new:
        audit("qualification.recorded", obj=record, by=by, person=person.pk, level=record.level, source=source)
    return record


def _check_number_and_day(number: str, issued_on: date) -> None:
    if not number:
        raise DomainError(_("Please give the number of the certificate."), code="number_missing")
    if issued_on > timezone.localdate():
        raise DomainError(_("The day of issue lies in the future."), code="issued_in_future")


@transaction.atomic
def correct_record(*, record: QualificationRecord, by: User) -> QualificationRecord:
    """Save corrected facts (person, level, number, day of issue, source) of a record; the audit keeps the old ones.

    Raises DomainError `number_missing`, `issued_in_future`, `after_state` (something became of it earlier),
    `number_of_another` when the corrected number is another record's, or `contradicts` what another record says.
    """
    before = QualificationRecord.objects.select_for_update().get(pk=record.pk)
    record.number = normalise_number(record.number)
    _check_number_and_day(record.number, record.issued_on)
    if before.state_since is not None and record.issued_on > before.state_since:
        raise DomainError(
            _("The day of issue lies after %(day)s, since when the certificate is recorded as: %(state)s.")
            % {"day": rocdate(before.state_since), "state": before.get_state_display()},
            code="after_state",
        )
    if QualificationRecord.objects.filter(number=record.number).exclude(pk=record.pk).exists():
        raise DomainError(
            _("The certificate %(number)s is already recorded for somebody else.") % {"number": record.number},
            code="number_of_another",
        )
    contradictions = contradictions_of(record)
    if contradictions:
        raise DomainError(" ".join(contradictions), code="contradicts")
    facts = ("person_id", "level", "number", "issued_on", "source")
    changes = {
        fact: [str(getattr(before, fact)), str(getattr(record, fact))]
        for fact in facts
        if getattr(before, fact) != getattr(record, fact)
    }
    if changes:
        record.save(update_fields=facts)
        audit("qualification.corrected", obj=record, by=by, **changes)
    return record


@transaction.atomic
def change_state(
    *, record: QualificationRecord, state: str, since: date, reason: str, by: User | None
) -> QualificationRecord:
    """Set what has become of a certificate since `since`, with the reason.

    Lost and cancelled follow a judgment (資格辦法 §10; an acquittal restores: back to valid), revoked a
    deception found out later (§17). Idempotent. Raises DomainError `reason_missing`, `before_issue` or
    `in_future`.
    """
    if not reason.strip():
        raise DomainError(_("Please give the reason and its document."), code="reason_missing")
    record = QualificationRecord.objects.select_for_update().get(pk=record.pk)
    if since < record.issued_on:
        raise DomainError(_("This day lies before the day of issue."), code="before_issue")
    if since > timezone.localdate():
        raise DomainError(_("This day lies in the future."), code="in_future")
    if (record.state, record.state_since, record.state_reason) == (state, since, reason.strip()):
        return record
    before = record.state
    record.state = QualificationState(state)
    record.state_since = since
    record.state_reason = reason.strip()
    record.save(update_fields=["state", "state_since", "state_reason"])
    audit(
        "qualification.state_changed", obj=record, by=by,
        before=before, after=record.state, since=since.isoformat(), reason=record.state_reason,
    )  # fmt: skip
    return record
