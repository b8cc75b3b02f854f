"""Listing (列管): which cases the review group follows, by rule or by hand, until they are settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from library.enums import Band, ProcurementKind

from ..enums import CaseScope
from ..listing_rules import failed_cases, rule_of
from ..models import Listing, ListingRule, TenderCase

_MOST_IDS = 10_000  # a query can name so many on every database

FIRST_RULE_NAME = "公告金額以上工程，流廢標二次以上"
# The plan of 108 says 「達一定規範標準」 and no more. A first failure is common, and from the second tender on three
# tenderers are no longer needed (採購法第 48 條第 2 項): who fails then has a cause worth looking at.
FIRST_RULE_SOURCE = (
    "本平臺假設，請秘書處核定：臺中市政府 108 年度施政計畫二十五(一)僅稱「達一定規範標準」，未載門檻。首次流標屬常見，"
    "第二次招標起不受三家廠商限制（採購法第 48 條第 2 項），故以二次為準。"
    "起算日依公共工程品質推動委員會設置要點（104 年 1 月 15 日）。"
)
FIRST_RULE_FROM = date(2015, 1, 15)


@transaction.atomic
def ensure_listing_rules() -> list[ListingRule]:
    """Lay the rule that an installation begins with where there is none, and return all rules. Idempotent."""
    if not ListingRule.objects.exists():
        ListingRule.objects.create(
            name=FIRST_RULE_NAME,
            kind=ProcurementKind.WORKS,
            at_least=Band.PUBLICATION,
            failures=2,
            effective_from=FIRST_RULE_FROM,
            source=FIRST_RULE_SOURCE,
        )
        audit("listing_rule.laid", number=1)
    return list(ListingRule.objects.all())


@transaction.atomic
def save_listing_rule(*, rule: ListingRule, by: User | None) -> ListingRule:
    """Save a new or edited rule, as the form left it in memory. Nothing is listed by it until `list_cases` runs.

    Raises DomainError `used`: a rule that has listed cases says why they are listed, so it may only be named
    otherwise, ended, or given another source; whoever wants another threshold ends it and makes a new one.
    """
    is_new = rule.pk is None
    if not is_new and rule.listings.exists():
        before = ListingRule.objects.get(pk=rule.pk)
        fixed = ("kind", "at_least", "failures", "effective_from")
        if any(getattr(before, name) != getattr(rule, name) for name in fixed):
            raise DomainError(
                _("Cases are listed by this rule. End it with a last day, and write a new rule for another threshold."),
                code="used",
            )
    rule.save()
    audit("listing_rule.added" if is_new else "listing_rule.changed", obj=rule, by=by)
    return rule


@transaction.atomic
def list_cases(case_ids: Iterable[int] | None = None, *, by: User | None = None) -> int:
    """List the city's cases (of `case_ids`, or all) that fulfil a rule and are not listed yet; return how many.

    Idempotent, and nothing is ever taken off: a case that a later rule would not list stays listed. `listed_on` is the
    day of the failed notice that fulfilled the rule. A constant number of queries for each 10,000 cases.
    """
    rules = list(ListingRule.objects.all())
    if case_ids is None:
        listed = _list_among(None, rules, by)
    else:
        wanted = sorted(set(case_ids))
        pieces = [wanted[start : start + _MOST_IDS] for start in range(0, len(wanted), _MOST_IDS)]
        listed = sum(_list_among(piece, rules, by) for piece in pieces)
    if listed:
        audit("listing.listed", by=by, number=listed)
    return listed


def _list_among(case_ids: list[int] | None, rules: list[ListingRule], by: User | None) -> int:
    cases = TenderCase.objects.filter(listing__isnull=True)
    if case_ids is not None:
        cases = cases.filter(pk__in=case_ids)
    found = [
        Listing(case_id=case.pk, rule=verdict[0], listed_on=verdict[1], listed_by=by)
        for case in failed_cases(cases, rules)
        if (verdict := rule_of(case, rules)) is not None
    ]
    # another import may have listed one of them a moment ago
    Listing.objects.bulk_create(found, batch_size=1000, ignore_conflicts=True)
    return len(found)


@transaction.atomic
def list_by_hand(*, case: TenderCase, reason: str, by: User) -> Listing:
    """List a case that no rule lists, as of today.

    Raises DomainError: `reason` (empty), `reference` (not the city's), `unclear` (its agency is not known yet),
    `not_failed`, `listed` (already, or once).
    """
    reason = reason.strip()
    case = TenderCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not reason:
        raise DomainError(_("Say why the case is listed."), code="reason")
    if case.scope == CaseScope.REFERENCE:
        raise DomainError(
            _("This is a reference case of another city: only the city’s own are listed."), code="reference"
        )
    if case.scope == CaseScope.UNCLEAR:
        raise DomainError(
            _("The agency of this case is not known yet. Match it first: only the city’s own cases are listed."),
            code="unclear",
        )
    if not case.failures:
        raise DomainError(_("This case has not failed."), code="not_failed")
    if Listing.objects.filter(case=case).exists():
        raise DomainError(_("This case is already listed."), code="listed")
    listing = Listing.objects.create(case=case, listed_on=timezone.localdate(), reason=reason, listed_by=by)
    audit("listing.listed_by_hand", obj=listing, by=by)
    return listing


@transaction.atomic
def close_listing(*, listing: Listing, outcome: str, by: User) -> Listing:
    """Follow a case no longer, as of today, since `outcome` came of it.

    Raises DomainError: `outcome` (empty), `closed` (already).
    """
    outcome = outcome.strip()
    listing = Listing.objects.select_for_update(of=("self",)).select_related("case").get(pk=listing.pk)
    if listing.closed_on is not None:
        raise DomainError(_("This case is no longer followed; it was closed before."), code="closed")
    if not outcome:
        raise DomainError(_("Say what came of it."), code="outcome")
    listing.outcome, listing.closed_on = outcome, timezone.localdate()
    listing.save(update_fields=["outcome", "closed_on"])
    audit("listing.closed", obj=listing, by=by)
    return listing


@transaction.atomic
def reopen_listing(*, listing: Listing, by: User) -> Listing:
    """Follow a closed case again: it was closed by mistake, or failed anew. Its outcome is kept in the audit trail.

    Raises DomainError `open`: it is followed already.
    """
    listing = Listing.objects.select_for_update(of=("self",)).select_related("case").get(pk=listing.pk)
    if listing.closed_on is None:
        raise DomainError(_("This case is followed already."), code="open")
    audit("listing.reopened", obj=listing, by=by, closed_on=listing.closed_on.isoformat(), outcome=listing.outcome)
    listing.outcome, listing.closed_on = "", None
    listing.save(update_fields=["outcome", "closed_on"])
    return listing
