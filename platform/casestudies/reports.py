"""The figures of failed tenders: how many fail, why, and what came of them; the published 流廢標下降率 among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from common.templatetags.common_tags import rocdate
from library.enums import Band, ProcurementKind
from reports.kpi import targets_by_year
from reports.registry import Chart, Column, Kpi, PeopleList, Report, ReportResult, register
from reports.shaping import Ratio, shape

from .models import TenderCase
from .permissions import can_view_cases, can_view_statistics
from .statistics import RATE
from .statistics_counts import (
    DIAGNOSED,
    MEDIAN,
    OUTCOME_MEASURES,
    TENDER_MEASURES,
    By,
    Scope,
    cases,
    cases_of,
    counts,
    newest_year,
    over_all,
)
from .statistics_form import OutcomesForm, TendersForm, narrowed_to, parameters_of, scope_of
from .statistics_notes import notes_on, notes_on_rate
from .statistics_rows import LABELS, SHORT_BANDS, groups_of, without, word_of

KEY = "failed-tenders"
OUTCOMES_KEY = "failed-tenders-outcomes"
MEAN = Ratio("mean_days", "days", "timed", scale=1, decimals=1)
PRICE = Ratio("award_of_budget", "award_amounts", "budgets", decimals=1)
MOST_BARS = 15
TITLE_CHARS = 40
LABEL_CHARS = 44

AFTER_THE_FACT = (By.FAILURES, *DIAGNOSED)
"""Groups that are known only once a tender has failed: a share of failed ones among them says nothing."""

MEASURE_LABELS = {
    "tenders": gettext_lazy("Works tenders of 公告金額 or more"),
    "listed": gettext_lazy("of these listed (列管)"),
    "rate": gettext_lazy("Listed ÷ tenders"),
    "cases": pgettext_lazy("tenders", "All cases"),
    "failed": pgettext_lazy("tenders", "Cases that failed"),
    "failed_once": pgettext_lazy("tenders", "Failed once"),
    "failed_twice": pgettext_lazy("tenders", "Failed twice"),
    "failed_more": pgettext_lazy("tenders", "Failed three times or more"),
    "failed_notices": pgettext_lazy("tenders", "Notices of no award"),
    "awarded": pgettext_lazy("tenders", "Awarded"),
    "timed": pgettext_lazy("tenders", "Awarded, first notice on record"),
    "mean_days": gettext_lazy("Days to award, mean"),
    MEDIAN: gettext_lazy("Days to award, median"),
    "undiagnosed": gettext_lazy("Failed, not diagnosed"),
    "changed": gettext_lazy("Awarded after a recorded change"),
    "priced": gettext_lazy("Awarded, amount and budget known"),
    "award_of_budget": gettext_lazy("Award ÷ budget"),
}

LIST_TITLES = {"listed": gettext_lazy("Listed cases (列管)"), "cases": pgettext_lazy("of tenders", "Cases")}
"""How lists of cases are called whose column has a name that only says something beside the others."""


def compute(data: Mapping[str, Any]) -> ReportResult:
    """Return `failed-tenders` for the cleaned data of `TendersForm`."""
    scope, by = scope_of(data), By(data.get("by") or By.PIVOT)
    result = _compute(data, scope, by, TENDER_MEASURES, [RATE, MEAN])
    result.columns = [*_key_columns(by), *_tender_columns(by)]
    if by in AFTER_THE_FACT:
        for row in result.rows:
            row["rate"] = None
        result.notes.append(
            _("No share is given for these rows: they tell what became of tenders, and not which were published.")
        )
    if by == By.YEAR:
        goals = targets_by_year(report=KEY, measure=RATE.key) if not _narrowing(result.parameters) else {}
        for row in result.rows:
            row["target"] = float(goals[row["year"]]) if row["year"] in goals else None
    result.notes.extend(notes_on_rate(result.totals))
    return _with_columns_only(result)


def compute_outcomes(data: Mapping[str, Any]) -> ReportResult:
    """Return `failed-tenders-outcomes` for the cleaned data of `OutcomesForm`."""
    scope, by = scope_of(data), By(data.get("by") or By.FAILURES)
    result = _compute(data, scope, by, OUTCOME_MEASURES, [MEAN, PRICE])
    result.columns = [
        *_key_columns(by),
        *[Column(key, MEASURE_LABELS[key], "integer", people=key) for key in ("cases", "awarded", "changed")],
        *_day_columns(),
        Column(PRICE.key, MEASURE_LABELS[PRICE.key], "percent", people="priced", decimals=1),
    ]
    result.notes.append(
        _("Award ÷ budget is the sum of the awards over the sum of the budgets of the cases for which both are known.")
    )
    return _with_columns_only(result)


def _compute(
    data: Mapping[str, Any], scope: Scope, by: By, measures: Sequence[str], ratios: Sequence[Ratio]
) -> ReportResult:
    """Return rows and totals with everything that was reckoned, still without columns."""
    found = cases_of(scope)
    groups = groups_of(by, counts(found, scope, by, measures))
    overall = over_all(found, scope)
    records = [{**group.measures, **group.keys} for group in groups]
    shaped = shape(records, keys=list(_keys(by)), sums=measures, ratios=ratios)
    narrowed = narrowed_to(data)
    notes: list[str | Promise] = [narrowed] if narrowed else []
    return ReportResult(
        parameters=parameters_of(data, by),
        as_of=scope.as_of,
        columns=[],
        rows=[{**row, MEDIAN: group.measures[MEDIAN]} for row, group in zip(shaped.rows, groups, strict=True)],
        totals={**shaped.totals, MEDIAN: overall[MEDIAN]},
        notes=[*notes, *notes_on(scope, overall)],
        filters=[group.filters for group in groups],
    )


def _with_columns_only(result: ReportResult) -> ReportResult:
    """Return the result with what its columns show, in their order; sums that only ratios are made of are left out."""
    shown = [column.key for column in result.columns]
    result.rows = [{key: row[key] for key in shown} for row in result.rows]
    result.totals = {key: result.totals[key] for key in shown if key in result.totals}
    return result


def _keys(by: By) -> tuple[str, ...]:
    """Return the keys of a row in the answer: a diagnosis has a code and a name, a month both numbers in one."""
    if by == By.PIVOT:
        return "agency_kind", "band"
    return (by.value, "name") if by in DIAGNOSED else (by.value,)


def _key_columns(by: By) -> list[Column]:
    """Return the first columns; the code of a cause stands beside its name only where machines read."""
    if by in DIAGNOSED:
        return [
            Column(by.value, pgettext_lazy("of an entry", "Code"), words=_code_words(by), on_screen=False),
            Column("name", LABELS[by]),
        ]
    kind = "integer" if by in (By.YEAR, By.FAILURES) else "text"
    return [Column(key, LABELS[By(key)], kind, words=word_of(key)) for key in _keys(by)]


def _code_words(by: By) -> Callable[[Any], Any]:
    return lambda code: "—" if without(by, code) else code


def _tender_columns(by: By) -> list[Column]:
    """Return the measures; the pivot shows how often cases failed, the others what else is known of them."""
    is_pivot = by == By.PIVOT
    often = {"failed_once", "failed_twice", "failed_more"}
    left = {"failed", "failed_notices", "undiagnosed"} if is_pivot else often
    return [
        Column("tenders", MEASURE_LABELS["tenders"], "integer", people="tenders"),
        Column("listed", MEASURE_LABELS["listed"], "integer", people="listed"),
        Column("rate", MEASURE_LABELS["rate"], "percent", people="listed", decimals=RATE.decimals,
               on_screen=by not in AFTER_THE_FACT),
        *([Column("target", gettext_lazy("Target: at most"), "percent", decimals=1)] if by == By.YEAR else []),
        *[
            Column(key, MEASURE_LABELS[key], "integer", people=key, on_screen=key not in left)
            for key in ("cases", "failed", "failed_once", "failed_twice", "failed_more")
        ],
        Column("failed_notices", MEASURE_LABELS["failed_notices"], "integer", people="failed",
               on_screen="failed_notices" not in left),
        Column("awarded", MEASURE_LABELS["awarded"], "integer", people="awarded"),
        *_day_columns(without_mean=is_pivot),
        Column("undiagnosed", MEASURE_LABELS["undiagnosed"], "integer", people="undiagnosed",
               on_screen="undiagnosed" not in left),
    ]  # fmt: skip


def _day_columns(*, without_mean: bool = False) -> list[Column]:
    return [
        Column(MEAN.key, MEASURE_LABELS[MEAN.key], "decimal", people="timed", on_screen=not without_mean),
        Column(MEDIAN, MEASURE_LABELS[MEDIAN], "decimal", people="timed"),
    ]


def list_cases(data: Mapping[str, Any], measure: str) -> PeopleList:
    """Return the cases that `measure` counts, the newest first. Raises KeyError for an unknown measure."""
    scope = scope_of(data)
    found = cases(scope, measure).select_related("agency", "listing").order_by("-first_notice_on", "-pk")
    columns = [
        Column("number", gettext_lazy("Case number"), link="url"),
        Column("title", pgettext_lazy("of a tender", "Title")),
        Column("agency", LABELS[By.AGENCY]),
        Column("first_notice_on", gettext_lazy("First notice"), "date"),
        Column("band", LABELS[By.BAND]),
        Column("failures", LABELS[By.FAILURES], "integer"),
        Column("listed_on", gettext_lazy("Listed on"), "date"),
        Column("awarded_on", gettext_lazy("Awarded on"), "date"),
        Column("days", gettext_lazy("Days to award"), "integer"),
    ]
    if measure == "changed":
        columns.append(Column("change", gettext_lazy("What was changed before the award")))
    return PeopleList(
        title=str(LIST_TITLES.get(measure, MEASURE_LABELS[measure])),
        columns=columns,
        queryset=found,
        to_rows=lambda page: [_case_row(case, scope) for case in page],
        counted=lambda number: _say_count(number, narrowed_to(data)),
    )


def _case_row(case: TenderCase, scope: Scope) -> dict[str, Any]:
    listing = getattr(case, "listing", None)
    awarded_on = case.awarded_on if case.awarded_on is not None and case.awarded_on <= scope.as_of else None
    return {
        "number": case.number,
        "url": reverse("casestudies:case", args=[case.pk]),
        "title": Truncator(case.title).chars(TITLE_CHARS),
        "agency": case.agency.name if case.agency else case.agency_name,
        "first_notice_on": case.first_notice_on,
        "band": str(Band(case.band).label if case.band else without(By.BAND, "none")),
        "failures": case.failed_times,  # type: ignore[attr-defined]  # annotated by `cases_of`
        "listed_on": listing.listed_on if listing is not None and listing.listed_on <= scope.as_of else None,
        "awarded_on": awarded_on,
        "days": case.days_to_award if awarded_on is not None and case.has_first_notice else None,
        "change": case.change_before_award,
    }


def _say_count(number: int, narrowed: str) -> str:
    said = ngettext(
        "This figure counts %(number)d tender case", "This figure counts %(number)d tender cases", number
    ) % {"number": number}
    if not narrowed:
        return _("%(said)s.") % {"said": said}
    return _("%(said)s (%(narrowed)s).") % {"said": said, "narrowed": narrowed}


def _sentence(result: ReportResult) -> str:
    """Say the published figure in words."""
    return _(
        "%(listed)s of %(tenders)s works tenders of the publication threshold (公告金額) or more are listed for having"
        " failed, as of %(day)s."
    ) % {
        "listed": f"{result.totals['listed']:,}",
        "tenders": f"{result.totals['tenders']:,}",
        "day": rocdate(result.as_of),
    }


def _narrowing(parameters: Mapping[str, Any]) -> bool:
    """Whether the figure is of a part of the city's tenders only, for which nobody has set a target."""
    given = {key for key in parameters if key not in ("year", "by")}
    if parameters.get("kind") == ProcurementKind.WORKS:  # the figure is of works anyway
        given.discard("kind")
    return bool(given)


