"""The band that a notice prints beside the one that we compute: what the print means, and where the two differ."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from common.moments import shifted
from common.templatetags.common_tags import rocdate
from library.enums import Band, ProcurementKind
from library.models import Threshold
from library.thresholds import KnownThresholds, amounts_on, change_days

from .enums import AmountState
from .models import TenderCase
from .models.cases import TenderCaseQuerySet

_BANDS = list(Band)
# the lowest and the highest band that the words leave open; the first that matches speaks for its end
_AT_LEAST = (
    (re.compile(r"(?<!未達)巨額"), Band.LARGE),
    (re.compile(r"查核金額以上"), Band.INSPECTION),
    (re.compile(r"公告金額以上"), Band.PUBLICATION),
    (re.compile(r"(?:逾|超過)公告金額(?:之)?十分之一"), Band.BELOW_PUBLICATION),
)
_AT_MOST = (
    (re.compile(r"小額|公告金額(?:之)?十分之一以下|未[達逾]公告金額(?:之)?十分之一"), Band.SMALL),
    (re.compile(r"未達公告金額"), Band.BELOW_PUBLICATION),
    (re.compile(r"未達查核金額"), Band.PUBLICATION),
    (re.compile(r"未達巨額"), Band.INSPECTION),
)
_AROUND = timedelta(days=366)
"""How far from the first notice a change of thresholds may explain a difference."""


def bands_meant(printed: str) -> tuple[Band, ...]:
    """Return the bands that the printed words allow, the lowest first; none where they say nothing that we know.

    公告金額以上未達查核金額 means one band, 未達公告金額 two.
    """
    text = "".join(unicodedata.normalize("NFKC", printed).split())
    least = next((band for pattern, band in _AT_LEAST if pattern.search(text)), None)
    most = next((band for pattern, band in _AT_MOST if pattern.search(text)), None)
    if least is None and most is None:
        return ()
    first = _BANDS.index(least) if least else 0
    last = _BANDS.index(most) if most else len(_BANDS) - 1
    return tuple(_BANDS[first : last + 1])


def differing_cases() -> TenderCaseQuerySet:
    """Return the cases whose printed band does not allow ours. Two queries with the result.

    Where ours is unknown nothing differs, nor where the print cannot be read.
    """
    known = TenderCase.objects.exclude(printed_band="").exclude(band="")
    differing = Q(pk__in=[])
    for printed in known.order_by().values_list("printed_band", flat=True).distinct():
        if meant := bands_meant(printed):
            differing |= Q(printed_band=printed) & ~Q(band__in=meant)
    return known.filter(differing)


_WHY_UNKNOWN: dict[str, str | Promise] = {
    "amount": gettext_lazy("No notice on record tells an amount: the band is not known, and nothing is guessed."),
    "kind": gettext_lazy("No notice on record tells whether works, goods or services are bought: the band is unknown."),
    "day": gettext_lazy("The day of the first notice is not known, so no thresholds can be told."),
}


@dataclass(frozen=True)
class BandReading:
    """Printed and computed band side by side, with the sentences that explain ours and the difference.

    `thresholds` are the amounts that ours was judged by, the lowest first; none where it is unknown. `amount` is the
    amount that it goes by, in whole NT$, None where no notice tells one.
    """

    printed: str
    meant: tuple[Band, ...]
    ours: Band | None
    amount: int | None
    thresholds: tuple[Threshold, ...] = ()
    explained: tuple[str, ...] = ()
    difference: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the print does not allow ours."""
        return bool(self.ours and self.meant and self.ours not in self.meant)


def amount_of(case: TenderCase) -> int | None:
    """Return the amount that the band of `case` goes by, in whole NT$: printed as such, or budget with options."""
    if case.procurement_amount is not None:
        return int(case.procurement_amount)
    return None if case.budget is None else int(case.budget) + int(case.options_amount or 0)


