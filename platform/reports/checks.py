"""What is looked at before the site starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from .kpi import LowerIsBetterFormula


def formula_is_known(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a formula for achievements that nobody knows."""
    known = [formula.value for formula in LowerIsBetterFormula]
    if settings.KPI_LOWER_IS_BETTER_FORMULA in known:
        return []
    return [
        Error(
            f"KPI_LOWER_IS_BETTER_FORMULA is {settings.KPI_LOWER_IS_BETTER_FORMULA!r}.",
            hint=f"It must be one of {', '.join(known)}.",
            id="reports.E001",
        )
    ]
