"""Filters that show dates, durations, numbers and names in the language of the page. `None` and "" show nothing."""

from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.utils import dateformat, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.names import mask_name
from common.rocdates import format_roc, roc_year

register = template.Library()

_WEEKDAYS = "一二三四五六日"
_MISSING = "—"


@register.filter
def rocdate(value: date | datetime | None) -> str:
    """115 年 11 月 20 日; in English 20 November 2026."""
    if not value:
        return ""
    day = _day(value)
    return format_roc(day) if _is_chinese() else dateformat.format(day, "j F Y")


@register.filter
def shortdate(value: date | datetime | None) -> str:
    """11/20 週五; in English Fri 20 Nov."""
    if not value:
        return ""
    day = _day(value)
    if _is_chinese():
        return f"{day.month}/{day.day} 週{_WEEKDAYS[day.weekday()]}"
    return dateformat.format(day, "D j M")


@register.filter
def rocyear(value: date | None) -> str:
    """115 年; in English 2026."""
    if not value:
        return ""
    return f"{roc_year(value)} 年" if _is_chinese() else str(value.year)


@register.filter
def rocmonth(value: date | None) -> str:
    """115 年 11 月; in English November 2026."""
    if not value:
        return ""
    return f"{roc_year(value)} 年 {value.month} 月" if _is_chinese() else dateformat.format(value, "F Y")


@register.filter
def weekday(value: date | None) -> str:
    """週五; in English Fri."""
    if not value:
        return ""
    return f"週{_WEEKDAYS[value.weekday()]}" if _is_chinese() else dateformat.format(value, "D")


@register.filter
def clock(value: datetime | time | None) -> str:
    """09:00, in the site's time zone."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%H:%M}"


@register.filter
def rocdatetime(value: datetime | None) -> str:
    """115 年 11 月 20 日 09:00; in English 20 November 2026, 09:00."""
    if not value:
        return ""
    return f"{rocdate(value)}{' ' if _is_chinese() else ', '}{clock(value)}"


@register.filter
def duration(minutes: float | Decimal | Fraction | None) -> str:
    """90 (minutes) as 1 小時 30 分, in English 1 h 30 min. A part of a minute is dropped."""
    if minutes is None or minutes == "":
        return ""
    whole = int(minutes)
    hours_part, minutes_part = divmod(abs(whole), 60)
    if not hours_part:
        shown = _("%(minutes)d min") % {"minutes": minutes_part}
    elif not minutes_part:
        shown = _("%(hours)d h") % {"hours": hours_part}
    else:
        shown = _("%(hours)d h %(minutes)d min") % {"hours": hours_part, "minutes": minutes_part}
    return f"−{shown}" if whole < 0 else shown


@register.filter
def hours(minutes: float | Decimal | Fraction | None, minutes_per_hour: int = 60) -> str:
    """1890 (minutes) as 31.5: hours of `minutes_per_hour`, at most two decimals, none that say nothing."""
    if minutes is None or minutes == "":
        return ""
    return f"{_rounded(Fraction(minutes) / minutes_per_hour, 2).normalize():f}"


@register.filter
def percent(value: float | Decimal | Fraction | None, decimals: int = 2) -> str:
    """91.43 (a percentage, as the reports hold it) as 91.43%; a dash where there is no rate.

    `{{ rate|percent:0 }}` rounds to whole per cent. For a share between 0 and 1 use `ratio`.
    """
    if value is None or value == "":
        return _MISSING
    return f"{_rounded(Fraction(value), decimals):f}%"


@register.filter
def ratio(value: float | Decimal | Fraction | None, decimals: int = 2) -> str:
    """0.9143 (a share of one) as 91.43%; a dash where there is none."""
    if value is None or value == "":
        return _MISSING
    return percent(Fraction(value) * 100, decimals)


@register.filter
def masked(name: Any) -> str:
    """王小明 as 王○明: see `common.names.mask_name`."""
    return mask_name(str(name)) if name else ""


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def _rounded(value: Fraction, decimals: int) -> Decimal:
    """`value` rounded half up, as people round, not half to even."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