def _target_scopes(result: ReportResult) -> list[str]:
    return [] if _narrowing(result.parameters) else [""]


def _bar_label(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what stands under a bar: the row's first words."""
    if "name" in row:
        return Truncator(row["name"]).chars(LABEL_CHARS)
    if {"agency_kind", "band"} <= row.keys():
        band = SHORT_BANDS[Band(row["band"])] if row["band"] in SHORT_BANDS else _words("band", row["band"])
        return f"{_words('agency_kind', row['agency_kind'])} · {band}"
    key = next(iter(row))
    return _times(row[key]) if key == "failures" else str(_words(key, row[key]))


def _times(number: int) -> str:
    return ngettext("%(number)d time", "%(number)d times", number) % {"number": number}


def _words(key: str, value: Any) -> Any:
    words = word_of(key)
    return words(value) if words is not None else value


def _chart(result: ReportResult) -> Chart:
    """Return the share year by year, else how many cases failed in each group."""
    if result.parameters["by"] == By.YEAR:
        return Chart(
            title=gettext_lazy("Listed ÷ tenders, year by year; lower is better"), value=RATE.key, label=_bar_label,
            maximum=None,
        )  # fmt: skip
    return Chart(
        title=MEASURE_LABELS["failed"],
        value="failed",
        label=_bar_label,
        unit="",
        most=MOST_BARS,
        title_of_most=gettext_lazy("Cases that failed: the fifteen highest"),
        skips_zero=True,
    )


def initial_parameters() -> dict[str, Any]:
    """Return what the screen begins with: the newest year that has a case, else all years."""
    year = newest_year()
    return {"year": year, "by": By.PIVOT.value} if year is not None else {"by": By.YEAR.value}


def initial_outcomes() -> dict[str, Any]:
    """Return what the screen begins with: the newest year that has a case."""
    return {"year": newest_year(), "by": By.FAILURES.value}


_EMPTY_TITLE = gettext_lazy("No tender is counted here yet")
_EMPTY_TEXT = gettext_lazy(
    "Rows appear once notices have been imported. Choose another year or other conditions below."
)

register(
    Report(
        key=KEY,
        title=pgettext_lazy("report", "Failed tenders"),
        description=gettext_lazy(
            "How many tenders fail, of whom and of which amounts, why, and the share of listed ones."
        ),
        form=TendersForm,
        compute=compute,
        may_view=can_view_statistics,
        template="casestudies/statistics.html",
        kpi=Kpi(
            measure=RATE.key,
            label=gettext_lazy("Share of listed failed tenders (published as 流廢標下降率)"),
            sentence=_sentence,
            definition=gettext_lazy(
                "The published name 流廢標下降率 means a rate of decrease, but the figure is a ratio: listed cases ÷"
                " tenders × 100, and lower is better. Tenders are cases of works of the city whose amount, options"
                " included, reached the publication threshold on the day of the first notice. Listed are those among"
                " them that the review group follows (列管). A case counts in the year of its first notice, once,"
                " however often it was tendered; a case under a new number is another one."
            ),
            scopes=_target_scopes,
            lower_is_better=True,
            decimals=RATE.decimals,
        ),
        chart=_chart,
        people=list_cases,
        may_view_people=can_view_cases,
        initial=initial_parameters,
        empty_title=_EMPTY_TITLE,
        empty_text=_EMPTY_TEXT,
    )
)

register(
    Report(
        key=OUTCOMES_KEY,
        title=gettext_lazy("Failed tenders: what came of them"),
        description=gettext_lazy(
            "How many cases found a supplier after failing, after how many days and at what price."
        ),
        form=OutcomesForm,
        compute=compute_outcomes,
        may_view=can_view_statistics,
        chart=Chart(
            title=MEASURE_LABELS[MEAN.key],
            value=MEAN.key,
            label=_bar_label,
            unit="",
            most=MOST_BARS,
            title_of_most=gettext_lazy("Days to award, mean: the fifteen highest"),
        ),
        people=list_cases,
        may_view_people=can_view_cases,
        initial=initial_outcomes,
        empty_title=_EMPTY_TITLE,
        empty_text=_EMPTY_TEXT,
    )
)
