"""Writes of notices one by one, and what people say of them and of their cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from common.imports import Outcome

from ..enums import CaseScope, CaseSource, Failure, NoticeKind
from ..models import TenderCase, TenderNotice
from ..reading.entries import NoticeEntry
from ..reading.notices import ReadNotice, checked
from ..reading.personal import PersonalData, without_personal_data
from .intake import CHUNK, Intake, Verdict

_WORDS = ("change_before_award", "remark")


def record_notice(*, notice: ReadNotice, source: CaseSource, by: User | None) -> TenderNotice:
    """Record one notice and return it: its case is found or made, computed anew and listed where a rule says so.

    Idempotent: the same notice again changes nothing. What was published by its publisher is not overwritten by a
    notice of the same kind and day without a name. Phones, mails and identity numbers are taken out of its words.
    Raises RefusedNotice (`notice_refused`), a DomainError, with every field that cannot be taken.
    """
    entry = NoticeEntry(1, _taken(notice))
    try:
        return _record(entry, source, by)
    except IntegrityError:
        # somebody else made the same case a moment ago
        return _record(entry, source, by)


def record_notices(*, notices: Iterable[ReadNotice], source: CaseSource, by: User | None) -> dict[Outcome, int]:
    """Record many notices in one commit, as `record_notice` does each; return how many were new, changed, unchanged.

    Raises RefusedNotice for the first that cannot be taken; nothing is recorded then.
    """
    counts = dict.fromkeys(Outcome, 0)
    intake = Intake(source=source)
    entries = (NoticeEntry(row, _taken(notice)) for row, notice in enumerate(notices, 1))
    with transaction.atomic():
        while portion := list(islice(entries, CHUNK)):
            verdicts = intake.judge(portion)
            for verdict in verdicts:
                _refuse(verdict)
                counts[verdict.outcome] += 1
            intake.write(verdicts)
        intake.finish(by=by)
        audit("notice.recorded_many", by=by, notices=counts[Outcome.NEW], changed=counts[Outcome.CHANGED])
    return counts


def _taken(notice: ReadNotice) -> ReadNotice:
    """The notice as it is kept: number and unit as records write them, without personal data. Raises RefusedNotice."""
    return replace(
        checked(notice),
        reason=without_personal_data(notice.reason),
        note=without_personal_data(notice.note),
        raw=PersonalData(notice.raw).kept(notice.raw),
    )


@transaction.atomic
def _record(entry: NoticeEntry, source: CaseSource, by: User | None) -> TenderNotice:
    intake = Intake(source=source)
    (verdict,) = intake.judge([entry])
    _refuse(verdict)
    intake.write([verdict])
    intake.finish(by=by)
    case, key = intake.place_of(entry)
    notice = TenderNotice.objects.defer("raw").select_related("case").get(case_id=case, key=key)
    if verdict.payload is not None:
        audit("notice.recorded", obj=notice, by=by, case=notice.case.number, kind=notice.kind, source=source.value)
    return notice


def _refuse(verdict: Verdict) -> None:
    if verdict.outcome is Outcome.REFUSED:
        raise DomainError("; ".join(verdict.reasons), code="notice_refused")


@transaction.atomic
def decide_failure(*, notice: TenderNotice, failure: Failure, by: User | None) -> TenderNotice:
    """Say how the tender of `notice` failed; rules and later imports leave it alone from now on.

    Raises DomainError `not_failed` for a notice that is none of no award, `undecided` where nothing is decided.
    """
    if failure == Failure.UNDECIDED:
        raise DomainError(_("Say how the tender failed."), code="undecided")
    kept = TenderNotice.objects.select_for_update(of=("self",)).defer("raw").get(pk=notice.pk)
    if kept.kind != NoticeKind.FAILED:
        raise DomainError(_("Only a notice of no award (無法決標) tells how a tender failed."), code="not_failed")
    before = kept.failure
    kept.failure, kept.decided_by, kept.decided_at = failure, by, timezone.now()
    kept.save(update_fields=["failure", "decided_by", "decided_at"])
    audit("notice.failure_decided", obj=kept, by=by, before=before, failure=Failure(failure).value)
    return kept


@transaction.atomic
def follow_case(*, case: TenderCase, follows: TenderCase | None, by: User | None) -> TenderCase:
    """Say which earlier case this renewed tender follows; None: none. Returns the case.

    Raises DomainError: `itself`, `circle` (the other follows this one already, however far), `other_scope` (a case of
    the city never follows a reference, nor the other way round).
    """
    # always in this order: two people who tie the same cases never wait for each other
    locked = {row.pk: row for row in TenderCase.objects.select_for_update(of=("self",)).filter(
        pk__in=[case.pk, *([follows.pk] if follows else [])]
    ).order_by("pk")}  # fmt: skip
    kept = locked[case.pk]
    if follows is not None:
        _refuse_tie(kept, locked[follows.pk])
    kept.follows = follows
    kept.save(update_fields=["follows"])
    audit("tender_case.follows" if follows else "tender_case.follows_none", obj=kept, by=by,
          follows=str(follows.number) if follows else "")  # fmt: skip
    return kept


def _refuse_tie(case: TenderCase, follows: TenderCase) -> None:
    if case.pk == follows.pk:
        raise DomainError(_("A case cannot follow itself."), code="itself")
    if {case.scope, follows.scope} == {CaseScope.CITY, CaseScope.REFERENCE}:
        raise DomainError(_("A case of the city and a reference do not follow each other."), code="other_scope")
    seen = {follows.pk}
    before = follows.follows_id
    while before is not None and before not in seen:
        if before == case.pk:
            message = _("Case %(number)s follows this one already; the two would follow each other in a circle.")
            raise DomainError(message % {"number": follows.number}, code="circle")
        seen.add(before)
        before = TenderCase.objects.values_list("follows_id", flat=True).get(pk=before)


@transaction.atomic
def describe_case(*, case: TenderCase, change_before_award: str, remark: str, by: User | None) -> TenderCase:
    """Keep what a person says of a case: what was changed before the award, and a remark. Returns the case.

    Raises DomainError `too_long`.
    """
    kept = TenderCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    kept.change_before_award, kept.remark = change_before_award.strip(), remark.strip()
    for field in kept._meta.fields:
        if field.name in _WORDS and field.max_length and len(getattr(kept, field.name)) > field.max_length:
            message = _("%(field)s: at most %(most)d characters.")
            raise DomainError(message % {"field": field.verbose_name, "most": field.max_length}, code="too_long")
    kept.save(update_fields=_WORDS)
    audit("tender_case.described", obj=kept, by=by)
    return kept
