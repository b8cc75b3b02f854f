"""The chain of a case: what its notices, in the order of their days, say together. No database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from library.enums import ProcurementKind
from library.thresholds import KnownThresholds

from .enums import AmountState, NoticeKind


class Link(NamedTuple):
    """One notice of the chain, as `TenderNotice` keeps it; amounts are NT$."""

    kind: str
    published_on: date
    key: str
    title: str
    procurement_kind: str
    classification: str
    method: str
    original_on: date | None
    budget: int | None
    options_amount: int | None
    has_options: bool | None
    procurement_amount: int | None
    printed_band: str
    awarded_on: date | None
    award_amount: int | None


@dataclass(frozen=True)
class _Amounts:
    """What the tender notices say of money so far. `is_offered`: a tender told it, and not an award alone."""

    budget: int | None = None
    options: int | None = None
    has_options: bool | None = None
    procurement: int | None = None
    is_offered: bool = True

    @property
    def state(self) -> AmountState:
        if self.procurement is not None:
            return AmountState.KNOWN
        if self.budget is None:
            return AmountState.UNKNOWN
        if self.options is not None or self.has_options is False:
            return AmountState.KNOWN
        # a tender that announces no options has none; an award does not speak of them at all
        return AmountState.KNOWN if self.has_options is None and self.is_offered else AmountState.WITHOUT_OPTIONS

    @property
    def total(self) -> int:
        """The amount that the band goes by; without unknown options, so at least that."""
        return self.procurement if self.procurement is not None else (self.budget or 0) + (self.options or 0)


@dataclass(frozen=True)
class Chain:
    """What the notices of a case say together; the fields are those of `TenderCase`."""

    title: str
    kind: str
    classification: str
    method: str
    first_notice_on: date | None
    has_first_notice: bool
    budget: int | None
    options_amount: int | None
    procurement_amount: int | None
    amount_state: str
    band: str
    printed_band: str
    failures: int
    first_failed_on: date | None
    last_failed_on: date | None
    awarded_on: date | None
    award_amount: int | None


_OFFERS = (NoticeKind.TENDER, NoticeKind.CORRECTION)
_ORDER = [NoticeKind.TENDER, NoticeKind.CORRECTION, NoticeKind.OTHER, NoticeKind.FAILED, NoticeKind.AWARD]
"""In which order notices of one day were published."""


def chain_of(links: Iterable[Link], thresholds: KnownThresholds) -> Chain:
    """Return what `links`, in any order, say together.

    Of title, kind and method the newest tender notice counts, then the newest award, then what failed notices say;
    of several awards the newest, since it corrects the others. The band goes by the thresholds of the first notice's
    day and the amounts of the newest tender or correction, options included (採購法施行細則第 6 條).
    """
    ordered = sorted(links, key=lambda link: (link.published_on, _ORDER.index(NoticeKind(link.kind)), link.key))
    failed = [link.published_on for link in ordered if link.kind == NoticeKind.FAILED]
    award = next((link for link in reversed(ordered) if link.kind == NoticeKind.AWARD), None)
    first_notice_on, has_first_notice = _first(ordered)
    kind = _newest(ordered, "procurement_kind")
    amounts = _amounts(ordered)
    band = None
    if kind and first_notice_on and amounts.state != AmountState.UNKNOWN:
        band = thresholds.band(ProcurementKind(kind), amounts.total, first_notice_on)
    return Chain(
        title=_newest(ordered, "title"),
        kind=kind,
        classification=_newest(ordered, "classification"),
        method=_newest(ordered, "method"),
        first_notice_on=first_notice_on,
        has_first_notice=has_first_notice,
        budget=amounts.budget,
        options_amount=amounts.options,
        procurement_amount=amounts.procurement,
        amount_state=amounts.state.value,
        band=band.value if band else "",
        printed_band=_newest(ordered, "printed_band"),
        failures=len(failed),
        first_failed_on=failed[0] if failed else None,
        last_failed_on=failed[-1] if failed else None,
        awarded_on=(award.awarded_on or award.published_on) if award else None,
        award_amount=award.award_amount if award else None,
    )


def _newest(ordered: Sequence[Link], name: str) -> str:
    """The newest words for `name`: of a tender or its correction, else of an award, else of any notice."""
    for kinds in (_OFFERS, (NoticeKind.AWARD,), tuple(NoticeKind)):
        for link in reversed(ordered):
            if link.kind in kinds and (value := getattr(link, name)):
                return str(value)
    return ""


def _first(ordered: Sequence[Link]) -> tuple[date | None, bool]:
    """The day of the first notice, and whether that notice is on record.

    A failure before the earliest tender on record shows that an earlier tender is missing.
    """
    tenders = [link.published_on for link in ordered if link.kind == NoticeKind.TENDER]
    others = [link for link in ordered if link.kind != NoticeKind.TENDER]
    ends = [link.published_on for link in others if link.kind in (NoticeKind.FAILED, NoticeKind.AWARD)]
    if tenders and not any(end < tenders[0] for end in ends):
        return tenders[0], True
    told = [day for link in ordered for day in (link.original_on, link.published_on) if day]
    return min(told, default=None), False


def _amounts(ordered: Sequence[Link]) -> _Amounts:
    """The amounts of the newest tender or correction that tells any; where none does, those that an award repeats."""
    found = _Amounts()
    for link in ordered:
        if link.kind in _OFFERS and (link.budget is not None or link.procurement_amount is not None):
            found = _corrected(found, link)
    if found.state != AmountState.UNKNOWN:
        return found
    for link in reversed(ordered):
        if link.kind == NoticeKind.AWARD and (link.budget is not None or link.procurement_amount is not None):
            return replace(_corrected(_Amounts(), link), is_offered=False)
    return found


def _corrected(before: _Amounts, link: Link) -> _Amounts:
    """What `link` says instead; what it leaves out about options stays as long as the budget is the same."""
    now = _Amounts(link.budget, link.options_amount, link.has_options, link.procurement_amount)
    if before.budget is None or before.budget != now.budget or now.has_options is False:
        return now
    return _Amounts(
        now.budget,
        now.options if now.options is not None else before.options,
        now.has_options if now.has_options is not None else before.has_options,
        now.procurement if now.procurement is not None else before.procurement,
    )
