"""A figure held against its target: the achievement (達成度), raw and as it is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.templatetags.common_tags import percent

from .models import Target
from .registry import Kpi, Report, ReportResult, get

CAP = Decimal(100)
"""The city reports an achievement of at most 100 % (87 of 83 is printed as 100 %)."""


class LowerIsBetterFormula(StrEnum):
    """How the achievement of a figure is reckoned of which less is better.

    The city has published no miss of such a figure, so that the formula is not known: an installation chooses it by
    the setting `KPI_LOWER_IS_BETTER_FORMULA`. Whether a target is met is the same by both.
    """

    TARGET_OVER_ACTUAL = "target_over_actual"
    TWO_MINUS_QUOTIENT = "two_minus_quotient"


FORMULA_WORDS = {
    LowerIsBetterFormula.TARGET_OVER_ACTUAL: gettext_lazy("target ÷ actual"),
    LowerIsBetterFormula.TWO_MINUS_QUOTIENT: gettext_lazy("2 − actual ÷ target"),
}


@dataclass(frozen=True)
class Achievement:
    """How far `actual` (a percentage) reaches `target`: at least that, or at most where `lower_is_better`.

    `raw` is actual ÷ target in percent, or what `formula` makes of them; `shown` is that, from 0 to 100. The city
    publishes no figure that misses its target, so the plain quotient for a miss is our reading.
    """

    actual: Decimal
    target: Target
    raw: Decimal
    shown: Decimal
    lower_is_better: bool = False
    formula: LowerIsBetterFormula | None = None

    @property
    def is_met(self) -> bool:
        """Whether the target is reached."""
        return is_met(self.actual, self.target.value, lower_is_better=self.lower_is_better)


def is_met(actual: Decimal, target: Decimal, *, lower_is_better: bool) -> bool:
    """Whether `actual` is at least `target`, or at most where `lower_is_better`."""
    return actual <= target if lower_is_better else actual >= target


def achievement_of(
    actual: Decimal, target: Target, *, lower_is_better: bool = False, formula: LowerIsBetterFormula | None = None
) -> Achievement:
    """Return the achievement of `actual` against `target`, to two decimals.

    More is better: actual ÷ target, and a target of 0 is always met. Less is better: `formula`, by default that of
    the setting; nothing at all is always met, and a target of 0 is reached by nothing else.
    """
    if lower_is_better:
        formula = formula or LowerIsBetterFormula(settings.KPI_LOWER_IS_BETTER_FORMULA)
        raw = _lower_is_better(actual, target.value, formula)
    else:
        raw = CAP if target.value == 0 else actual / target.value * 100
    raw = raw.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return Achievement(actual, target, raw, max(min(raw, CAP), Decimal(0)), lower_is_better, formula)


def _lower_is_better(actual: Decimal, target: Decimal, formula: LowerIsBetterFormula) -> Decimal:
    if actual == 0:
        return CAP
    if target == 0:
        return Decimal(0)
    if formula == LowerIsBetterFormula.TARGET_OVER_ACTUAL:
        return target / actual * 100
    return (2 - actual / target) * 100


@dataclass(frozen=True)
class KpiReading:
    """The report's figure as a screen or a page shows it. `value` is None where nobody is counted."""

    label: str
    value: Decimal | None
    sentence: str
    definition: str
    achievement: Achievement | None
    lower_is_better: bool = False
    decimals: int = 2

    @property
    def value_text(self) -> str:
        """The figure with the decimals that it is published with."""
        return percent(self.value, self.decimals)

    @property
    def target_line(self) -> str:
        """Target and achievement in words; empty where there is no target."""
        if self.achievement is None:
            return ""
        said = {
            "target": _shortest(self.achievement.target.value),
            "source": self.achievement.target.source,
            "achievement": _shortest(self.achievement.shown),
        }
        if not self.lower_is_better:
            return _("Target %(target)s (%(source)s), achievement %(achievement)s.") % said
        formula = self.achievement.formula
        if self.achievement.is_met or formula is None:
            return _("Target: at most %(target)s (%(source)s); met, achievement %(achievement)s.") % said
        words = {**said, "formula": FORMULA_WORDS[formula]}
        return _("Target: at most %(target)s (%(source)s); not met, achievement %(achievement)s (%(formula)s).") % words


def missed_words(kpi: Kpi | KpiReading) -> str | Promise:
    """Say on which side of the target a figure is that misses it."""
    return _("above the target") if kpi.lower_is_better else _("below the target")


def bound_words(target: Target) -> str:
    """Say which side of a target is the good one: at least 83%, at most 11.5%."""
    report = get(target.report)
    if report is not None and report.kpi is not None and report.kpi.lower_is_better:
        return _("at most %(target)s") % {"target": _shortest(target.value)}
    return _("at least %(target)s") % {"target": _shortest(target.value)}


def read_kpi(report: Report, result: ReportResult) -> KpiReading | None:
    """Return the reading of the report's figure with its target, or None for a report without one."""
    kpi = report.kpi
    if kpi is None:
        return None
    value = result.totals.get(kpi.measure)
    actual = None if value is None else Decimal(str(value))
    target = find_target(
        report=report.key, measure=kpi.measure, roc_year=result.parameters.get("year"), scopes=kpi.scopes(result)
    )
    achievement = None
    if target is not None and actual is not None:
        achievement = achievement_of(actual, target, lower_is_better=kpi.lower_is_better)
    return KpiReading(
        label=str(kpi.label),
        value=actual,
        sentence=kpi.sentence(result),
        definition=str(kpi.definition),
        achievement=achievement,
        lower_is_better=kpi.lower_is_better,
        decimals=kpi.decimals,
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


def targets_by_year(*, report: str, measure: str) -> dict[int, Decimal]:
    """Return the targets of a figure that hold for all, by ROC year."""
    targets = Target.objects.filter(report=report, measure=measure, scope="")
    return dict(targets.values_list("roc_year", "value"))


def _shortest(value: Decimal) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{text}%"
