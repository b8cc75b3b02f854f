"""What must be said beside the figures of failed tenders, lest they be read for more than they are."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.templatetags.common_tags import rocdate
from library.models import Threshold
from library.thresholds import change_days, thresholds_changed

from .statistics_counts import Scope, unclear_cases


def notes_on(scope: Scope, overall: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is to be said of figures over `scope`; `overall` are their `statistics_counts.over_all`."""
    first, last = span_of(scope, overall)
    if first is not None and last is not None:
        yield from crossings(first, last, scope.kind)
    unclear = unclear_cases(scope)
    if unclear:
        yield ngettext(
            "%(number)d case is not counted: its agency is not known yet, so it may or may not be one of the city.",
            "%(number)d cases are not counted: their agencies are not known yet, so they may or may not be of the"
            " city.",
            unclear,
        ) % {"number": unclear}


def notes_on_rate(totals: Mapping[str, Any]) -> Iterator[str]:
    """Yield what stands outside numerator and denominator of the published figure and might be missed in it."""
    if totals["amount_unknown"]:
        yield ngettext(
            "%(number)d case of works has no known amount: it counts neither as a tender of the publication threshold"
            " or more nor as a listed one.",
            "%(number)d cases of works have no known amount: they count neither as tenders of the publication"
            " threshold or more nor as listed ones.",
            totals["amount_unknown"],
        ) % {"number": totals["amount_unknown"]}
    if totals["listed_elsewhere"]:
        yield ngettext(
            "%(number)d more case is listed without being such a tender; it is not in the share.",
            "%(number)d more cases are listed without being such tenders; they are not in the share.",
            totals["listed_elsewhere"],
        ) % {"number": totals["listed_elsewhere"]}


def span_of(scope: Scope, overall: Mapping[str, Any]) -> tuple[datetime.date | None, datetime.date | None]:
    """Return the days that figures reach over: the years that were asked for, else those of the cases themselves."""
    first, last = scope.period
    if scope.year is None:
        return overall["first"], overall["last"] if scope.to_year is None else last
    return first, last


def crossings(first: datetime.date, last: datetime.date, kind: str = "") -> Iterator[str]:
    """Yield a sentence for each day after `first`, up to `last`, on which an amount changed, with both amounts.

    Of purchases of one `kind` only the amounts that hold for it are told. Two queries, one where nothing changed.
    """
    days = change_days(first, last)
    if not days:
        return
    changes = thresholds_changed()
    for day in days:
        told = [
            _change(row, before)
            for row, before in changes
            if row.effective_from == day and before is not None and before.amount != row.amount
            if not kind or row.procurement_kind in ("", kind)
        ]
        if told:
            yield _(
                "The figures reach over a change of the amounts on %(day)s (%(changes)s). Each case stands in the band"
                " of its own day, so cases before and after it are not of the same amounts."
            ) % {"day": rocdate(day), "changes": pgettext("between parameters of a report", "; ").join(told)}


def _change(row: Threshold, before: Threshold) -> str:
    name = row.get_kind_display()
    if row.procurement_kind:
        name = f"{name} · {row.get_procurement_kind_display()}"
    return _("%(name)s: NT$%(before)s before, NT$%(after)s from then on") % {
        "name": name, "before": f"{before.amount:,}", "after": f"{row.amount:,}",
    }  # fmt: skip
