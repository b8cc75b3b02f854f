"""The figures of failed tenders: what is in numerator and denominator, and every number leads to its cases."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.enums import AgencyKind, Role
from casestudies.enums import AmountState, CaseScope, Dimension
from casestudies.models import Diagnosis, Listing, TenderCase
from casestudies.services.chains import refresh_cases
from casestudies.statistics import quarter_figures
from casestudies.statistics_counts import By
from library.enums import Band, ProcurementKind
from library.services.thresholds import ensure_thresholds
from reports.documents import FORMATS
from reports.kpi import read_kpi
from reports.registry import get
from reports.services import set_target
from tests.factories.accounts import AgencyFactory, UserFactory
from tests.factories.casestudies import (
    FailedNoticeFactory,
    ListingFactory,
    ListingRuleFactory,
    TaxonomyEditionFactory,
    TaxonomyEntryFactory,
    TenderCaseFactory,
    TenderNoticeFactory,
)

pytestmark = pytest.mark.django_db

PAGE = reverse("reports:report", args=["failed-tenders"])
CASES = reverse("reports:people", args=["failed-tenders"])
GROUPINGS = [by.value for by in By]


def day(roc_year: int, month: int, number: int) -> datetime.date:
    return datetime.date(roc_year + 1911, month, number)


def tender(first: datetime.date, *, failed: tuple[datetime.date, ...] = (), listed: bool = False, **facts: Any) -> Any:
    """Lay a case of the city that failed on those days; a listed one on the last of them."""
    said = {
        "failures": len(failed),
        "first_failed_on": min(failed, default=None),
        "last_failed_on": max(failed, default=None),
    }
    case = TenderCaseFactory(first_notice_on=first, **{**said, **facts})
    for on in failed:
        FailedNoticeFactory(case=case, published_on=on)
    if listed:
        ListingFactory(case=case, listed_on=failed[-1])
    return case


def report(key: str = "failed-tenders", **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("report", key, **options, document_format="json", stdout=out)
    return json.loads(out.getvalue())


def share(**options: Any) -> tuple[int, int, float | None]:
    totals = report(**options)["totals"]
    return totals["tenders"], totals["listed"], totals["rate"]


def signed_in(role: Role = Role.REPORT_VIEWER) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[role]))
    return client


def diagnose(case: TenderCase, on: datetime.date, cause: str, *, is_current: bool = True) -> Diagnosis:
    edition = TaxonomyEditionFactory()
    entries = {
        name: TaxonomyEntryFactory(edition=edition, dimension=name, code=cause if name == "cause" else f"{name[0]}1")
        for name in (Dimension.CATEGORY, Dimension.STAGE, Dimension.PATTERN, Dimension.CAUSE)
    }
    return Diagnosis.objects.create(
        case=case, edition=edition, explanation="測試", diagnosed_on=on, is_current=is_current, **entries
    )


@pytest.fixture
def year_107() -> dict[str, Any]:
    """Lay the year 107: four tenders of the indicator, and one of every kind that must not count in it."""
    school, bureau = AgencyFactory(kind=AgencyKind.SCHOOL), AgencyFactory(kind=AgencyKind.BUREAU)
    made = {
        "awarded": tender(day(107, 1, 1), agency=bureau, awarded_on=day(107, 1, 31), award_amount=4_500_000),
        "failed": tender(day(107, 3, 5), agency=school, failed=(day(107, 3, 20),), awarded_on=day(107, 4, 24),
                         award_amount=5_000_000, change_before_award="預算調高 10%。"),
        "listed": tender(day(107, 5, 1), agency=school, band=Band.LARGE, failed=(day(107, 5, 20), day(107, 6, 20)),
                         listed=True),
        "listed later": tender(day(107, 12, 31), agency=None, agency_name="臺中市新設機關",
                               failed=(day(108, 1, 10), day(108, 2, 10)), listed=True),
        "goods": tender(day(107, 6, 1), agency=bureau, kind=ProcurementKind.GOODS, listed=True,
                        failed=(day(107, 6, 9), day(107, 7, 9))),
        "small": tender(day(107, 6, 2), agency=bureau, band=Band.BELOW_PUBLICATION, listed=True,
                        failed=(day(107, 6, 9), day(107, 7, 9))),
        "no amount": tender(day(107, 6, 3), agency=bureau, band="", budget=None, amount_state=AmountState.UNKNOWN,
                            listed=True, failed=(day(107, 6, 9), day(107, 7, 9), day(107, 8, 9))),
    }  # fmt: skip
    tender(day(106, 12, 31), failed=(day(107, 1, 5), day(107, 2, 5)), listed=True)
    tender(day(108, 1, 1), agency=bureau)
    for scope in (CaseScope.REFERENCE, CaseScope.UNCLEAR):
        tender(day(107, 7, 1), scope=scope, agency=None, agency_name="別處", failed=(day(107, 7, 20),))
    return made


@pytest.fixture
def target() -> None:
    set_target(
        report="failed-tenders", measure="rate", scope="", roc_year=107, value=Decimal("11.5"), source="施政績效報告",
        by=None,
    )  # fmt: skip


def lay_tenders(tenders: int, listed: int) -> None:
    """Lay so many works tenders of 107, of which so many are listed."""
    agency, rule = AgencyFactory(), ListingRuleFactory()
    cases = TenderCase.objects.bulk_create(
        TenderCaseFactory.build(agency=agency, first_notice_on=day(107, 1 + n % 12, 1), failures=2 * (n < listed))
        for n in range(tenders)
    )
    Listing.objects.bulk_create(Listing(case=case, rule=rule, listed_on=day(107, 12, 31)) for case in cases[:listed])


def test_the_published_figure_of_107(target: None) -> None:
    lay_tenders(1586, 147)
    ListingFactory(case=TenderCaseFactory(first_notice_on=day(107, 2, 1), kind=ProcurementKind.GOODS, failures=2))

    found = report(year=107)

    assert (found["totals"]["tenders"], found["totals"]["listed"], found["totals"]["rate"]) == (1586, 147, 9.3)
    assert found["notes"][0] == "目標值 11.5% 以下（施政績效報告），已達成，達成度 100%。"
    assert "並非下降幅度，而是比率" in found["notes"][1]
    with translation.override("en"):
        said = " ".join(report(year=107)["notes"])
    assert "Target: at most 11.5% (施政績效報告); met, achievement 100%." in said
    assert "the figure is a ratio: listed cases ÷ tenders × 100, and lower is better" in said


def test_listed_cases_count_only_among_the_tenders_they_are_measured_by(year_107: dict[str, Any]) -> None:
    found = report(year=107)

    assert (found["totals"]["tenders"], found["totals"]["listed"], found["totals"]["rate"]) == (4, 2, 50.0)
    assert found["totals"]["cases"] == 7
    assert [note[:8] for note in found["notes"][2:]] == ["另有 1 件未計", "另有 1 件工程", "另有 3 件列管"]


def test_a_half_is_rounded_up_and_the_pass_rate_keeps_its_decimals() -> None:
    lay_tenders(2000, 1)

    assert report(year=107)["totals"]["rate"] == 0.1  # 0.05


def test_the_measures_of_a_year(year_107: dict[str, Any]) -> None:
    totals = report(year=107)["totals"]

    assert totals == {
        "tenders": 4, "listed": 2, "rate": 50.0, "cases": 7, "failed": 6, "failed_once": 1, "failed_twice": 4,
        "failed_more": 1, "failed_notices": 12, "awarded": 2, "mean_days": 40.0, "median_days": 40.0, "undiagnosed": 6,
    }  # fmt: skip


def test_days_are_told_only_where_the_first_notice_is_on_record() -> None:
    for days in (10, 20, 90):
        first = day(107, 2, 1)
        tender(first, awarded_on=first + datetime.timedelta(days=days))
    tender(day(107, 5, 1), awarded_on=day(107, 5, 1), has_first_notice=False)

    totals = report(year=107)["totals"]

    assert (totals["awarded"], totals["mean_days"], totals["median_days"]) == (4, 40.0, 20.0)


def test_the_pivot_is_by_kind_of_agency_and_band_and_what_is_not_known_is_a_row(year_107: dict[str, Any]) -> None:
    rows = report(year=107)["rows"]

    assert [
        (row["agency_kind"], row["band"], row["tenders"], row["failed_once"], row["failed_twice"], row["failed_more"])
        for row in rows
    ] == [
        ("bureau", "below_publication", 0, 0, 1, 0), ("bureau", "publication", 1, 0, 1, 0),
        ("bureau", "none", 0, 0, 0, 1), ("school", "publication", 1, 1, 0, 0), ("school", "large", 1, 0, 1, 0),
        ("none", "publication", 1, 0, 1, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("by", ["failures", "cause"])
def test_no_share_is_given_of_what_became_of_tenders(year_107: dict[str, Any], by: str) -> None:
    found = report(year=107, by=by)

    assert {row["rate"] for row in found["rows"]} == {None}
    assert found["totals"]["rate"] == 50.0


def test_years_stand_with_their_targets(year_107: dict[str, Any], target: None) -> None:
    rows = report(by="year")["rows"]

    assert [(row["year"], row["tenders"], row["listed"], row["rate"], row["target"]) for row in rows] == [
        (106, 1, 1, 100.0, None), (107, 4, 2, 50.0, 11.5), (108, 1, 0, 0.0, None),
    ]  # fmt: skip
    assert share(year=106, to_year=107) == (5, 3, 60.0)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"agency_kind": "school"}, 2), ({"agency_kind": "none"}, 1), ({"band": "large"}, 1), ({"band": "none"}, 1),
        ({"kind": "goods"}, 1), ({"kind": "works"}, 6), ({"failures": 0}, 1), ({"failures": 2}, 4), ({"month": 6}, 3),
        ({"cause": "A1"}, 1), ({"cause": "none"}, 5), ({"cause": "not_failed"}, 1), ({"stage": "s1"}, 1),
        ({"as_of": "107/05/31"}, 3), ({"agency": "臺中市測試國小"}, 1),
    ],
)  # fmt: skip
def test_every_parameter_narrows(year_107: dict[str, Any], options: dict[str, Any], expected: int) -> None:
    diagnose(year_107["listed"], day(107, 7, 1), "A1")
    TenderCase.objects.filter(pk=year_107["small"].pk).update(agency=AgencyFactory(name="臺中市測試國小"))

    assert report(year=107, **options)["totals"]["cases"] == expected


def test_facts_of_a_later_day_are_not_known_on_an_earlier_one(year_107: dict[str, Any]) -> None:
    diagnose(year_107["listed"], day(107, 7, 1), "A1", is_current=False)
    diagnose(year_107["listed"], day(107, 9, 1), "B2")

    def known(as_of: str) -> tuple[Any, ...]:
        found = report(year=107, as_of=as_of, by="cause", band="large")
        totals = found["totals"]
        causes = [row["cause"] for row in found["rows"]]
        return totals["listed"], totals["failed_once"], totals["failed_twice"], totals["undiagnosed"], causes

    assert known("107/05/19") == (0, 0, 0, 0, ["not_failed"])
    assert known("107/05/20") == (0, 1, 0, 1, ["none"])
    assert known("107/06/20") == (1, 0, 1, 1, ["none"])
    assert known("107/07/01") == (1, 0, 1, 0, ["A1"])
    assert known("107/09/01") == (1, 0, 1, 0, ["B2"])
    assert known("") == (1, 0, 1, 0, ["B2"])


def test_a_case_stands_in_the_band_of_its_own_day() -> None:
    ensure_thresholds()
    for first in (day(111, 12, 31), day(112, 1, 1)):
        case = TenderCaseFactory(agency=AgencyFactory(), budget=None, band="", amount_state=AmountState.UNKNOWN)
        TenderNoticeFactory(
            case=case, published_on=first, budget=1_200_000, has_options=False, procurement_kind=ProcurementKind.WORKS
        )
    refresh_cases(TenderCase.objects.values_list("pk", flat=True))

    assert [share(year=year)[0] for year in (111, 112)] == [1, 0]
    assert [(row["band"], row["cases"]) for row in report(by="band")["rows"]] == [
        ("below_publication", 1), ("publication", 1),
    ]  # fmt: skip


def test_a_report_over_a_change_of_the_amounts_says_so_with_both() -> None:
    ensure_thresholds()
    tender(day(111, 12, 31))
    tender(day(112, 1, 1))
    said = "本統計期間跨越採購金額門檻之調整，調整日為 112 年 1 月 1 日"

    def crossing(**options: Any) -> list[str]:
        return [note for note in report(**options)["notes"] if note.startswith("本統計期間")]

    over_all, over_two = crossing(), crossing(year=111, to_year=112)
    assert over_all == over_two
    assert over_all[0].startswith(said)
    assert "公告金額：原為新臺幣 1,000,000 元，該日起為 1,500,000 元" in over_all[0].replace(
        "公告金額（公告金額）", "公告金額"
    )
    assert [crossing(year=year) for year in (111, 112)] == [[], []]
    assert crossing(year=111, to_year=112, as_of="111/12/31") == []


def test_a_change_within_a_year_is_told_of_that_year_alone() -> None:
    from library.enums import ThresholdKind
    from library.models import Threshold

    ensure_thresholds()
    Threshold.objects.create(
        kind=ThresholdKind.INSPECTION, procurement_kind="works", amount=60_000_000, effective_from=day(113, 7, 1),
        source="測試",
    )  # fmt: skip
    tender(day(113, 3, 1))

    def changes(**options: Any) -> int:
        return sum("跨越採購金額門檻" in note for note in report(**options)["notes"])

    assert [changes(year=year) for year in (112, 113, 114)] == [0, 1, 0]
    assert (changes(year=113, kind="works"), changes(year=113, kind="goods")) == (1, 0)


@pytest.mark.parametrize(
    ("actual", "formula", "shown"),
    [(28, "target_over_actual", "95.83"), (28, "two_minus_quotient", "95.65"), (23, "target_over_actual", "100"),
     (23, "two_minus_quotient", "100"), (60, "two_minus_quotient", "0")],
)  # fmt: skip
def test_a_miss_is_reckoned_by_the_formula_of_the_settings(
    target: None, settings: Any, actual: int, formula: str, shown: str
) -> None:
    settings.KPI_LOWER_IS_BETTER_FORMULA = formula
    lay_tenders(200, actual) if actual != 28 else lay_tenders(233, actual)  # 11.5, 12.0 and 30.0 %
    found = get("failed-tenders")
    form = found.form({"year": 107})
    assert form.is_valid()
    reading = read_kpi(found, found.compute(form.cleaned_data))

    assert reading.achievement.shown == Decimal(shown)
    assert reading.achievement.is_met is (actual == 23)
    assert ("未達成" in reading.target_line) is (actual != 23)


def test_a_part_of_the_city_has_no_target(year_107: dict[str, Any], target: None) -> None:
    client = signed_in()
    readings = [
        client.get(PAGE, {"year": 107, **narrowed}).context["kpi"].achievement
        for narrowed in ({}, {"kind": "works"}, {"band": "large"}, {"agency_kind": "school"}, {"to_year": 108})
    ]

    assert [reading is not None for reading in readings] == [True, True, False, False, False]


def test_the_screen_says_met_or_not_in_words(target: None) -> None:
    lay_tenders(1586, 147)
    client = signed_in()
    words = client.get(PAGE, {"year": 107}).content.decode()
    assert "9.3%" in words
    assert "達成目標" in words
    assert "高於目標" not in words

    lay_tenders(100, 60)
    words = client.get(PAGE, {"year": 107}).content.decode()
    assert "達成目標" not in words
    assert "高於目標" in words
    assert client.get(PAGE, {"year": 107}).context["kpi"].value == Decimal("12.3")


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_number_leads_to_as_many_cases(year_107: dict[str, Any], by: str) -> None:
    diagnose(year_107["listed"], day(107, 7, 1), "A1")
    client = signed_in()
    table = client.get(PAGE, {"year": 107, "by": by}).context["table"]
    links = [cell for line in [*[line.cells for line in table.lines], table.totals] for cell in line if cell.url]
    counted = [cell for cell in links if cell.text.isdigit() and str(cell.label) != "無法決標公告"]

    assert counted
    for cell in counted:
        assert client.get(cell.url).context["page_obj"].paginator.count == int(cell.text), cell


def test_the_cases_behind_a_number_say_what_is_known_and_open(year_107: dict[str, Any]) -> None:
    case = year_107["listed"]
    page = signed_in().get(CASES, {"year": 107, "band": "large", "measure": "listed"})

    assert [[text for _column, text, _url in row] for row in page.context["rows"]] == [
        [case.number, case.title, case.agency.name, "107 年 5 月 1 日", "巨額採購", "2", "107 年 6 月 20 日", "—", "—"]
    ]
    assert f'href="{reverse("casestudies:case", args=[case.pk])}"' in page.content.decode()
    assert "個人資料" not in page.content.decode()


def test_report_viewers_and_administrators_see_figures_and_cases_and_nobody_else(year_107: dict[str, Any]) -> None:
    urls = [PAGE, f"{CASES}?measure=cases", reverse("reports:export", args=["failed-tenders", "ods"])]
    for role in (Role.REPORT_VIEWER, Role.ADMINISTRATOR):
        assert [signed_in(role).get(url).status_code for url in urls] == [200, 200, 200]
    for role in (Role.TRAINEE, Role.INSTRUCTOR, Role.AGENCY_CONTACT, Role.HOTLINE_OFFICER, Role.COMMITTEE_MEMBER):
        assert [signed_in(role).get(url).status_code for url in urls] == [403, 403, 403]
    assert [Client().get(url).status_code for url in urls] == [302, 302, 302]


@pytest.mark.parametrize("key", ["failed-tenders", "failed-tenders-outcomes"])
@pytest.mark.parametrize("document_format", list(FORMATS))
def test_every_document_opens(
    year_107: dict[str, Any], target: None, key: str, document_format: str, django_assert_max_num_queries: Callable
) -> None:
    client = signed_in()
    with django_assert_max_num_queries(16):
        answer = client.get(reverse("reports:export", args=[key, document_format]), {"year": 107})
        content = b"".join(answer.streaming_content)
    assert (answer.status_code, answer["Content-Type"]) == (200, FORMATS[document_format])
    if document_format == "csv" and key == "failed-tenders":
        assert content.decode("utf-8-sig").splitlines()[-1].split(",")[:5] == ["合計", "", "4", "2", "50.0%"]


@pytest.mark.parametrize("by", ["pivot", "agency", "cause", "year"])
def test_many_rows_take_the_queries_of_one(by: str) -> None:
    from django.db import connection

    counts = []
    client = signed_in()
    for number in (1, 3):
        for _ in range(number):
            case = tender(day(107, 3, 1), failed=(day(107, 4, 1),), listed=True, band=Band.values[-number])
            diagnose(case, day(107, 5, 1), f"A{case.pk}")
        with CaptureQueriesContext(connection) as page:
            assert client.get(PAGE, {"year": 107, "by": by}).context["result"].rows
        with CaptureQueriesContext(connection) as cases:
            assert client.get(CASES, {"year": 107, "measure": "cases"}).context["rows"]
        counts.append((len(page), len(cases)))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("options", "says"),
    [({"cause": "Z9"}, "--cause"), ({"month": 13}, "--month"), ({"by": "officer"}, "--by"), ({"band": "x"}, "--band"),
     ({"year": 108, "to_year": 107}, "--to-year"), ({"agency": "沒有這個機關"}, "--agency"),
     ({"failures": -1}, "--failures")],
)  # fmt: skip
def test_what_does_not_exist_is_said(options: dict[str, Any], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        report(**options)


def test_what_came_of_them_by_how_often_they_failed(year_107: dict[str, Any]) -> None:
    found = report("failed-tenders-outcomes", year=107)

    assert [
        (row["failures"], row["cases"], row["awarded"], row["changed"], row["mean_days"], row["award_of_budget"])
        for row in found["rows"]
    ] == [(0, 1, 1, 0, 30.0, 90.0), (1, 1, 1, 1, 50.0, 100.0), (2, 4, 0, 0, None, None), (3, 1, 0, 0, None, None)]
    assert (found["totals"]["median_days"], found["totals"]["award_of_budget"]) == (40.0, 95.0)


def test_the_changes_before_an_award_can_be_read(year_107: dict[str, Any]) -> None:
    url = reverse("reports:people", args=["failed-tenders-outcomes"])
    rows = signed_in().get(url, {"year": 107, "measure": "changed"}).context["rows"]

    assert [row[-1][1] for row in rows] == ["預算調高 10%。"]


def test_the_figures_of_a_quarter(year_107: dict[str, Any]) -> None:
    diagnose(year_107["goods"], day(107, 9, 1), "A1")
    TenderCase.objects.filter(pk=year_107["small"].pk).update(awarded_on=day(107, 9, 30))

    third = quarter_figures(107, 3, timezone.localdate())

    assert (third["first"], third["last"], third["as_of"]) == (day(107, 7, 1), day(107, 9, 30), day(107, 9, 30))
    assert (third["listed"], third["awarded"]) == (3, 1)
    assert [(group["code"], group["cases"]) for group in third["by_cause"]] == [("A1", 1), ("none", 2)]
    assert [(group["name"], group["cases"]) for group in third["by_agency_kind"]] == [("一級機關", 3)]
    assert (third["year_tenders"], third["year_listed"], third["rate"]) == (3, 1, 33.3)

    begun = quarter_figures(107, 3, day(107, 7, 8))
    assert (begun["as_of"], begun["listed"], begun["awarded"]) == (day(107, 7, 8), 0, 0)
    assert quarter_figures(107, 1, timezone.localdate())["by_agency_kind"] == [
        {"code": "bureau", "name": "一級機關", "cases": 1}
    ]
    with pytest.raises(ValueError, match="quarter"):
        quarter_figures(107, 5, timezone.localdate())


def test_the_first_visit_shows_the_newest_year_with_a_case_of_the_city(year_107: dict[str, Any]) -> None:
    client = signed_in()
    tender(day(109, 1, 1), scope=CaseScope.REFERENCE, agency=None, agency_name="別處")
    assert client.get(PAGE).context["result"].parameters == {"year": 108, "by": "pivot"}

    TenderCase.objects.all().delete()
    page = client.get(PAGE)
    assert (page.status_code, page.context["result"].rows) == (200, [])
