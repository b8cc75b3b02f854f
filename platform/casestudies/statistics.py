"""The figures of one quarter, for the report of the review group to the quality committee."""

from __future__ import annotations

import datetime
from typing import TypedDict

from common.rocdates import to_gregorian_year
from reports.shaping import Ratio, shape

from .statistics_counts import By, Scope, cases_of, counts, totals
from .statistics_rows import groups_of, word_of

RATE = Ratio("rate", "listed", "tenders", decimals=1)
"""The published 流廢標下降率: listed ÷ tenders × 100, to one decimal as the city prints it."""


class QuarterGroup(TypedDict):
    """Cases listed in a quarter that have the same cause, or are of the same kind of agency."""

    code: str
    name: str
    cases: int


class QuarterFigures(TypedDict):
    """What happened in a quarter, up to `as_of` where that comes first; the rate is of the year so far."""

    year: int
    quarter: int
    first: datetime.date
    last: datetime.date
    as_of: datetime.date
    listed: int
    by_cause: list[QuarterGroup]
    by_agency_kind: list[QuarterGroup]
    awarded: int
    year_tenders: int
    year_listed: int
    rate: float | None


def quarter_figures(roc_year: int, quarter: int, as_of: datetime.date) -> QuarterFigures:
    """Return the figures of one quarter (1 to 4) with the facts known on `as_of`; only the city's own cases count.

    `listed` are cases whose `listed_on` lies in the quarter, whatever year they began in, by cause and by kind of
    agency (codes with names in the current language; those without last). `awarded` are listed cases that were
    awarded in the quarter. `rate` is that of the report `failed-tenders` for the year up to the quarter's end:
    `year_listed` of `year_tenders` in percent, None before the first tender. Raises ValueError for another quarter.
    """
    if quarter not in (1, 2, 3, 4):
        raise ValueError(f"quarter must be 1, 2, 3 or 4, not {quarter!r}")
    year = to_gregorian_year(roc_year)
    first = datetime.date(year, quarter * 3 - 2, 1)
    next_first = datetime.date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    last = next_first - datetime.timedelta(days=1)
    known = Scope(as_of=min(as_of, last))
    listed = cases_of(known).filter(listing__listed_on__range=(first, known.as_of))
    listed_ever = cases_of(known).filter(listing__listed_on__lte=known.as_of)
    year_so_far = Scope(as_of=known.as_of, year=roc_year)
    rate = shape(
        [{"all": "", **totals(cases_of(year_so_far), year_so_far, (RATE.denominator, RATE.numerator))}],
        keys=["all"], sums=[RATE.denominator, RATE.numerator], ratios=[RATE],
    ).totals  # fmt: skip
    groups = {
        by: [
            QuarterGroup(
                code=group.keys[by.value],
                name=str(group.keys.get("name") or _words(by.value, group.keys[by.value])),
                cases=group.measures["cases"],
            )
            for group in groups_of(by, counts(listed, known, by, ("cases",)))
        ]
        for by in (By.CAUSE, By.AGENCY_KIND)
    }
    return QuarterFigures(
        year=roc_year,
        quarter=quarter,
        first=first,
        last=last,
        as_of=known.as_of,
        listed=listed.count(),
        by_cause=groups[By.CAUSE],
        by_agency_kind=groups[By.AGENCY_KIND],
        awarded=listed_ever.filter(awarded_on__range=(first, known.as_of)).count(),
        year_tenders=rate["tenders"],
        year_listed=rate["listed"],
        rate=rate["rate"],
    )


def _words(key: str, value: str) -> str:
    words = word_of(key)
    return str(words(value)) if words is not None else value