def band_reading(case: TenderCase) -> BandReading:
    """Return the two bands of `case` in words. One query; two more where they differ."""
    meant = bands_meant(case.printed_band)
    amount = amount_of(case)
    day = case.first_notice_on
    if not case.band or not case.kind or amount is None or day is None:
        return BandReading(case.printed_band, meant, None, amount, explained=(_why_unknown(case),))
    kind, ours = ProcurementKind(case.kind), Band(case.band)
    difference: Iterable[str] = ()
    if meant and ours not in meant:
        difference = _difference(case, _Judge(kind, amount, day, meant), is_higher=_rank(meant[0]) > _rank(ours))
    return BandReading(
        printed=case.printed_band,
        meant=meant,
        ours=ours,
        amount=amount,
        thresholds=tuple(amounts_on(day)[kind].values()),
        explained=tuple(_explained(case)),
        difference=tuple(difference),
    )


def _rank(band: Band) -> int:
    return _BANDS.index(band)


def _why_unknown(case: TenderCase) -> str:
    if case.amount_state == AmountState.UNKNOWN:
        return str(_WHY_UNKNOWN["amount"])
    if not case.kind:
        return str(_WHY_UNKNOWN["kind"])
    if case.first_notice_on is None:
        return str(_WHY_UNKNOWN["day"])
    return _("No thresholds are on record for %(day)s.") % {"day": rocdate(case.first_notice_on)}


def _explained(case: TenderCase) -> Iterable[str]:
    day = {"day": rocdate(case.first_notice_on)}
    if case.has_first_notice:
        yield _("Judged by the thresholds in force on %(day)s, the day of the first notice.") % day
    else:
        yield _("The first notice is not on record: judged by the thresholds of %(day)s, the earliest day known.") % day
    if case.procurement_amount is not None:
        yield _("A notice prints the amount with its options (採購金額).")
    elif case.amount_state == AmountState.WITHOUT_OPTIONS:
        yield _("There are options, but no notice puts a number to them: the amount is at least this.")
    elif case.options_amount:
        yield _("Options of NT$ %(amount)s are counted in.") % {"amount": f"{case.options_amount:,}"}


class _Judge:
    """Whether the print would be right for another amount, day or kind. Two queries."""

    def __init__(self, kind: ProcurementKind, amount: int, day: date, meant: tuple[Band, ...]) -> None:
        self.kind, self.amount, self.day, self.meant = kind, amount, day, meant
        self._known = KnownThresholds()

    def fits(self, *, kind: ProcurementKind | None = None, amount: int | None = None, day: date | None = None) -> bool:
        """Whether the printed words would allow the band of what is said instead."""
        return self._known.band(kind or self.kind, amount or self.amount, day or self.day) in self.meant

    def other_day(self) -> date | None:
        """Return a day close to the first notice by whose thresholds the print would be right."""
        for changed in change_days(shifted(self.day, -_AROUND), shifted(self.day, _AROUND)):
            other = changed - timedelta(days=1) if changed <= self.day else changed
            if self.fits(day=other):
                return other
        return None


def _difference(case: TenderCase, judge: _Judge, *, is_higher: bool) -> Iterable[str]:
    """Say what may lie behind a difference: options, other thresholds, or the kind of procurement."""
    if is_higher and case.amount_state == AmountState.WITHOUT_OPTIONS:
        yield _("The printed band is higher: the options, whose amount is not known, may explain it.")
    elif is_higher:
        yield _("The printed band is higher than what the amounts on record come to.")
    else:
        yield _("The printed band is lower than what the amounts on record come to.")
    if case.budget and case.budget != judge.amount and judge.fits(amount=case.budget):
        yield _("Without the options it would be the printed band.")
    if day := judge.other_day():
        yield _("By the thresholds of %(day)s it would be the printed band.") % {"day": rocdate(day)}
    others = [str(kind.label) for kind in ProcurementKind if kind != judge.kind and judge.fits(kind=kind)]
    if others:
        kinds = pgettext("between items", ", ").join(others)
        yield _("As %(kinds)s it would be the printed band.") % {"kinds": kinds}
