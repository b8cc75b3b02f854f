"""Which subjects and error patterns rise, beside what teaches them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..permissions import can_view_statistics, can_view_trends
from ..trends import FEW_CASES, Trend, bars_of, last_whole_span, spans_to_choose
from ..trends import trends as trends_of

BAR_HEIGHT, BAR_WIDTH, BAR_STEP = 36, 12, 18


@dataclass(frozen=True)
class Bar:
    """One bar of a row, in units of its viewBox; `kind` is last-year, before or now."""

    kind: str
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class Row:
    """A subject or a pattern with its bars."""

    trend: Trend
    bars: list[Bar]


@require_safe
def trends(request: HttpRequest) -> HttpResponse:
    """Show the trends of the three months that end with `until` (115-10); of the last whole ones without it."""
    if not can_view_trends(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    spans = spans_to_choose(today)
    asked = request.GET.get("until", "")
    span = next((span for span in spans if span.key == asked), last_whole_span(today))
    found = trends_of(span)
    return render(
        request,
        "consultations/trends.html",
        {
            "trends": found,
            "span": span,
            "before": span.earlier(3),
            "last_year": span.earlier(12),
            "spans": spans,
            "subjects": _rows(found.subjects, found.highest),
            "patterns": _rows(found.patterns, found.highest),
            "few": FEW_CASES,
            "may_view_report": can_view_statistics(request.user),
        },
    )


def _rows(found: Sequence[Trend], highest: int) -> list[Row]:
    return [Row(trend, _bars(trend, highest)) for trend in found]


def _bars(trend: Trend, highest: int) -> list[Bar]:
    heights = [round(BAR_HEIGHT * count / highest, 1) if highest else 0 for count in bars_of(trend)]
    return [
        Bar(kind, index * BAR_STEP, round(BAR_HEIGHT - height, 1), height)
        for index, (kind, height) in enumerate(zip(("last-year", "before", "now"), heights, strict=True))
    ]
