"""A figure of which less is better: the target is the most it may be; a miss is reckoned by a named formula."""

import datetime
import io
from decimal import Decimal

import pytest
from django.core.checks import run_checks
from django.utils import translation

from common.spreadsheets import FORMATS, ColumnSpec, Sheet, read_table, write
from reports.aggregates import DaysBetween, Median
from reports.kpi import KpiReading, LowerIsBetterFormula, achievement_of
from reports.models import Target
from reports.shaping import Ratio, shape

OVER, MINUS = LowerIsBetterFormula.TARGET_OVER_ACTUAL, LowerIsBetterFormula.TWO_MINUS_QUOTIENT


@pytest.mark.parametrize(
    ("actual", "target", "formula", "raw", "shown", "is_met"),
    [
        ("9.3", "11.5", OVER, "123.66", "100", True),
        ("9.3", "11.5", MINUS, "119.13", "100", True),
        ("11.5", "11.5", OVER, "100", "100", True),
        ("12.5", "11.5", OVER, "92.00", "92.00", False),
        ("12.5", "11.5", MINUS, "91.30", "91.30", False),
        ("46", "11.5", MINUS, "-200", "0", False),
        ("0", "11.5", OVER, "100", "100", True),
        ("0", "0", MINUS, "100", "100", True),
        ("1", "0", OVER, "0", "0", False),
    ],
)
def test_lower_is_better(actual, target, formula, raw, shown, is_met):
    found = achievement_of(Decimal(actual), Target(value=Decimal(target)), lower_is_better=True, formula=formula)
    assert (found.raw, found.shown, found.is_met) == (Decimal(raw), Decimal(shown), is_met)


def test_a_miss_names_its_formula_and_the_figure_its_decimals():
    target = Target(value=Decimal("11.5"), source="施政計畫")
    achievement = achievement_of(Decimal("12.5"), target, lower_is_better=True, formula=MINUS)
    reading = KpiReading("x", Decimal("12.5"), "", "", achievement, lower_is_better=True, decimals=1)
    assert reading.value_text == "12.5%"
    assert reading.target_line == "目標值 11.5% 以下（施政計畫），未達成，達成度 91.3%（2 − 達成值 ÷ 目標值）。"
    with translation.override("en"):
        assert reading.target_line == (
            "Target: at most 11.5% (施政計畫); not met, achievement 91.3% (2 − actual ÷ target)."
        )


def test_an_unknown_formula_is_refused_before_the_site_starts(settings):
    assert [found.id for found in run_checks() if found.id == "reports.E001"] == []
    settings.KPI_LOWER_IS_BETTER_FORMULA = "as_we_like"
    assert [found.id for found in run_checks() if found.id == "reports.E001"] == ["reports.E001"]


@pytest.mark.parametrize(
    ("part", "whole", "decimals", "rate"),
    [(147, 1586, 1, 9.3), (147, 1586, 0, 9.0), (357, 410, 0, 87.0), (357, 410, 2, 87.07), (1, 2000, 1, 0.1)],
)
def test_decimals_are_of_the_figure(part, whole, decimals, rate):
    ratio = Ratio("rate", "part", "whole", decimals=decimals)
    found = shape([{"key": "a", "part": part, "whole": whole}], keys=["key"], sums=["part", "whole"], ratios=[ratio])
    assert found.totals["rate"] == rate


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_percentage_of_one_decimal_is_written_with_one(file_format):
    sheet = Sheet("x", [("year", "number"), ("share", "percent1")], [[107, Decimal("9.3")]])
    content = b"".join(write(file_format, sheet))
    table = read_table(
        io.BytesIO(content),
        name=f"x.{file_format}",
        columns=[ColumnSpec("year", ("year",)), ColumnSpec("share", ("share",))],
    )
    if file_format == "csv":
        assert content.decode("utf-8-sig").splitlines()[1] == "107,9.3%"
    assert table.rows[0].text_of("share") in ("9.3%", "0.093")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("years", "median"), [([100], 100.0), ([100, 108], 104.0), ([100, 107, 120], 107.0), ([], None)]
)
def test_the_median_is_the_middle_one_or_the_mean_of_two(years, median):
    for year in years:
        Target.objects.create(report="x", measure="x", roc_year=year, value=1, source="x")
    assert Target.objects.aggregate(median=Median("roc_year"))["median"] == median


@pytest.mark.django_db
@pytest.mark.postgres
def test_postgresql_has_the_median_and_subtracts_days():
    from tests.factories.casestudies import TenderCaseFactory

    first = datetime.date(2024, 2, 28)
    for days in (2, 3, 10, 400):
        TenderCaseFactory(first_notice_on=first, awarded_on=first + datetime.timedelta(days=days))
    TenderCaseFactory(first_notice_on=first)
    from casestudies.models import TenderCase

    found = TenderCase.objects.aggregate(median=Median(DaysBetween("first_notice_on", "awarded_on")))
    assert found == {"median": 6.5}
