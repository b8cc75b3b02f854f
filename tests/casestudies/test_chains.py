"""What a case says is what its notices say together, in whatever order they came."""

import datetime
import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casestudies.enums import AmountState, CaseScope, CaseSource, NoticeKind
from casestudies.models import TenderCase, TenderNotice
from casestudies.reading.notices import ReadNotice
from casestudies.services.chains import refresh_cases
from casestudies.services.notices import record_notice
from casestudies.services.rules import ensure_failure_rules
from library.enums import Band, ProcurementKind, ThresholdKind
from library.models import Threshold
from library.services.thresholds import add_threshold, ensure_thresholds
from library.thresholds import KnownThresholds, band_of
from tests.factories.accounts import AgencyFactory
from tests.factories.casestudies import FailedNoticeFactory, TenderCaseFactory, TenderNoticeFactory

WORKS = ProcurementKind.WORKS


@pytest.fixture(autouse=True)
def _rules(db):
    ensure_thresholds()
    ensure_failure_rules()


def record(kind, day, **said):
    given = {
        "unit_id": "3.87.52", "agency_name": "臺中市政府教育局", "number": "115D0001", "title": "校舍修繕工程",
        "key": f"{kind.value}{day}", "kind": kind, "printed_type": "公告",
        "published_on": datetime.date.fromisoformat(day), "procurement_kind": WORKS,
    }  # fmt: skip
    return record_notice(notice=ReadNotice(**(given | said)), source=CaseSource.API, by=None).case


def day(text):
    return datetime.date.fromisoformat(text)


def said(case):
    case.refresh_from_db()
    return {
        field.name: getattr(case, field.attname)
        for field in TenderCase._meta.fields
        if field.name not in {"id", "created_at"}
    }


CHAIN = (
    (NoticeKind.TENDER, "2026-03-02", {"budget": 5_000_000, "has_options": False, "printed_band": "公告金額以上"}),
    (NoticeKind.FAILED, "2026-03-20", {"reason": "流標", "original_on": datetime.date(2026, 3, 2)}),
    (NoticeKind.CORRECTION, "2026-04-01", {"budget": 6_000_000, "has_options": False}),
    (NoticeKind.FAILED, "2026-04-20", {"reason": "廢標"}),
    (NoticeKind.AWARD, "2026-05-10", {"awarded_on": datetime.date(2026, 5, 8), "award_amount": 5_900_000,
                                      "budget": 6_000_000}),
)  # fmt: skip


def test_from_tender_to_award_in_any_order():
    AgencyFactory(name="臺中市政府教育局")
    states = []
    for order in [*itertools.permutations(CHAIN)][::13]:
        TenderCase.objects.all().delete()
        for kind, on, more in order:
            case = record(kind, on, **more)
        states.append(said(case))
    assert all(state == states[0] for state in states)
    wanted = {
        "scope": CaseScope.CITY, "first_notice_on": day("2026-03-02"), "has_first_notice": True, "budget": 6_000_000,
        "amount_state": AmountState.KNOWN, "band": Band.PUBLICATION, "printed_band": "公告金額以上", "failures": 2,
        "first_failed_on": day("2026-03-20"), "last_failed_on": day("2026-04-20"), "awarded_on": day("2026-05-08"),
        "award_amount": 5_900_000,
    }  # fmt: skip
    assert {name: states[0][name] for name in wanted} == wanted


def test_a_failed_notice_alone_tells_no_amount_and_no_band():
    case = record(NoticeKind.FAILED, "2026-07-01", reason="流標", original_on=day("2026-06-10"))
    assert (case.amount_state, case.band, case.budget) == (AmountState.UNKNOWN, "", None)
    assert (case.first_notice_on, case.has_first_notice) == (day("2026-06-10"), False)


def test_an_award_without_a_tender_is_kept():
    case = record(NoticeKind.AWARD, "2026-05-10", award_amount=900_000, budget=1_000_000)
    assert (case.first_notice_on, case.has_first_notice, case.award_amount) == (day("2026-05-10"), False, 900_000)
    # an award does not speak of options: the band is a lower bound
    assert (case.amount_state, case.band) == (AmountState.WITHOUT_OPTIONS, Band.BELOW_PUBLICATION)


def test_a_failure_before_the_earliest_tender_shows_that_one_is_missing():
    record(NoticeKind.FAILED, "2026-03-20", reason="流標", original_on=day("2026-03-02"))
    case = record(NoticeKind.TENDER, "2026-04-01", budget=5_000_000)
    assert (case.first_notice_on, case.has_first_notice) == (day("2026-03-02"), False)
    case = record(NoticeKind.TENDER, "2026-03-02", budget=4_000_000)
    assert (case.first_notice_on, case.has_first_notice, case.budget) == (day("2026-03-02"), True, 5_000_000)


