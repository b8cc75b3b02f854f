"""Tags of the run list and the run page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils import dateformat
from django.utils.translation import get_language

from courses.enrolment.presentation import RunSummary, summary_of

register = template.Library()


@register.simple_tag
def run_summary(run: Any) -> RunSummary:
    """Return the words of a run's row: `{% run_summary run as summary %}`."""
    return summary_of(run)


@register.filter
def monthname(day: date) -> str:
    """12 月; in English Dec. With the year where it is not this one's neighbour the page says it elsewhere."""
    return f"{day.month} 月" if _is_chinese() else dateformat.format(day, "M")


@register.filter
def dayofmonth(day: date) -> str:
    """7 日; in English 7."""
    return f"{day.day} 日" if _is_chinese() else str(day.day)


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
