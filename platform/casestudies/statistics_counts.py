"""The counts behind the figures of failed tenders: one row of SQL for each group, over cases of the city alone.

A case stands in the month and year of its first notice (`TenderCase.first_notice_on`) and in the band of that day.
Facts are those known on `Scope.as_of`: a failure, a listing, an award or a diagnosis of a later day does not count.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractMonth, ExtractYear
from django.utils import timezone

from accounts.models import Agency
from common.rocdates import ROC_OFFSET, to_gregorian_year
from library.enums import Band, ProcurementKind
from reports.aggregates import DaysBetween, Median

from .enums import CaseScope, NoticeKind
from .models import Diagnosis, TenderCase, TenderNotice
from .models.cases import TenderCaseQuerySet

NONE = "none"
"""Stands for what a case has not: no agency, no known amount or kind, no diagnosis though it failed."""

NOT_FAILED = "not_failed"
"""Stands for cases that cannot be diagnosed, since they did not fail."""

PUBLICATION_OR_MORE = (Band.PUBLICATION, Band.INSPECTION, Band.LARGE)


class By(StrEnum):
    """What a row stands for."""

    PIVOT = "pivot"
    AGENCY_KIND = "agency_kind"
    BAND = "band"
    FAILURES = "failures"
    KIND = "kind"
    CATEGORY = "category"
    STAGE = "stage"
    PATTERN = "pattern"
    CAUSE = "cause"
    YEAR = "year"
    MONTH = "month"
    AGENCY = "agency"


DIAGNOSED = (By.CATEGORY, By.STAGE, By.PATTERN, By.CAUSE)
"""What a diagnosis says; its fields and `Dimension` have the same names."""

KEYS: dict[By, tuple[str, ...]] = {
    **{by: (by.value,) for by in By},
    By.PIVOT: ("agency_kind", "band"),
    By.MONTH: ("year", "month"),
}
"""What the rows of each are told apart by."""

TENDER_MEASURES = (
    "tenders", "listed", "cases", "failed", "failed_once", "failed_twice", "failed_more", "failed_notices",
    "awarded", "timed", "days", "undiagnosed", "amount_unknown", "listed_elsewhere",
)  # fmt: skip
OUTCOME_MEASURES = ("cases", "awarded", "changed", "timed", "days", "priced", "award_amounts", "budgets")
LISTED = (
    "tenders", "listed", "cases", "failed", "failed_once", "failed_twice", "failed_more", "awarded", "timed",
    "undiagnosed", "changed", "priced",
)  # fmt: skip
"""The measures that count cases, so that these can be listed."""

MEDIAN = "median_days"


@dataclass(frozen=True)
class Scope:
    """What is counted: the city's cases with a first notice up to `as_of`, narrowed by whatever is given.

    Years are of the ROC; `to_year` makes a range of them. `NONE` means the cases that have none.
    """

    as_of: datetime.date
    year: int | None = None
    to_year: int | None = None
    month: int | None = None
    agency_kind: str = ""
    band: str = ""
    failures: int | None = None
    kind: str = ""
    category: str = ""
    stage: str = ""
    pattern: str = ""
    cause: str = ""
    agency: Agency | None = None

    @property
    def is_of_the_past(self) -> bool:
        """Whether facts may be known today that were not known then."""
        return self.as_of < timezone.localdate()

    @property
    def period(self) -> tuple[datetime.date | None, datetime.date]:
        """The first day (None: from the beginning) and the last one that first notices may be of."""
        first = None if self.year is None else datetime.date(to_gregorian_year(self.year), 1, 1)
        last_year = self.to_year if self.to_year is not None else self.year
        if last_year is None:
            return first, self.as_of
        return first, min(datetime.date(to_gregorian_year(last_year), 12, 31), self.as_of)


def counts(found: TenderCaseQuerySet, scope: Scope, by: By, measures: Sequence[str]) -> list[dict[str, Any]]:
    """Return `measures` and `MEDIAN` for each group of `found` (of `cases_of`), in one query; keys as in `KEYS`."""
    keys = {f"by_{key}": _key(key, scope) for key in KEYS[by]}
    rows = with_findings(found, scope).order_by().annotate(**keys).values(*keys)
    return [_named(row) for row in rows.annotate(**_aggregates(scope, (*measures, MEDIAN))).order_by(*keys)]


def over_all(found: TenderCaseQuerySet, scope: Scope) -> dict[str, Any]:
    """Return what cannot be added up from groups: `MEDIAN`, the `first` and the `last` first notice; one query."""
    days = {"first": Min("first_notice_on"), "last": Max("first_notice_on")}
    return _named(found.order_by().aggregate(**_aggregates(scope, (MEDIAN,)), **days))


def totals(found: TenderCaseQuerySet, scope: Scope, measures: Sequence[str]) -> dict[str, Any]:
    """Return `measures` over everything, in one query."""
    return _named(with_findings(found, scope).order_by().aggregate(**_aggregates(scope, measures)))


def cases(scope: Scope, measure: str) -> TenderCaseQuerySet:
    """Return the cases that `measure` counts: exactly as many as `counts` says. Raises KeyError for another one."""
    if measure not in LISTED:
        raise KeyError(measure)
    counted, found = _counted(scope)[measure], with_findings(cases_of(scope), scope)
    return found if counted is None else found.filter(counted)


def cases_of(scope: Scope, whose: CaseScope = CaseScope.CITY) -> TenderCaseQuerySet:
    """Return the cases of `scope`, with `failed_times` as of its day."""
    found = TenderCase.objects.filter(scope=whose)
    found = found.annotate(failed_times=_failed_times_then(scope.as_of) if scope.is_of_the_past else F("failures"))
    first, last = scope.period
    found = found.filter(first_notice_on__lte=last)
    if first is not None:
        found = found.filter(first_notice_on__gte=first)
    if scope.month is not None:
        found = found.filter(first_notice_on__month=scope.month)
    if scope.agency is not None:
        found = found.filter(agency=scope.agency)
    if scope.failures is not None:
        found = found.filter(failed_times=scope.failures)
    if scope.agency_kind:
        found = found.filter(
            Q(agency__isnull=True) if scope.agency_kind == NONE else Q(agency__kind=scope.agency_kind)
        )  # fmt: skip
    for name in ("band", "kind"):
        wanted = getattr(scope, name)
        if wanted:
            found = found.filter(**{name: "" if wanted == NONE else wanted})
    codes = {by.value: code for by in DIAGNOSED if (code := getattr(scope, by.value))}
    for dimension, code in codes.items():
        found = with_findings(found, scope).annotate(**{f"code_of_{dimension}": _code(dimension, scope)})
        found = found.filter(**{f"code_of_{dimension}": code})
    return found


def with_findings(found: TenderCaseQuerySet, scope: Scope) -> TenderCaseQuerySet:
    """Return `found` with its `finding`: the diagnosis (its key) that is current as of the day of `scope`."""
    if "finding" in found.query.annotations:
        return found
    if scope.is_of_the_past:
        return found.annotate(finding=_finding_then(scope.as_of, "pk"))
    current = FilteredRelation("diagnoses", condition=Q(diagnoses__is_current=True))
    return found.annotate(current=current, finding=F("current__pk"))


def unclear_cases(scope: Scope) -> int:
    """Return how many cases of the same days and purchases are of agencies not known yet: nobody counts them."""
    known = Scope(
        as_of=scope.as_of, year=scope.year, to_year=scope.to_year, month=scope.month, band=scope.band, kind=scope.kind
    )
    return cases_of(known, CaseScope.UNCLEAR).count()


def newest_year() -> int | None:
    """Return the ROC year of the newest case that counts, or None before the first one."""
    newest = TenderCase.objects.of_the_city().filter(first_notice_on__lte=timezone.localdate())
    day = newest.aggregate(newest=Max("first_notice_on"))["newest"]
    return None if day is None else day.year - ROC_OFFSET


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row under the names of keys and measures, which are also names of fields."""
    return {key.removeprefix("by_").removeprefix("of_"): value for key, value in row.items()}


