"""Shaping of aggregates that SQL has computed: sums, and ratios of sums, rounded once. The one place of pandas.

pandas is imported on first use: it takes half a second, and most processes never need it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Ratio:
    """`numerator` ÷ `denominator` × `scale`, rounded half up to `decimals`; null where the denominator is 0.

    A scale of 100 makes a percentage, 1 a mean. How many decimals a figure has is said by who publishes it.
    """

    key: str
    numerator: str
    denominator: str
    scale: int = 100
    decimals: int = 2


@dataclass(frozen=True)
class Group:
    """One row: `keys` are its first cells, `filters` the parameters that narrow the report to it, `order` its place."""

    order: Any
    keys: dict[str, Any]
    filters: dict[str, Any]
    measures: Mapping[str, Any]


@dataclass(frozen=True)
class Shaped:
    """Rows with their ratios, and the totals: sums, and the ratios of the sums (never the mean of ratios)."""

    rows: list[dict[str, Any]]
    totals: dict[str, Any]


def shape(
    records: Sequence[Mapping[str, Any]], *, keys: Sequence[str], sums: Sequence[str], ratios: Sequence[Ratio]
) -> Shaped:
    """Return `records` (few: one per row of the report) with ratios, in the order of `keys`, `sums`, `ratios`.

    Records with the same keys are added up.
    """
    import pandas

    columns = [*keys, *sums]
    # as objects, lest a missing key turn numbers into floats and itself into "not a number"
    frame = pandas.DataFrame([dict(record) for record in records], columns=columns, dtype="object")
    frame[list(sums)] = frame[list(sums)].astype("int64")
    if len(frame):
        frame = frame.groupby(list(keys), sort=False, dropna=False, as_index=False)[list(sums)].sum()
        frame[list(keys)] = frame[list(keys)].astype("object").where(frame[list(keys)].notna(), None)
    totals = frame[list(sums)].sum().to_frame().T
    return Shaped(
        rows=_plain(_with_ratios(frame, ratios)),
        totals=_plain(_with_ratios(totals, ratios))[0],
    )


def _with_ratios(frame: pandas.DataFrame, ratios: Sequence[Ratio]) -> pandas.DataFrame:
    """Add a column per ratio, reckoned in whole numbers so that nothing is lost before the one rounding."""
    frame = frame.copy()
    for ratio in ratios:
        numerator, denominator = frame[ratio.numerator], frame[ratio.denominator]
        divisor = denominator.where(denominator > 0, 1)
        unit = 10**ratio.decimals
        rounded = (numerator * ratio.scale * unit * 2 + divisor) // (divisor * 2)
        frame[ratio.key] = (rounded / unit).astype("object").where(denominator > 0, None)
    return frame


def _plain(frame: pandas.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain Python values, ready for JSON."""
    return [
        {str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()}
        for row in frame.astype("object").to_dict("records")
    ]
