"""Sums and ratios of sums: exact until the one rounding, null where nobody is counted."""

import pytest

from reports import registry
from reports.registry import Report
from reports.shaping import Ratio, shape

RATIOS = [Ratio("rate", "part", "whole")]


def shaped(*records):
    return shape(records, keys=["key"], sums=["part", "whole"], ratios=RATIOS)


def test_the_total_is_the_ratio_of_sums():
    result = shaped({"key": "a", "part": 1, "whole": 1}, {"key": "b", "part": 0, "whole": 3})
    assert [row["rate"] for row in result.rows] == [100.0, 0.0]
    assert result.totals == {"part": 1, "whole": 4, "rate": 25.0}


@pytest.mark.parametrize(("part", "whole", "rate"), [(1, 3, 33.33), (2, 3, 66.67), (1, 8, 12.5), (9, 16_000, 0.06)])
def test_rates_are_rounded_half_up_to_two_decimals(part, whole, rate):
    assert shaped({"key": "a", "part": part, "whole": whole}).rows[0]["rate"] == rate


def test_a_half_hundredth_is_rounded_up_where_floats_would_not():
    assert shaped({"key": "a", "part": 201, "whole": 20_000}).rows[0]["rate"] == 1.01  # 1.005


def test_null_where_the_denominator_is_zero_and_for_no_records_at_all():
    assert shaped({"key": "a", "part": 0, "whole": 0}).rows == [{"key": "a", "part": 0, "whole": 0, "rate": None}]
    assert shaped().rows == []
    assert shaped().totals == {"part": 0, "whole": 0, "rate": None}


def test_records_of_the_same_key_are_added_up_and_no_key_stays_a_key():
    rows = shaped(
        {"key": "a", "part": 1, "whole": 2}, {"key": None, "part": 1, "whole": 1}, {"key": "a", "part": 1, "whole": 2}
    ).rows
    assert rows == [
        {"key": "a", "part": 2, "whole": 4, "rate": 50.0},
        {"key": None, "part": 1, "whole": 1, "rate": 100.0},
    ]


def test_values_are_plain_python_ready_for_json():
    row = shaped({"key": "a", "part": 1, "whole": 2}).rows[0]
    assert {type(value) for value in row.values()} == {str, int, float}


def test_a_key_is_registered_once():
    known = registry.get("pass-rate")
    with pytest.raises(ValueError, match="already a report"):
        registry.register(Report("pass-rate", "x", "x", known.form, known.compute, known.may_view))
