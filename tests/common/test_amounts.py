"""Amounts as people type them."""

import pytest

from common.amounts import parse_amount


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
    ],
)
def test_amounts_are_read_as_people_type_them(typed, amount):
    assert parse_amount(typed) == amount


@pytest.mark.parametrize("typed", ["", "-5", "十五萬", "1.5", "150萬150萬", "5000萬1億", "abc", "1e9"])
def test_what_is_no_amount_in_whole_dollars_is_refused(typed):
    with pytest.raises(ValueError, match=r"不是金額|整數元"):
        parse_amount(typed)
