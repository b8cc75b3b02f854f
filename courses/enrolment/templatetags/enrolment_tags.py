"""Tags of the run list and the run page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils import dateformat, timezone
from django.utils.translation import get_language

from common.rocdates import roc_year
from courses.enrolment.presentation import RunSummary, summary_of

register = template.Library()


@register.simple_tag
def run_summary(run: Any) -> RunSummary:
    """Return the words of a run's row: `{% run_summary run as summary %}`."""
    return summary_of(run)


@register.filter
def monthname(day: date) -> str:
    """12 月, in English Dec; with the year where it is not this one: 116 年 1 月, Jan 2027."""
    is_this_year = day.year == timezone.localdate().year
    if _is_chinese():
        return f"{day.month} 月" if is_this_year else f"{roc_year(day)} 年 {day.month} 月"
    return dateformat.format(day, "M" if is_this_year else "M Y")


@register.filter
def dayofmonth(day: date) -> str:
    """7 日; in English 7."""
    return f"{day.day} 日" if _is_chinese() else str(day.day)


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
