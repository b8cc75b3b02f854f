"""Which band is this purchase? The amounts of a day, and what follows: public."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.errors import DomainError
from common.moments import shifted

from ..bands import RULES, basis_of, consequences_of
from ..enums import Band, ProcurementKind
from ..forms import BandForm
from ..thresholds import KINDS, BandAnswer, amounts_on, band_of, change_days, thresholds_changed

_NEAR = timedelta(days=366)
"""A change of the amounts this near to the day asked for is pointed out."""

_FIELDS = {"amount": "amount", "options": "options", "no_threshold": "day"}
_COUNTING = (RULES, "6")


@login_not_required
@require_safe
def thresholds(request: HttpRequest) -> HttpResponse:
    """Answer which band a purchase is in, and show the amounts of that day and how they have changed."""
    today = timezone.localdate()
    is_asked = "amount" in request.GET
    form = BandForm(request.GET) if is_asked else BandForm(initial={"kind": ProcurementKind.GOODS, "day": today})
    answer = _answer(form) if is_asked and form.is_valid() else None
    day = form.cleaned_data.get("day") or today if is_asked and form.is_valid() else today
    context: dict[str, Any] = {
        "form": form,
        "answer": answer,
        "day": day,
        "kinds": ProcurementKind,
        "rows": _rows(amounts_on(day)),
        "changes": thresholds_changed(),
    }
    if answer is not None:
        context |= {
            "ladder": _ladder(answer),
            "consequences": consequences_of(answer),
            "counting": basis_of([_COUNTING])[_COUNTING],
            "change_days": change_days(shifted(day, -_NEAR), shifted(day, _NEAR)),
        }
    return render(request, "library/thresholds.html", context)


def _answer(form: BandForm) -> BandAnswer | None:
    asked = form.cleaned_data
    try:
        return band_of(
            kind=ProcurementKind(asked["kind"]),
            amount=asked["amount"],
            options=asked["options"] or 0,
            day=asked["day"] or timezone.localdate(),
        )
    except DomainError as refusal:
        form.add_error(_FIELDS[refusal.code], str(refusal))
        return None


def _rows(amounts: dict[ProcurementKind, Any]) -> list[dict[str, Any]]:
    """The table of the day: one row for each named amount, with its cell for works, goods and services."""
    rows = []
    for kind in KINDS:
        cells = [amounts[procurement].get(kind) for procurement in ProcurementKind]
        if any(cells):
            known = next(cell for cell in cells if cell)
            rows.append(
                {"kind": kind, "cells": list(zip(ProcurementKind, cells, strict=True)), "article": known.article}
            )
    return rows


def _ladder(answer: BandAnswer) -> list[dict[str, Any]]:
    """The bands from the highest down, each with the amount at its edge; the purchase stands in one."""
    by_band = {
        Band.LARGE: KINDS[3], Band.INSPECTION: KINDS[2], Band.PUBLICATION: KINDS[1], Band.BELOW_PUBLICATION: KINDS[0],
        Band.SMALL: KINDS[0],
    }  # fmt: skip
    return [
        {"band": band, "amount": answer.thresholds[kind].amount, "is_here": band == answer.band}
        for band, kind in by_band.items()
    ]