@pytest.mark.parametrize(
    ("amounts", "state", "band"),
    [
        ({"budget": 49_000_000, "has_options": False}, AmountState.KNOWN, Band.PUBLICATION),
        ({"budget": 49_000_000}, AmountState.KNOWN, Band.PUBLICATION),
        ({"budget": 49_000_000, "has_options": True}, AmountState.WITHOUT_OPTIONS, Band.PUBLICATION),
        ({"budget": 49_000_000, "has_options": True, "options_amount": 1_000_000}, AmountState.KNOWN, Band.INSPECTION),
        ({"budget": 49_000_000, "has_options": True, "procurement_amount": 200_000_000}, AmountState.KNOWN, Band.LARGE),
        ({}, AmountState.UNKNOWN, ""),
    ],
)
def test_the_band_counts_options_in_and_guesses_none(amounts, state, band):
    case = record(NoticeKind.TENDER, "2026-03-02", **amounts)
    assert (case.amount_state, case.band) == (state, band)


def test_a_correction_takes_the_place_of_the_amounts_before_it():
    record(NoticeKind.TENDER, "2026-03-02", budget=5_000_000, has_options=True, procurement_amount=60_000_000)
    case = record(NoticeKind.CORRECTION, "2026-03-05", budget=5_000_000)
    assert (case.procurement_amount, case.band) == (60_000_000, Band.INSPECTION)  # only a day was corrected
    case = record(NoticeKind.CORRECTION, "2026-03-06", budget=8_000_000, has_options=True)
    assert (case.budget, case.procurement_amount, case.amount_state) == (8_000_000, None, AmountState.WITHOUT_OPTIONS)


def test_the_thresholds_of_the_first_notices_day_count():
    amounts = {"budget": 1_200_000, "has_options": False}
    case = record(NoticeKind.TENDER, "2022-12-30", number="111A", **amounts)
    record(NoticeKind.CORRECTION, "2023-01-05", number="111A", **amounts)
    case.refresh_from_db()
    assert case.band == Band.PUBLICATION
    assert record(NoticeKind.TENDER, "2023-01-02", number="112A", **amounts).band == Band.BELOW_PUBLICATION


def test_all_thresholds_at_once_say_what_one_purchase_is_told():
    add_threshold(
        kind=ThresholdKind.INSPECTION, procurement_kind=WORKS, amount=60_000_000, effective_from=day("2026-01-01"),
        source="測試", by=None,
    )  # fmt: skip
    Threshold.objects.filter(kind=ThresholdKind.SMALL).exclude(effective_from=day("2023-01-01")).update(amount=90_000)
    totals = (1, 90_000, 90_001, 999_999, 1_000_000, 1_500_000, 10_000_000, 50_000_000, 60_000_000, 200_000_000)
    days = [day(text) for text in ("1999-05-27", "2018-06-01", "2022-12-31", "2023-01-01", "2025-12-31", "2026-01-01")]
    with CaptureQueriesContext(connection) as queries:
        known = KnownThresholds()
        bands = [known.band(kind, total, on) for kind in ProcurementKind for total in totals for on in days]
    assert len(queries) == 1
    assert bands == [
        band_of(kind=kind, amount=total, day=on).band for kind in ProcurementKind for total in totals for on in days
    ]
    assert (known.band(WORKS, 0, days[0]), known.band(WORKS, 5, day("1999-05-26"))) == (None, None)


def test_refreshing_asks_as_often_for_three_cases_as_for_one_and_keeps_what_people_decided():
    cases = TenderCaseFactory.create_batch(4, failures=0)
    for case in cases:
        TenderNoticeFactory(case=case, procurement_kind=WORKS)
        FailedNoticeFactory(case=case)
    TenderCase.objects.filter(pk=cases[0].pk).update(follows=cases[1], remark="記", change_before_award="改")

    def count(keys):
        with CaptureQueriesContext(connection) as queries:
            refresh_cases(keys)
        return len(queries)

    assert count([cases[0].pk]) == count([case.pk for case in cases[1:]])
    kept = TenderCase.objects.get(pk=cases[0].pk)
    assert (kept.failures, kept.follows, kept.remark, kept.change_before_award, kept.agency) == (
        1, cases[1], "記", "改", cases[0].agency,
    )  # fmt: skip
    assert TenderNotice.objects.count() == 8
