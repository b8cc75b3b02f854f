"""Listing for review: which rule lists which case, on which day, and that nothing is listed twice or taken off."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casestudies.enums import AmountState, CaseScope
from casestudies.listing_rules import dry_run
from casestudies.models import Listing, TenderCase
from casestudies.services.listing import (
    close_listing,
    ensure_listing_rules,
    list_by_hand,
    list_cases,
    reopen_listing,
    save_listing_rule,
)
from common.errors import DomainError
from common.models import AuditEntry
from library.enums import Band, ProcurementKind
from tests.factories.accounts import UserFactory
from tests.factories.casestudies import (
    FailedNoticeFactory,
    ListingFactory,
    ListingRuleFactory,
    TenderCaseFactory,
    TenderNoticeFactory,
)

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = datetime.date(2026, 3, 20), datetime.date(2026, 4, 20), datetime.date(2026, 5, 20)


def failed_case(*days: datetime.date, **fields: object) -> TenderCase:
    """A case with a tender notice before each failure, as `services.chains` would leave it."""
    case = TenderCaseFactory(
        failures=len(days), first_failed_on=min(days, default=None), last_failed_on=max(days, default=None), **fields
    )
    for day in days:
        TenderNoticeFactory(case=case, published_on=day - datetime.timedelta(days=15))
        FailedNoticeFactory(case=case, published_on=day)
    return case


def test_the_first_rule_takes_works_of_the_publication_threshold_that_failed_twice() -> None:
    (rule,) = ensure_listing_rules()
    listed = failed_case(FIRST, SECOND)
    failed_case(FIRST)
    failed_case(FIRST, SECOND, kind=ProcurementKind.SERVICES)
    failed_case(FIRST, SECOND, band=Band.BELOW_PUBLICATION)
    assert list_cases() == 1
    listing = Listing.objects.get()
    assert (listing.case, listing.rule, listing.listed_on) == (listed, rule, SECOND)
    assert "假設" in rule.source
    assert "秘書處" in rule.source


def test_higher_bands_fulfil_a_rule_for_a_lower_one() -> None:
    ListingRuleFactory(at_least=Band.INSPECTION)
    failed_case(FIRST, SECOND, band=Band.PUBLICATION)
    cases = {failed_case(FIRST, SECOND, band=Band.INSPECTION).pk, failed_case(FIRST, SECOND, band=Band.LARGE).pk}
    list_cases()
    assert set(Listing.objects.values_list("case", flat=True)) == cases


def test_an_unknown_band_is_listed_only_by_a_rule_without_a_band() -> None:
    rule = ListingRuleFactory()
    case = failed_case(FIRST, SECOND, band="", amount_state=AmountState.UNKNOWN, budget=None)
    assert list_cases() == 0
    anybody = ListingRuleFactory(at_least="")
    assert list_cases() == 1
    assert Listing.objects.get(case=case).rule == anybody != rule


def test_only_the_city_s_own_cases_are_listed() -> None:
    ListingRuleFactory()
    failed_case(FIRST, SECOND, scope=CaseScope.REFERENCE)
    failed_case(FIRST, SECOND, scope=CaseScope.UNCLEAR)
    assert list_cases() == 0


def test_the_days_of_a_rule_speak_of_the_failure_that_fulfils_it() -> None:
    """Two failures before the rule began count, but the case is listed by the one that lies within its days."""
    rule = ListingRuleFactory(effective_from=SECOND + datetime.timedelta(days=1), effective_to=THIRD)
    failed_case(FIRST, SECOND)
    late = failed_case(FIRST, SECOND, THIRD)
    assert list_cases() == 1
    listing = Listing.objects.get()
    assert (listing.case, listing.listed_on) == (late, THIRD)
    rule.effective_to = SECOND + datetime.timedelta(days=2)
    rule.save()
    failed_case(FIRST, SECOND, THIRD)
    assert list_cases() == 0


def test_of_several_rules_the_one_fulfilled_first_lists() -> None:
    ListingRuleFactory(failures=2)
    strict = ListingRuleFactory(failures=1, at_least=Band.LARGE)
    failed_case(FIRST, SECOND, band=Band.LARGE)
    list_cases()
    assert (Listing.objects.get().rule, Listing.objects.get().listed_on) == (strict, FIRST)


def test_notices_that_came_out_of_order_are_counted_by_their_days() -> None:
    ListingRuleFactory()
    failed_case(THIRD, FIRST, SECOND)
    list_cases()
    assert Listing.objects.get().listed_on == SECOND


def test_a_second_run_lists_nothing_and_a_changed_rule_takes_nothing_off() -> None:
    rule = ListingRuleFactory()
    case = failed_case(FIRST, SECOND)
    assert list_cases([case.pk]) == 1
    rule.failures = 3
    rule.save()
    assert list_cases([case.pk, case.pk]) == 0
    assert Listing.objects.get().listed_on == SECOND
    assert AuditEntry.objects.filter(action="listing.listed").count() == 1


def test_only_the_cases_asked_for_are_looked_at() -> None:
    ListingRuleFactory()
    failed_case(FIRST, SECOND)
    assert list_cases([]) == 0
    assert list_cases() == 1


def test_listing_asks_as_many_queries_for_thirty_cases_as_for_one() -> None:
    ListingRuleFactory()
    ids = [failed_case(FIRST, SECOND).pk]
    with CaptureQueriesContext(
        connection,
    ) as one:
        list_cases(ids)
    ids = [failed_case(FIRST, SECOND).pk for _number in range(30)]
    with CaptureQueriesContext(connection) as thirty:
        list_cases(ids)
    assert len(thirty) == len(one)
    assert Listing.objects.count() == 31


def test_a_dry_run_counts_the_year_and_writes_nothing() -> None:
    rule = ListingRuleFactory()
    failed_case(FIRST, SECOND)
    failed_case(datetime.date(2025, 3, 1), datetime.date(2025, 4, 1))
    list_cases()
    failed_case(FIRST, SECOND)
    run = dry_run(rule, 2026)
    assert (run.cases, run.already_listed, run.new) == (2, 1, 1)
    assert Listing.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "reason", "code"),
    [
        ({"failures": 1}, "  ", "reason"),
        ({"failures": 0}, "議員關切", "not_failed"),
        ({"failures": 1, "scope": CaseScope.REFERENCE}, "議員關切", "reference"),
        ({"failures": 1, "scope": CaseScope.UNCLEAR}, "議員關切", "unclear"),
    ],
)
def test_what_is_not_listed_by_hand(fields: dict[str, object], reason: str, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        list_by_hand(case=TenderCaseFactory(**fields), reason=reason, by=UserFactory())
    assert refusal.value.code == code
    assert not Listing.objects.exists()


def test_a_case_is_listed_by_hand_once() -> None:
    case, by = TenderCaseFactory(failures=1), UserFactory()
    listing = list_by_hand(case=case, reason=" 議員關切 ", by=by)
    assert (listing.reason, listing.rule, listing.listed_by) == ("議員關切", None, by)
    with pytest.raises(DomainError) as refusal:
        list_by_hand(case=case, reason="再一次", by=by)
    assert refusal.value.code == "listed"


def test_a_listing_is_closed_with_its_outcome_and_may_be_opened_again() -> None:
    listing, by = ListingFactory(), UserFactory()
    with pytest.raises(DomainError) as refusal:
        close_listing(listing=listing, outcome="", by=by)
    assert refusal.value.code == "outcome"
    closed = close_listing(listing=listing, outcome="調高預算後決標", by=by)
    assert closed.closed_on is not None
    with pytest.raises(DomainError) as refusal:
        close_listing(listing=listing, outcome="又一次", by=by)
    assert refusal.value.code == "closed"
    reopened = reopen_listing(listing=listing, by=by)
    assert (reopened.closed_on, reopened.outcome) == (None, "")
    assert AuditEntry.objects.get(action="listing.reopened").data["outcome"] == "調高預算後決標"


def test_a_rule_that_listed_cases_keeps_its_threshold() -> None:
    """Else the reason why they are listed would no longer be true."""
    listing = ListingFactory()
    rule = listing.rule
    rule.failures = 3
    with pytest.raises(DomainError) as refusal:
        save_listing_rule(rule=rule, by=UserFactory())
    assert refusal.value.code == "used"
    rule.refresh_from_db()
    rule.effective_to = datetime.date(2026, 12, 31)
    save_listing_rule(rule=rule, by=UserFactory())
    rule.refresh_from_db()
    assert rule.effective_to == datetime.date(2026, 12, 31)
