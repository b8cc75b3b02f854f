"""Which subjects and error patterns rise: three months against the three before, and against the same of last year.

Three months, because one month of a hotline holds too few cases; whole months, so that equal spans are compared; the
last year beside it, because procurement has its seasons. Counts stay counts: no percentage is made of small numbers.
A change is called a rise or a fall only where it is larger than what chance alone makes of such counts in nine of ten
comparisons; smaller ones are named, and called perhaps chance.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from common.moments import first_moment
from common.rocdates import ROC_OFFSET
from library.models import Subject

from .enums import Change
from .models import Consultation, ErrorPattern

MONTHS = 3
MOST_PERIODS = 36
MOST_PATTERNS = 8
FEW_CASES = 5
"""With fewer cases in both spans nothing is said about a change."""

_CHANCE = 1.645  # standard deviations: one difference in ten between equal rates lies beyond, either way


@dataclass(frozen=True)
class Span:
    """Three whole months, the last of them beginning on `last`."""

    last: datetime.date

    @property
    def first(self) -> datetime.date:
        """The first day."""
        return months_later(self.last, 1 - MONTHS)

    @property
    def end(self) -> datetime.date:
        """The day after the last one."""
        return months_later(self.last, 1)

    @property
    def key(self) -> str:
        """How an address names it: the ROC year and month with which it ends, 115-10."""
        return f"{self.last.year - ROC_OFFSET}-{self.last.month:02}"

    def earlier(self, months: int) -> Span:
        """The span that many months earlier."""
        return Span(months_later(self.last, -months))


@dataclass(frozen=True)
class Trend:
    """How often something was asked about. `last_year` is None where the log does not reach back so far."""

    thing: Subject | ErrorPattern
    now: int
    before: int
    last_year: int | None

    @property
    def difference(self) -> int:
        """How many cases more than in the three months before."""
        return self.now - self.before

    @property
    def change(self) -> Change:
        """Whether it rises or falls, as far as such counts can tell."""
        return change_of(self.now, self.before)

    @property
    def is_few(self) -> bool:
        """Whether there are too few cases to tell anything."""
        return max(self.now, self.before) < FEW_CASES


@dataclass(frozen=True)
class Trends:
    """What the page shows."""

    span: Span
    now: int
    before: int
    last_year: int | None
    subjects: list[Trend]
    patterns: list[Trend]

    @property
    def rising(self) -> list[Trend]:
        """The subjects that clearly rise."""
        return [trend for trend in self.subjects if trend.change == Change.RISES]

    @property
    def highest(self) -> int:
        """The highest count of any bar."""
        return max([count for trend in [*self.subjects, *self.patterns] for count in bars_of(trend)], default=0)


def change_of(now: int, before: int) -> Change:
    """Return what the difference of two counts says: a rise or fall beyond chance, a smaller one, or none."""
    difference = now - before
    if difference == 0:
        return Change.SAME
    is_clear = max(now, before) >= FEW_CASES and abs(difference) > _CHANCE * math.sqrt(now + before)
    if difference > 0:
        return Change.RISES if is_clear else Change.MORE
    return Change.FALLS if is_clear else Change.LESS


def bars_of(trend: Trend) -> list[int]:
    """Return the counts in the order of time; one that is not known is none."""
    return [trend.last_year or 0, trend.before, trend.now]


def last_whole_span(today: datetime.date) -> Span:
    """Return the three months that ended last."""
    return Span(months_later(today, -1))


def spans_to_choose(today: datetime.date) -> list[Span]:
    """Return the spans that the log can speak of, the newest first; at least the last one."""
    newest = last_whole_span(today)
    first = _first_month()
    spans = [newest]
    while first is not None and len(spans) < MOST_PERIODS and spans[-1].earlier(1).last >= first:
        spans.append(spans[-1].earlier(1))
    return spans


def trends(span: Span) -> Trends:
    """Return how subjects and error patterns moved, those that rise most first. Six queries."""
    earlier = span.earlier(12)
    first = _first_month()
    knows_last_year = first is not None and first <= earlier.first
    subjects = _moved("subject", Subject.objects.all(), span, knows_last_year=knows_last_year)
    patterns = _moved("error_pattern", ErrorPattern.objects.select_related("subject"), span,
                      knows_last_year=knows_last_year)  # fmt: skip
    whole = Consultation.objects.counted().order_by().aggregate(**_counts(span))
    return Trends(
        span=span,
        now=whole["now"],
        before=whole["before"],
        last_year=whole["last_year"] if knows_last_year else None,
        subjects=subjects,
        patterns=patterns[:MOST_PATTERNS],
    )


def months_later(day: datetime.date, months: int) -> datetime.date:
    """Return the first day of the month `months` after that of `day`; before, where it is negative."""
    index = day.year * 12 + day.month - 1 + months
    return datetime.date(index // 12, index % 12 + 1, 1)


def _moved(field: str, things: Any, span: Span, *, knows_last_year: bool) -> list[Trend]:
    rows = (
        _asked(span)
        .exclude(**{field: None})
        .values(field)
        .annotate(**_counts(span))
        .filter(Q(now__gt=0) | Q(before__gt=0))
    )
    counted = {row.pop(field): row for row in rows}
    found = [
        Trend(
            thing,
            counted[thing.pk]["now"],
            counted[thing.pk]["before"],
            counted[thing.pk]["last_year"] if knows_last_year else None,
        )
        for thing in things.filter(pk__in=counted)
    ]
    return sorted(found, key=lambda trend: (-trend.difference, -trend.now, trend.thing.code))


def _asked(span: Span) -> Any:
    """Return the cases of the spans that are compared, and no others."""
    whole = [_within(span), _within(span.earlier(MONTHS)), _within(span.earlier(12))]
    return Consultation.objects.counted().filter(whole[0] | whole[1] | whole[2]).order_by()


def _counts(span: Span) -> dict[str, Count]:
    return {
        "now": Count("pk", filter=_within(span)),
        "before": Count("pk", filter=_within(span.earlier(MONTHS))),
        "last_year": Count("pk", filter=_within(span.earlier(12))),
    }


def _within(span: Span) -> Q:
    return Q(asked_at__gte=first_moment(span.first), asked_at__lt=first_moment(span.end))


def _first_month() -> datetime.date | None:
    """Return the first day of the month of the oldest case."""
    oldest = Consultation.objects.counted().order_by("asked_at").values_list("asked_at", flat=True).first()
    return timezone.localtime(oldest).date().replace(day=1) if oldest is not None else None