def _key(key: str, scope: Scope) -> Any:
    """Return the expression that a row is told by."""
    plain = {
        "agency_kind": F("agency__kind"),
        "agency": F("agency_id"),
        "failures": F("failed_times"),
        "year": ExtractYear("first_notice_on"),
        "month": ExtractMonth("first_notice_on"),
    }
    if key in plain:
        return plain[key]
    return _code(key, scope) if key in DIAGNOSED else F(key)


def _aggregates(scope: Scope, measures: Sequence[str]) -> dict[str, Any]:
    listed = {name: Count("pk", filter=counted) for name, counted in _counted(scope).items()}
    timed, priced = _timed(scope), _priced(scope)
    days = DaysBetween("first_notice_on", "awarded_on")
    every = {
        **listed,
        "failed_notices": Coalesce(Sum("failed_times"), 0),
        "days": Coalesce(Sum(days, filter=timed), 0),
        "award_amounts": Coalesce(Sum("award_amount", filter=priced), 0),
        "budgets": Coalesce(Sum("budget", filter=priced), 0),
        MEDIAN: Median(days, filter=timed),
    }
    return {f"of_{name}": every[name] for name in measures}


def _counted(scope: Scope) -> dict[str, Q | None]:
    """Return which cases each measure counts; None for every case."""
    tenders = is_tender()
    failed = Q(failed_times__gt=0)
    awarded = Q(awarded_on__lte=scope.as_of)
    return {
        "cases": None,
        "tenders": tenders,
        "listed": tenders & Q(listing__listed_on__lte=scope.as_of),
        "failed": failed,
        "failed_once": Q(failed_times=1),
        "failed_twice": Q(failed_times=2),
        "failed_more": Q(failed_times__gt=2),
        "awarded": awarded,
        "timed": _timed(scope),
        "undiagnosed": failed & Q(finding__isnull=True),
        "changed": awarded & ~Q(change_before_award=""),
        "priced": _priced(scope),
        "amount_unknown": Q(kind=ProcurementKind.WORKS, band=""),
        "listed_elsewhere": Q(listing__listed_on__lte=scope.as_of) & ~tenders,
    }


