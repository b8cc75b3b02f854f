"""A figure held against its target: the achievement (達成度), raw and as it is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .models import Target
from .registry import Report, ReportResult

CAP = Decimal(100)
"""The city reports an achievement of at most 100 % (87 of 83 is printed as 100 %)."""


@dataclass(frozen=True)
class Achievement:
    """How far `actual` (a percentage) reaches `target`. More is better.

    `raw` is actual ÷ target in percent; `shown` is that, capped at 100. The city publishes no figure below
    its target, so the plain quotient for a miss is our reading.
    """

    actual: Decimal
    target: Target
    raw: Decimal
    shown: Decimal

    @property
    def is_met(self) -> bool:
        """Whether the target is reached."""
        return self.actual >= self.target.value


def achievement_of(actual: Decimal, target: Target) -> Achievement:
    """Return the achievement of `actual` against `target`, to two decimals; a target of 0 is always met."""
    raw = CAP if target.value == 0 else actual / target.value * 100
    raw = raw.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return Achievement(actual, target, raw, min(raw, CAP))


@dataclass(frozen=True)
class KpiReading:
    """The report's figure as a screen or a page shows it. `value` is None where nobody is counted."""

    label: str
    value: Decimal | None
    sentence: str
    definition: str
    achievement: Achievement | None


def read_kpi(report: Report, result: ReportResult) -> KpiReading | None:
    """Return the reading of the report's figure with its target, or None for a report without one."""
    if report.kpi is None:
        return None
    value = result.totals.get(report.kpi.measure)
    actual = None if value is None else Decimal(str(value))
    target = find_target(
        report=report.key,
        measure=report.kpi.measure,
        roc_year=result.parameters.get("year"),
        scopes=report.kpi.scopes(result),
    )
    return KpiReading(
        label=str(report.kpi.label),
        value=actual,
        sentence=report.kpi.sentence(result),
        definition=str(report.kpi.definition),
        achievement=achievement_of(actual, target) if target is not None and actual is not None else None,
    )


def find_target(*, report: str, measure: str, roc_year: int | None, scopes: Sequence[str]) -> Target | None:
    """Return the target of a year for the first of `scopes` that has one; figures over all years have none."""
    if roc_year is None:
        return None
    found = {
        target.scope: target
        for target in Target.objects.filter(report=report, measure=measure, roc_year=roc_year, scope__in=scopes)
    }
    return next((found[scope] for scope in scopes if scope in found), None)


def find_latest_target_year(*, report: str, measure: str, up_to: int) -> int | None:
    """Return the newest ROC year up to `up_to` for which this figure has a target."""
    targets = Target.objects.filter(report=report, measure=measure, roc_year__lte=up_to)
    year: int | None = targets.order_by("-roc_year").values_list("roc_year", flat=True).first()
    return year
