"""Dates of the Republic of China: stored as ISO, read in every form that people type, shown as 115 年 11 月 20 日."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

ROC_OFFSET = 1911

# 107/1/5, 107-01-05, 107.1.5, 107年1月5日, 2018/1/5, each with or without a time of day behind it
_PARTS = re.compile(
    r"(?:中華民國|民國)?\s*(?P<year>\d{2,4})\s*[/\-.年]\s*(?P<month>\d{1,2})\s*[/\-.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
# 1070105, 990105, 20180105
_COMPACT = re.compile(r"(?P<year>\d{2,4})(?P<month>\d{2})(?P<day>\d{2})")


def roc_year(day: date) -> int:
    """The ROC year of `day`: 107 for 2018; zero and less before 1912."""
    return day.year - ROC_OFFSET


def to_gregorian_year(roc: int) -> int:
    """The Gregorian year of the ROC year `roc`: 2018 for 107."""
    return roc + ROC_OFFSET


def format_roc(day: date) -> str:
    """`day` in Chinese: 115 年 11 月 20 日, and 民國前 1 年 … before 1912."""
    year = roc_year(day)
    shown = f"{year} 年" if year > 0 else f"民國前 {1 - year} 年"
    return f"{shown} {day.month} 月 {day.day} 日"


def parse_date(value: Any) -> date:
    """Read a date as people and spreadsheets write it.

    Taken: `date` and `datetime` (aware ones in the site's time zone), ISO 2018-01-05, and ROC years in
    107/1/5, 107-01-05, 107.1.5, 1070105, 民國107年1月5日, full-width digits too. A year of two or three
    digits is an ROC year, one of four digits is Gregorian.

    Raises `ValueError`, in words for the reader, for anything else.
    """
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if isinstance(value, date):
        return value
    text = _as_text(value)
    found = _PARTS.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None:
        raise ValueError(
            _("“%(value)s” is not a date; expected for example 107/1/5, 1070105 or 2018-01-05.") % {"value": text}
        )
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    if len(found["year"]) < 4:
        year = to_gregorian_year(year)
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(_("“%(value)s” is not a day of the calendar.") % {"value": text}) from None


def _as_text(value: Any) -> str:
    """`value` as typed: a number without its decimal point, text without full-width forms and outer spaces."""
    if isinstance(value, float | Decimal) and value == int(value):
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip()