def is_tender() -> Q:
    """Works of 公告金額 or more on the day of their first notice: the denominator of the published figure."""
    return Q(kind=ProcurementKind.WORKS, band__in=PUBLICATION_OR_MORE)


def _timed(scope: Scope) -> Q:
    """Awarded cases whose first notice is on record: where it is not, nobody knows how many days passed."""
    return Q(awarded_on__lte=scope.as_of, has_first_notice=True, awarded_on__gte=F("first_notice_on"))


def _priced(scope: Scope) -> Q:
    return Q(awarded_on__lte=scope.as_of, award_amount__isnull=False, budget__gt=0)


def _failed_times_then(as_of: datetime.date) -> Case:
    """Return how often a case had failed by a past day; only those that failed on both sides of it are counted anew."""
    notices = TenderNotice.objects.filter(case=OuterRef("pk"), kind=NoticeKind.FAILED, published_on__lte=as_of)
    by_then = notices.order_by().values("case").annotate(number=Count("pk")).values("number")
    return Case(
        When(first_failed_on__gt=as_of, then=Value(0)),
        When(last_failed_on__gt=as_of, then=Coalesce(Subquery(by_then), 0)),
        default=F("failures"),
        output_field=IntegerField(),
    )


def _finding_then(as_of: datetime.date, field: str) -> Subquery:
    """Return a field of the diagnosis that was current on a past day."""
    known = Diagnosis.objects.filter(case=OuterRef("pk"), diagnosed_on__lte=as_of)
    return Subquery(known.order_by("-created_at", "-pk").values(field)[:1])


def _code(dimension: str, scope: Scope) -> Coalesce:
    """Return the code that the diagnosis has in `dimension`: `NONE` for failed cases without, else `NOT_FAILED`."""
    code = (
        _finding_then(scope.as_of, f"{dimension}__code") if scope.is_of_the_past else F(f"current__{dimension}__code")
    )
    without = Case(When(failed_times__gt=0, then=Value(NONE)), default=Value(NOT_FAILED))
    return Coalesce(code, without)
