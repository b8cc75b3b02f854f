"""What the records say of a case, for who reviews it: on the screen, in a proposed summary, in the minutes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from common.rocdates import format_roc

from .enums import AmountState, CaseScope, Failure, NoticeKind
from .models import AgendaItem, Diagnosis, Opinion, TaxonomyEntry, TenderCase, TenderNotice

LANGUAGE = "zh-hant"
"""Summaries and minutes are in Chinese whatever the interface: offices file them."""

_LONGEST_SUMMARY = 2000


@dataclass(frozen=True)
class ReviewedCase:
    """One case with its notices, the oldest first, and its diagnosis, None where there is none."""

    case: TenderCase
    notices: Sequence[TenderNotice]
    diagnosis: Diagnosis | None

    @property
    def failed_notices(self) -> list[TenderNotice]:
        """The notices that no award was made."""
        return [notice for notice in self.notices if notice.kind == NoticeKind.FAILED]


def reviewed_cases(cases: Iterable[TenderCase]) -> dict[int, ReviewedCase]:
    """Return the facts of many cases by their keys; four queries, however many cases."""
    cases = list(cases)
    keys = [case.pk for case in cases]
    notices: dict[int, list[TenderNotice]] = defaultdict(list)
    for notice in TenderNotice.objects.filter(case__in=keys).defer("raw").order_by("published_on", "pk"):
        notices[notice.case_id].append(notice)
    diagnoses = {diagnosis.case_id: diagnosis for diagnosis in current_diagnoses().filter(case__in=keys)}
    return {case.pk: ReviewedCase(case, notices[case.pk], diagnoses.get(case.pk)) for case in cases}


def current_diagnoses() -> QuerySet[Diagnosis]:
    """Return the current diagnoses with the entries that they name."""
    measures = Prefetch("measures", TaxonomyEntry.objects.order_by("order", "code"))
    return (
        Diagnosis.objects.filter(is_current=True)
        .select_related("category", "stage", "pattern", "cause", "edition")
        .prefetch_related(measures)
    )


def proposed_summaries(cases: Iterable[TenderCase]) -> dict[int, str]:
    """Return for each case what the secretariat may say of it beforehand, in Chinese; constant queries."""
    with override(LANGUAGE):
        return {key: _summary(facts) for key, facts in reviewed_cases(cases).items()}


def _summary(facts: ReviewedCase) -> str:
    """First notice and failures; kind, band and budget; award; the diagnosis so far."""
    case = facts.case
    sentences = [_history(facts), amount_in_words(case)]
    if case.awarded_on is not None:
        sentences.append(award_in_words(case))
    if facts.diagnosis is not None:
        sentences.append(diagnosis_in_words(facts.diagnosis))
    return "\n".join(sentence for sentence in sentences if sentence)[:_LONGEST_SUMMARY]


def _history(facts: ReviewedCase) -> str:
    case = facts.case
    failed = [
        _("%(day)s %(how)s") % {"day": format_roc(notice.published_on), "how": _failed_how(notice)}
        for notice in facts.failed_notices
    ]
    days = _("; ").join(failed)
    count = case.failures or len(failed)
    if case.has_first_notice and case.first_notice_on is not None:
        sentence = _("First announced on %(day)s; no award %(count)d times so far%(days)s.")
        return sentence % {"day": format_roc(case.first_notice_on), "count": count, "days": _bracketed(days)}
    sentence = _("The first notice is not on record; no award %(count)d times so far%(days)s.")
    return sentence % {"count": count, "days": _bracketed(days)}


def _failed_how(notice: TenderNotice) -> str:
    """Return the one word for a failure that documents use."""
    words = {
        Failure.NO_TENDERS: pgettext("in minutes", "too few tenderers"),
        Failure.SCRAPPED: pgettext("in minutes", "opened, no award"),
        Failure.NOT_OPENED: pgettext("in minutes", "not opened"),
    }
    return words.get(Failure(notice.failure), pgettext("in minutes", "no award"))


def _bracketed(text: str) -> str:
    return _(" (%(text)s)") % {"text": text} if text else ""


def amount_in_words(case: TenderCase) -> str:
    """Say kind, band and amount of a case; what is not known is said to be unknown."""
    kind = case.get_kind_display() if case.kind else _("kind of procurement unknown")
    band = case.get_band_display() if case.band else _("band unknown")
    if case.amount_state == AmountState.UNKNOWN or (case.budget is None and case.procurement_amount is None):
        amount = _("amount unknown")
    elif case.budget is not None:
        amount = _("budget NT$%(amount)s") % {"amount": f"{case.budget:,}"}
    else:
        amount = _("amount with options NT$%(amount)s") % {"amount": f"{case.procurement_amount:,}"}
    return _("%(kind)s, %(band)s, %(amount)s.") % {"kind": kind, "band": band, "amount": amount}


def award_in_words(case: TenderCase) -> str:
    """Say when, for how much and after how many days a case was awarded; nothing while it is not."""
    if case.awarded_on is None:
        return ""
    parts = [_("Awarded on %(day)s") % {"day": format_roc(case.awarded_on)}]
    if case.award_amount is not None:
        parts.append(_("for NT$%(amount)s") % {"amount": f"{case.award_amount:,}"})
    if case.has_first_notice and case.days_to_award is not None:
        parts.append(_("%(days)d days after the first notice") % {"days": case.days_to_award})
    sentence = pgettext("parts of a sentence", ", ").join(parts)
    if case.change_before_award:
        change = case.change_before_award.strip().rstrip("。.")
        return _("%(sentence)s; changed before: %(change)s.") % {"sentence": sentence, "change": change}
    return _("%(sentence)s.") % {"sentence": sentence}


def diagnosis_in_words(diagnosis: Diagnosis | None) -> str:
    """Say what was found of a case: cause, pattern, stage and measures."""
    if diagnosis is None:
        return _("Not diagnosed yet.")
    sentence = _("Diagnosis: %(category)s, %(stage)s, %(pattern)s; main cause: %(cause)s; measures: %(measures)s.")
    return sentence % {
        "category": diagnosis.category, "stage": diagnosis.stage, "pattern": diagnosis.pattern,
        "cause": diagnosis.cause, "measures": _(", ").join(str(measure) for measure in diagnosis.measures.all()),
    }  # fmt: skip


def agency_in_words(case: TenderCase) -> str:
    """Return the agency as the records know it, else as printed; marked where the case is not the city's."""
    name = str(case.agency) if case.agency is not None else case.agency_name
    return _("%(agency)s (reference)") % {"agency": name} if case.scope == CaseScope.REFERENCE else name


def day_in_words(day: date | None) -> str:
    """Return a day as documents write it; a dash for none."""
    return format_roc(day) if day else "—"


def opinions_of(item: AgendaItem) -> QuerySet[Opinion]:
    """Return what members have written about `item`, the chair first, those from outside last."""
    written = Opinion.objects.filter(item=item).exclude(text="").select_related("member__member__person")
    return written.order_by("-member__is_chair", "member__is_external", "member_id")
