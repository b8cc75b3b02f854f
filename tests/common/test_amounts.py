"""Amounts as people type them."""

import pytest

from common.amounts import parse_amount, unit_of


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1,500,000", 1_500_000),
        ("１，５００，０００", 1_500_000),
        ("１５０萬", 1_500_000),
        ("1.5 億", 150_000_000),
        ("1億5000萬", 150_000_000),
        ("2千萬", 20_000_000),
        ("NT$150萬元", 1_500_000),
        ("新臺幣 150 萬元整", 1_500_000),
        ("1,000仟元", 1_000_000),
    ],
)
def test_amounts_are_read_as_people_type_them(typed, amount):
    assert parse_amount(typed) == amount


@pytest.mark.parametrize("typed", ["", "-5", "十五萬", "1.5", "150萬150萬", "5000萬1億", "abc", "1e9"])
def test_what_is_no_amount_in_whole_dollars_is_refused(typed):
    with pytest.raises(ValueError, match=r"不是金額|整數元"):
        parse_amount(typed)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("預算金額", None), ("預算金額(元)", 1), ("預算金額（仟元）", 1000), ("預算金額千元", 1000),
        ("單位:1,000元", 1000),
        ("單位：新台幣仟圓", 1000), ("單位：百萬", 1_000_000), ("預算(萬)", 10_000), ("budget (thousand NT$)", 1000),
        ("單位：千元、平方公尺", 1000), ("單位：臺中市政府", None), ("115 年度 100 萬元以上採購", None),
        ("新臺幣1,000,000元", None), ("新臺幣壹佰萬元整", None), ("級距(150萬元以上)", None),
    ],
)  # fmt: skip
def test_the_unit_of_a_table_is_what_its_heading_names_and_no_amount(text, unit):
    assert unit_of(text) == unit


@pytest.mark.parametrize("text", ["預算金額(美元)", "單位：千元；萬元", "budget (USD)", "單位：千千元"])
def test_a_unit_that_is_none_or_several_is_refused(text):
    with pytest.raises(ValueError, match="單位"):
        unit_of(text)


def test_an_amount_with_a_sign_of_its_own_counts_by_that_whatever_its_table_counts_in():
    assert [parse_amount(typed, unit=1000) for typed in ("60,000", "60.5", "150萬", "1,000千元")] == [
        60_000_000, 60_500, 1_500_000, 1_000_000,
    ]  # fmt: skip
    with pytest.raises(ValueError, match="60,000元"):
        parse_amount("60,000元", unit=1000)
