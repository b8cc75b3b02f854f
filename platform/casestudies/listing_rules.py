"""What the rules for listing (列管) say of cases: the day that fulfilled one, and what it would list in a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from library.enums import Band

from .enums import NoticeKind
from .models import ListingRule, TenderCase, TenderNotice
from .models.cases import TenderCaseQuerySet

_BANDS = ["", *Band.values]


@dataclass(frozen=True)
class FailedCase:
    """What the rules ask of a case; `failed_on` are the days of its notices of no award, the earliest first."""

    pk: int
    kind: str
    band: str
    failed_on: tuple[date, ...]
    is_listed: bool = False


@dataclass(frozen=True)
class DryRun:
    """How many cases a rule would list in a year, and how many of them are listed already."""

    year: int
    cases: int
    already_listed: int

    @property
    def new(self) -> int:
        """How many would be added."""
        return self.cases - self.already_listed


def fulfilled_on(rule: ListingRule, case: FailedCase) -> date | None:
    """Return the day of the failure by which `case` fulfilled `rule`, None where it did not.

    It is the first failure, counted from the number that the rule demands, that lies within the days of the rule. A
    band that is unknown is no band: only a rule without a band takes such a case.
    """
    if rule.kind and rule.kind != case.kind:
        return None
    if rule.at_least and _BANDS.index(case.band) < _BANDS.index(rule.at_least):
        return None
    for day in case.failed_on[rule.failures - 1 :]:
        if day >= rule.effective_from and (rule.effective_to is None or day <= rule.effective_to):
            return day
    return None


def rule_of(case: FailedCase, rules: Sequence[ListingRule]) -> tuple[ListingRule, date] | None:
    """Return the rule that `case` fulfilled first, with the day; of one day the rule that stands first in `rules`."""
    found = [(day, place) for place, rule in enumerate(rules) if (day := fulfilled_on(rule, case)) is not None]
    if not found:
        return None
    day, place = min(found)
    return rules[place], day


def failed_cases(cases: TenderCaseQuerySet, rules: Sequence[ListingRule]) -> Iterator[FailedCase]:
    """Yield the city's cases among `cases` that failed as often as the mildest of `rules` demands. Two queries."""
    if not rules:
        return
    chosen = cases.of_the_city().filter(failures__gte=min(rule.failures for rule in rules))
    days: dict[int, list[date]] = defaultdict(list)
    notices = TenderNotice.objects.filter(kind=NoticeKind.FAILED, case__in=chosen.order_by().values("pk"))
    for case_id, day in notices.order_by("published_on", "pk").values_list("case_id", "published_on").iterator():
        days[case_id].append(day)
    rows = chosen.order_by("pk").values_list("pk", "kind", "band", "listing__pk")
    for pk, kind, band, listing in rows.iterator():
        yield FailedCase(pk, kind, band, tuple(days[pk]), is_listed=listing is not None)


def dry_run(rule: ListingRule, year: int) -> DryRun:
    """Return what `rule`, saved or not, would list of the year (Gregorian): cases that fulfilled it in that year."""
    found = [
        case
        for case in failed_cases(TenderCase.objects.all(), [rule])
        if (day := fulfilled_on(rule, case)) is not None and day.year == year
    ]
    return DryRun(year, len(found), sum(case.is_listed for case in found))
