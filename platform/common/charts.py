"""Bar charts with their geometry computed here, so that the SVG template only places what it is told.

Lengths are in units of the viewBox. Each chart comes in two layouts: a wide one, and one for phones whose text stays
as large as the page's. `templates/components/bar_chart.html` draws both and CSS shows the one that fits.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Value = int | float | Decimal | Fraction

_WIDE, _NARROW = 640, 360
_MOST_COLUMNS = 10
_LONGEST_COLUMN_LABEL = 8
_MISSING = "—"


@dataclass(frozen=True)
class Text:
    """A word on the chart; `anchor` is SVG's text-anchor."""

    text: str
    x: float
    y: float
    anchor: Literal["start", "middle", "end"] = "middle"


@dataclass(frozen=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Bar:
    """One bar with its label and its value; `is_under` is hatched, so that it is not told by colour alone."""

    x: float
    y: float
    width: float
    height: float
    is_under: bool
    label: Text
    value: Text


@dataclass(frozen=True)
class Layout:
    """All that one SVG draws."""

    width: int
    height: int
    bars: Sequence[Bar]
    axes: Sequence[Line]
    ticks: Sequence[Text]
    target: Line | None
    target_labels: Sequence[Text]


@dataclass(frozen=True)
class BarChart:
    """A chart for `components/bar_chart.html`. `key` makes the ids of the page unique."""

    key: str
    title: str
    description: str
    wide: Layout
    narrow: Layout

    @property
    def has_under(self) -> bool:
        """Whether any bar is hatched, so that the hatching needs its words."""
        return any(bar.is_under for bar in self.wide.bars)


@dataclass(frozen=True)
class _Plan:
    """What both layouts draw."""

    bars: Sequence[tuple[str, float | None]]
    ticks: Sequence[float]
    target: float | None
    lower_is_better: bool
    unit: str
    shown: Callable[[float], str]

    @property
    def top(self) -> float:
        return self.ticks[-1]

    def is_under(self, value: float | None) -> bool:
        if value is None or self.target is None:
            return False
        return value > self.target if self.lower_is_better else value < self.target

    def value_text(self, value: float | None) -> str:
        return _MISSING if value is None else self.shown(value)

    @property
    def target_value(self) -> str:
        return "" if self.target is None else _shortest(self.target, self.unit)


def bar_chart(
    bars: Sequence[tuple[str | Promise, Value | None]],
    *,
    key: str,
    title: str | Promise,
    unit: str = "",
    decimals: int = 1,
    target: Value | None = None,
    lower_is_better: bool = False,
    maximum: Value | None = None,
) -> BarChart:
    """A chart of `bars` (label, value; None: there is no value), none below zero.

    `target` draws a line and hatches the bars that miss it: those below, or above where `lower_is_better`.
    `maximum` is where the axis ends (100 for rates); otherwise it ends at a round number above the highest value.
    Raises `ValueError` for a value below zero.
    """
    pairs = [(str(label), None if value is None else float(value)) for label, value in bars]
    goal = None if target is None else float(target)
    known = [value for _label, value in pairs if value is not None]
    if any(value < 0 for value in known):
        raise ValueError("a bar cannot be below zero")
    highest = max([*known, goal or 0, 0 if maximum is None else float(maximum)])

    def shown(value: float) -> str:
        return f"{value:.{decimals}f}{unit}"

    plan = _Plan(pairs, _nice_ticks(highest), goal, lower_is_better, unit, shown)
    columns_fit = len(pairs) <= _MOST_COLUMNS and all(len(label) <= _LONGEST_COLUMN_LABEL for label, _value in pairs)
    wide = _columns(plan, _WIDE) if columns_fit else _rows(plan, _WIDE)
    return BarChart(key, str(title), _describe(plan), wide, _rows(plan, _NARROW))


def _nice_ticks(highest: float) -> list[float]:
    """From zero in four to six even steps of 1, 2, 2.5 or 5 times a power of ten, to `highest` or just above."""
    if highest <= 0:
        return [0.0, 1.0]
    magnitude = 10 ** math.floor(math.log10(highest))
    steps = [factor * magnitude for factor in (0.1, 0.2, 0.25, 0.5, 1.0, 2.0)]
    step = next(step for step in steps if highest / step <= 5.000001)
    count = math.ceil(round(highest / step, 6))
    return [round(step * index, 10) for index in range(count + 1)]


def _columns(plan: _Plan, width: int) -> Layout:
    """Upright bars side by side."""
    left, right, top, bottom, height = 52, 16, 34, 266, 300
    if plan.target is not None:
        right = 72  # the target's words stand right of the plot, in two lines
    plot = width - left - right
    slot = plot / max(len(plan.bars), 1)
    bar_width = min(slot * 0.62, 64)

    def up(value: float) -> float:
        return round(bottom - (bottom - top) * value / plan.top, 1)

    drawn = []
    for index, (label, value) in enumerate(plan.bars):
        middle = round(left + slot * (index + 0.5), 1)
        y = up(value or 0)
        drawn.append(
            Bar(
                x=round(middle - bar_width / 2, 1),
                y=y,
                width=round(bar_width, 1),
                height=round(bottom - y, 1),
                is_under=plan.is_under(value),
                label=Text(label, middle, bottom + 24),
                value=Text(plan.value_text(value), middle, y - 8),
            )
        )
    target = None
    target_labels = []
    if plan.target is not None:
        y = up(plan.target)
        target = Line(left, y, width - right, y)
        words = (_("Target"), plan.target_value)
        target_labels = [Text(word, width - right + 8, y - 4 + 18 * line, "start") for line, word in enumerate(words)]
    return Layout(
        width,
        height,
        drawn,
        [Line(left, up(tick), width - right, up(tick)) for tick in plan.ticks],
        [Text(_shortest(tick, plan.unit), left - 8, up(tick) + 5, "end") for tick in plan.ticks],
        target,
        target_labels,
    )


def _rows(plan: _Plan, width: int) -> Layout:
    """Lying bars one below the other, each under its label: as readable on a phone as the text around it."""
    left, right, row, bar_height = 0, 68, 52, 20
    top = 34 if plan.target is not None else 8
    bottom = top + row * len(plan.bars)
    plot = width - left - right

    def across(value: float) -> float:
        return round(left + plot * value / plan.top, 1)

    drawn = []
    for index, (label, value) in enumerate(plan.bars):
        y = top + row * index
        end = across(value or 0)
        drawn.append(
            Bar(
                x=left,
                y=y + 22,
                width=round(end - left, 1),
                height=bar_height,
                is_under=plan.is_under(value),
                label=Text(label, left, y + 15, "start"),
                value=Text(plan.value_text(value), end + 8, y + 37, "start"),
            )
        )
    target = None
    target_labels = []
    if plan.target is not None:
        x = across(plan.target)
        target = Line(x, 24, x, bottom)
        target_labels = [Text(f"{_('Target')} {plan.target_value}", x, 16, "end" if x > plot * 0.6 else "start")]
    return Layout(width, bottom + 8, drawn, [Line(left, top, left, bottom)], [], target, target_labels)


def _describe(plan: _Plan) -> str:
    """The chart in words, for those who do not see it."""
    items = "; ".join(f"{label} {plan.value_text(value)}" for label, value in plan.bars)
    return items if plan.target is None else f"{items}. {_('Target')} {plan.target_value}"


def _shortest(value: float, unit: str) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".") + unit
