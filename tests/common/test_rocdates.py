"""Dates of the Republic: read as people write them, never guessed."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from common.rocdates import (
    format_roc,
    moment_of_serial,
    parse_date,
    parse_moment,
    parse_time,
    roc_day_of_antiquity,
    roc_year,
    to_gregorian_year,
)

DAY = date(2018, 1, 5)


@pytest.mark.parametrize(
    "value",
    [
        "2018-01-05", "2018/1/5", "2018.01.05", "20180105", "2018-01-05 13:30:00", "2018-01-05T13:30", "2018年1月5日",
        "107/1/5", "107/01/05", "107-01-05", "107.1.5", "1070105", "107年1月5日", "民國107年1月5日",
        "中華民國 107 年 1 月 5 日", "107/1/5(五)", "107年1月5日（星期五）", "107/1/5 週五", "107.01.05 下午 2:30",
        "１０７／１／５", "　107/1/5 ", 1070105, 1070105.0, Decimal(20180105), DAY, datetime(2018, 1, 5, 23, 59),  # noqa: DTZ001
        datetime(2018, 1, 4, 16, 0, tzinfo=UTC),  # midnight in Taipei
    ],
)  # fmt: skip
def test_every_usual_way_to_write_a_day(value):
    assert parse_date(value) == DAY


@pytest.mark.parametrize(("value", "day"), [("99/12/31", date(2010, 12, 31)), ("991231", date(2010, 12, 31))])
def test_two_digits_are_an_roc_year(value, day):
    assert parse_date(value) == day


@pytest.mark.parametrize(
    "value",
    [
        "", "x", "107", "107/1", "1/5/107", "12/31/2018", "7/1/5", "43105", "107/1/5 x", "107/1/55", "民國前1年1月1日",
        None, True,
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_an_example(value):
    with pytest.raises(ValueError, match="107/1/5"):
        parse_date(value)


@pytest.mark.parametrize("value", ["107/2/29", "107/13/1", "1070230", "0000-01-01"])
def test_a_day_that_does_not_exist_is_refused(value):
    with pytest.raises(ValueError, match=value):
        parse_date(value)


def test_years_go_there_and_back():
    assert roc_year(DAY) == 107
    assert to_gregorian_year(107) == 2018
    assert to_gregorian_year(roc_year(DAY)) == DAY.year


def test_a_day_in_chinese():
    assert format_roc(date(2026, 11, 20)) == "115 年 11 月 20 日"
    assert format_roc(date(1912, 1, 1)) == "1 年 1 月 1 日"
    assert format_roc(date(1911, 10, 10)) == "民國前 1 年 10 月 10 日"


@pytest.mark.parametrize(
    "value", ["14:30", "14:30:59", "14時30分", "下午 2:30", "下午2時30分", "2:30 PM", "1430", "１４：３０"]
)
def test_every_usual_way_to_write_a_time(value):
    assert parse_time(value) == time(14, 30)
    assert parse_moment(f"107/1/5(五) {value}") == (DAY, time(14, 30))


@pytest.mark.parametrize("value", ["", "24:00", "12:60", "noon", "14"])
def test_what_is_no_time_is_refused_with_an_example(value):
    with pytest.raises(ValueError, match="14:30"):
        parse_time(value)


def test_the_number_by_which_spreadsheets_count_days():
    assert moment_of_serial("43105") == (DAY, None)
    assert moment_of_serial("43105.604166667") == (DAY, time(14, 30))
    for value in ("4310", "20000", "99999", "431050", "-43105"):
        with pytest.raises(ValueError, match=value):
            moment_of_serial(value)


def test_an_roc_year_that_a_program_took_for_one_of_antiquity():
    """As LibreOffice writes 107/6/20, 107-03-05 14:30 and 104/2/29 typed into cells of zh-TW."""
    assert roc_day_of_antiquity(date(107, 6, 19)) == date(2018, 6, 20)
    assert roc_day_of_antiquity(datetime(107, 6, 19, 14, 30)) == datetime(2018, 6, 20, 14, 30)  # noqa: DTZ001  of a cell
    assert parse_moment("-654815.395833333") == (date(2018, 3, 5), time(14, 30))
    assert parse_date("0107-06-20") == date(2018, 6, 20)  # as the screen shows it
    assert roc_day_of_antiquity(date(104, 2, 28)) == "104/2/29"  # 2015 has no such day
    assert roc_day_of_antiquity(date(1850, 6, 19)) is None
    assert roc_day_of_antiquity(DAY) is None
