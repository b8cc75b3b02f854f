"""The amounts by which procurement is divided into bands: those in force on a day, and the band of a purchase.

A purchase is judged before its tender is announced, by the amounts of that day, with what may be bought later on
(後續擴充) counted in (採購法施行細則第 6 條第 3 款).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from common.errors import DomainError

from .enums import Band, ProcurementKind, ThresholdKind
from .models import Threshold

KINDS = (ThresholdKind.SMALL, ThresholdKind.PUBLICATION, ThresholdKind.INSPECTION, ThresholdKind.LARGE)
"""The named amounts, the lowest first."""

_BANDS_FROM = {
    ThresholdKind.PUBLICATION: Band.PUBLICATION,
    ThresholdKind.INSPECTION: Band.INSPECTION,
    ThresholdKind.LARGE: Band.LARGE,
}


@dataclass(frozen=True)
class BandAnswer:
    """The band of one purchase. Amounts are whole NT$; `total` is `amount` with its `options`.

    `thresholds` are the amounts that it was judged by. The next band begins at `next_from`, which is `missing`
    away; all three are None in the highest band. `over_a_tenth` tells whether the total is over a tenth of the
    publication threshold: three quotations are demanded only then (採購法第 49 條), and a local government may let
    its small purchases end lower.
    """

    kind: ProcurementKind
    amount: int
    options: int
    day: date
    band: Band
    thresholds: dict[ThresholdKind, Threshold]
    next_band: Band | None
    next_from: int | None

    @property
    def total(self) -> int:
        """The amount that the band goes by (採購金額)."""
        return self.amount + self.options

    @property
    def missing(self) -> int | None:
        """How far the next band is."""
        return None if self.next_from is None else self.next_from - self.total

    @property
    def over_a_tenth(self) -> bool:
        """Whether the total is over a tenth of the publication threshold."""
        return self.total * 10 > self.thresholds[ThresholdKind.PUBLICATION].amount

    @property
    def band_without_options(self) -> Band:
        """The band of the amount alone: another one where the options have pushed it up."""
        return _band(self.amount, self.thresholds)


def thresholds_on(day: date) -> list[Threshold]:
    """Return the rows in force on `day`: of each kind, for each kind of procurement, the newest. One query."""
    rows = Threshold.objects.filter(effective_from__lte=day).select_related("article__law")
    return list(_newest(rows))


def amounts_on(day: date) -> dict[ProcurementKind, dict[ThresholdKind, Threshold]]:
    """Return the rows in force on `day` by kind of procurement and threshold. One query.

    A row for works, goods and services alike holds until a later row for one of them, and the other way round;
    of the same day the particular one counts.
    """
    rows = thresholds_on(day)
    return {kind: _amounts_for(kind, rows) for kind in ProcurementKind}


def band_of(*, kind: ProcurementKind, amount: int, options: int = 0, day: date) -> BandAnswer:
    """Return the band of a purchase of `amount` and `options` (whole NT$) by the amounts of `day`.

    "At or above" includes the amount itself, "small" includes its upper end. Raises DomainError: `amount` (not
    more than 0), `options` (less than 0), `no_threshold` (the day lies before the amounts that are known).
    """
    if amount <= 0:
        raise DomainError(_("The amount must be more than 0."), code="amount")
    if options < 0:
        raise DomainError(_("What may be bought later cannot be less than 0."), code="options")
    thresholds = _amounts_for(kind, thresholds_on(day))
    if set(thresholds) != set(KINDS):
        raise DomainError(
            _("No amounts are known for this day: it lies before the Act took effect."), code="no_threshold"
        )
    band = _band(amount + options, thresholds)
    next_band, next_from = _next(band, amount + options, thresholds)
    return BandAnswer(kind, amount, options, day, band, thresholds, next_band, next_from)


class KnownThresholds:
    """All amounts at once, for the bands of many purchases: one query when it is made, none afterwards."""

    def __init__(self) -> None:
        self._rows = list(Threshold.objects.order_by("effective_from"))
        self._days = [row.effective_from for row in self._rows]
        self._amounts: dict[tuple[ProcurementKind, int], dict[ThresholdKind, Threshold]] = {}

    def band(self, kind: ProcurementKind, total: int, day: date) -> Band | None:
        """Return the band of `total` (whole NT$, options included) as `band_of` does; None where that refuses."""
        known = bisect_right(self._days, day)
        if (kind, known) not in self._amounts:
            self._amounts[kind, known] = _amounts_for(kind, self._rows[:known])
        amounts = self._amounts[kind, known]
        return _band(total, amounts) if total > 0 and len(amounts) == len(KINDS) else None


def change_days(first: date, last: date) -> list[date]:
    """Return the days after `first` and up to `last` on which an amount changed: figures on both sides differ.

    The first row of a kind changes nothing. One query.
    """
    days: set[date] = set()
    known: dict[tuple[str, str], Threshold] = {}
    for row in Threshold.objects.order_by("effective_from"):
        before = known.get((row.kind, row.procurement_kind))
        if before is not None and before.amount != row.amount and first < row.effective_from <= last:
            days.add(row.effective_from)
        known[row.kind, row.procurement_kind] = row
    return sorted(days)


def thresholds_changed() -> list[tuple[Threshold, Threshold | None]]:
    """Return all rows, the newest first, each with the row that it took the place of. One query."""
    rows = Threshold.objects.select_related("article__law").order_by("effective_from", "kind", "procurement_kind")
    known: dict[tuple[str, str], Threshold] = {}
    changes: list[tuple[Threshold, Threshold | None]] = []
    for row in rows:
        changes.append((row, known.get((row.kind, row.procurement_kind))))
        known[row.kind, row.procurement_kind] = row
    return sorted(changes, key=lambda change: _place(change[0]))


def _place(row: Threshold) -> tuple[int, int, int]:
    """The newest first; of one day as `KINDS` and `ProcurementKind` have them."""
    parts = ["", *ProcurementKind.values]
    return -row.effective_from.toordinal(), KINDS.index(ThresholdKind(row.kind)), parts.index(row.procurement_kind)


def _newest(rows: Iterable[Threshold]) -> Iterable[Threshold]:
    newest: dict[tuple[str, str], Threshold] = {}
    for row in sorted(rows, key=lambda row: row.effective_from):
        newest[row.kind, row.procurement_kind] = row
    return newest.values()


def _amounts_for(kind: ProcurementKind, rows: Iterable[Threshold]) -> dict[ThresholdKind, Threshold]:
    chosen: dict[ThresholdKind, Threshold] = {}
    ours = [row for row in rows if row.procurement_kind in ("", kind)]
    for row in sorted(ours, key=lambda row: (row.effective_from, row.procurement_kind != "")):
        chosen[ThresholdKind(row.kind)] = row
    return {threshold: chosen[threshold] for threshold in KINDS if threshold in chosen}


def _band(total: int, thresholds: dict[ThresholdKind, Threshold]) -> Band:
    for threshold in reversed(KINDS):
        if threshold in _BANDS_FROM and total >= thresholds[threshold].amount:
            return _BANDS_FROM[threshold]
    return Band.SMALL if total <= thresholds[ThresholdKind.SMALL].amount else Band.BELOW_PUBLICATION


def _next(band: Band, total: int, thresholds: dict[ThresholdKind, Threshold]) -> tuple[Band | None, int | None]:
    if band == Band.SMALL:
        return Band.BELOW_PUBLICATION, thresholds[ThresholdKind.SMALL].amount + 1
    for threshold, above in _BANDS_FROM.items():
        if total < thresholds[threshold].amount:
            return above, thresholds[threshold].amount
    return None, None
