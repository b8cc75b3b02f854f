"""The band that a notice prints stands beside ours, and a difference is said in words."""

from __future__ import annotations

import datetime

import pytest
from django.conf import settings
from django.utils import translation

from casestudies.enums import AmountState
from casestudies.printed_bands import band_reading, bands_meant, differing_cases
from library.enums import Band, ProcurementKind
from library.services.thresholds import ensure_thresholds
from tests.factories.casestudies import TenderCaseFactory

S, B, P, I, L = Band  # noqa: E741  the bands from the lowest to the highest


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("公告金額以上未達查核金額", (P,)),
        ("查核金額以上未達巨額", (I,)),
        ("巨額", (L,)),
        ("未達公告金額", (S, B)),
        ("逾公告金額十分之一未達公告金額", (B,)),
        ("公告金額十分之一以下", (S,)),
        ("未達查核金額 ", (S, B, P)),
        ("查核金額以上", (I, L)),
        ("公告金額以上", (P, I, L)),
        ("不適用", ()),
        ("", ()),
    ],
)
def test_what_the_printed_words_mean(printed, meant):
    assert bands_meant(printed) == meant


@pytest.fixture
def thresholds(db):
    with translation.override(settings.LANGUAGE_CODE):
        ensure_thresholds()
        yield


def case(**details):
    return TenderCaseFactory(printed_band="公告金額以上未達查核金額", **details)


def test_only_what_the_print_does_not_allow_differs(db):
    differing = case(band=Band.BELOW_PUBLICATION, budget=900_000)
    case(band=Band.PUBLICATION)
    case(band="", amount_state=AmountState.UNKNOWN, budget=None)
    TenderCaseFactory(printed_band="不適用", band=Band.SMALL, budget=1000)
    TenderCaseFactory(printed_band="未達公告金額", band=Band.SMALL, budget=1000)
    assert list(differing_cases()) == [differing]


def test_a_difference_is_explained_by_unknown_options(thresholds):
    reading = band_reading(
        TenderCaseFactory(
            kind=ProcurementKind.SERVICES, budget=8_000_000, band=Band.PUBLICATION, printed_band="查核金額以上未達巨額",
            amount_state=AmountState.WITHOUT_OPTIONS,
        )
    )  # fmt: skip
    assert reading.differs
    assert reading.difference[0] == "公告所載級距較高：可能因後續擴充金額未載明所致。"
    assert "有後續擴充但公告未載金額：實際採購金額至少為此數。" in reading.explained


def test_a_difference_is_explained_by_the_thresholds_of_another_day(thresholds):
    # 1,200,000 was 公告金額以上 until the end of 111, and is below it since
    reading = band_reading(
        TenderCaseFactory(
            first_notice_on=datetime.date(2022, 12, 20), budget=1_200_000, band=Band.PUBLICATION,
            printed_band="逾公告金額十分之一未達公告金額",
        )
    )  # fmt: skip
    assert reading.difference == (
        "公告所載級距低於已登錄金額所屬級距。",
        "若依 112 年 1 月 1 日適用的門檻，即為公告所載級距。",
    )
    assert [threshold.amount for threshold in reading.thresholds] == [100_000, 1_000_000, 50_000_000, 200_000_000]


def test_options_counted_in_and_left_out_in_print(thresholds):
    reading = band_reading(
        case(budget=30_000_000, options_amount=30_000_000, band=Band.INSPECTION, amount_state=AmountState.KNOWN)
    )
    assert (reading.amount, reading.ours) == (60_000_000, Band.INSPECTION)
    assert "若不計後續擴充，即為公告所載級距。" in reading.difference
    assert "已計入後續擴充新臺幣 30,000,000 元。" in reading.explained


def test_an_unknown_band_says_why_and_is_not_guessed(thresholds):
    failed_only = case(band="", amount_state=AmountState.UNKNOWN, budget=None)
    without_kind = case(band="", kind="")
    early = case(band="", first_notice_on=datetime.date(1990, 1, 1))
    assert [band_reading(each).explained for each in (failed_only, without_kind, early)] == [
        ("已登錄的公告均未載金額，級距不明，不予推測。",),
        ("已登錄的公告均未載明工程、財物或勞務，級距不明。",),
        ("查無 79 年 1 月 1 日適用的門檻。",),
    ]
    assert not any(band_reading(each).differs for each in (failed_only, without_kind, early))
