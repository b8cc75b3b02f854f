"""Dates of the Republic of China: stored as ISO, read in every form that people type, shown as 115 年 11 月 20 日."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

ROC_OFFSET = 1911

# 107/1/5, 107-01-05, 107.1.5, 107年1月5日, 2018/1/5, each with or without the day of the week behind it
_PARTS = re.compile(
    r"(?:中華民國|民國)?\s*(?P<year>\d{2,4})\s*[/\-.年]\s*(?P<month>\d{1,2})\s*[/\-.月]\s*(?P<day>\d{1,2})(?!\d)(?:\s*日)?"
    r"(?:\s*(?:\((?:星期|[週周])?[一二三四五六日]\)|(?:星期|[週周])[一二三四五六日]))?"
)
# 1070105, 990105, 20180105
_COMPACT = re.compile(r"(?P<year>\d{2,4})(?P<month>\d{2})(?P<day>\d{2})(?!\d)")
# 14:30, 14:30:59, 14時30分, 下午 2:30, 2:30 PM
_TIME = re.compile(
    r"(?P<half>[上下]午|AM|PM)?\s*(?P<hour>\d{1,2})\s*[:時點]\s*(?P<minute>\d{2})?\s*分?(?::\d{2}(?:\.\d+)?)?"
    r"\s*(?P<half_behind>AM|PM)?",
    re.IGNORECASE,
)
_FIRST_SERIAL, _LAST_SERIAL = 29221, 73050  # 1980-01-01 and 2099-12-31
_DAY_ZERO = date(1899, 12, 30)
# Typed years below are completed to 19xx or 20xx by every program, years above are no ROC years.
_FIRST_TYPED_YEAR, _LAST_TYPED_YEAR = 10, 999


def roc_year(day: date) -> int:
    """The ROC year of `day`: 107 for 2018; zero and less before 1912."""
    return day.year - ROC_OFFSET


def to_gregorian_year(roc: int) -> int:
    """The Gregorian year of the ROC year `roc`: 2018 for 107."""
    return roc + ROC_OFFSET


def roc_day_of_antiquity(day: date) -> date | str | None:
    """The day that was typed where a program took its ROC year for one of the first thousand years; None for others.

    LibreOffice takes 107/6/20 for a day of the year 107. It shows days before 1582 by the Julian calendar but keeps
    them by the Gregorian: 0107-06-19 in the file is 107/6/20 on the screen, and 2018-06-20 was meant. A time of day
    stays. A day that the ROC year does not have (104/2/29) comes back as that text.
    """
    year, month, of_month = _julian(day)
    if not _FIRST_TYPED_YEAR <= year <= _LAST_TYPED_YEAR:
        return None
    try:
        return day.replace(year=to_gregorian_year(year), month=month, day=of_month)
    except ValueError:
        return f"{year}/{month}/{of_month}"


def _julian(day: date) -> tuple[int, int, int]:
    """Year, month and day by the Julian calendar (Richards' algorithm, from the Julian day number)."""
    era = day.toordinal() + 1721425 + 32082
    year = (4 * era + 3) // 1461
    of_year = era - 1461 * year // 4
    month = (5 * of_year + 2) // 153
    return year - 4800 + month // 10, month + 3 - 12 * (month // 10), of_year - (153 * month + 2) // 5 + 1


def format_roc(day: date) -> str:
    """`day` in Chinese: 115 年 11 月 20 日, and 民國前 1 年 … before 1912."""
    year = roc_year(day)
    shown = f"{year} 年" if year > 0 else f"民國前 {1 - year} 年"
    return f"{shown} {day.month} 月 {day.day} 日"


def parse_date(value: Any) -> date:
    """Read a date as people and spreadsheets write it.

    Taken: `date` and `datetime` (aware ones in the site's time zone), ISO 2018-01-05, and ROC years in
    107/1/5, 107-01-05, 107.1.5, 1070105, 民國107年1月5日, full-width digits too; the day of the week and the
    time behind it are passed over. A year of two or three digits is an ROC year, also behind a zero (0107); one of four
    digits is Gregorian. A number far below zero is how a program keeps an ROC year that it took for one of antiquity.

    Raises `ValueError`, in words for the reader, for anything else.
    """
    return parse_moment(value)[0]


def parse_moment(value: Any) -> tuple[date, time | None]:
    """Read a date as `parse_date` does, and the time of day behind it where there is one.

    Raises `ValueError`, in words for the reader.
    """
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.date(), local.time()
    if isinstance(value, date):
        return value, None
    text = _as_text(value)
    found = _PARTS.match(text) or _COMPACT.match(text)
    rest = text[found.end() :] if found else ""
    if found is None and text.startswith("-"):
        return moment_of_serial(text)
    if found is None or (rest and not (rest[0].isspace() or rest[0] == "T")):
        raise _not_a_date(text)
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    if len(found["year"]) < 4 or _FIRST_TYPED_YEAR <= year <= _LAST_TYPED_YEAR:
        year = to_gregorian_year(year)
    try:
        clock = parse_time(rest.lstrip("T \t")) if rest else None
    except ValueError:
        raise _not_a_date(text) from None
    try:
        return date(year, month, day), clock
    except ValueError:
        raise ValueError(_("“%(value)s” is not a day of the calendar.") % {"value": text}) from None


def parse_time(value: Any) -> time:
    """Read a time of day: 14:30, 14時30分, 下午 2:30, 2:30 PM, 1430. Raises `ValueError`, in words for the reader."""
    text = _as_text(value)
    found = _TIME.fullmatch(text) or re.fullmatch(r"(?P<hour>\d{2})(?P<minute>\d{2})", text)
    if found is not None:
        parts = found.groupdict()
        half = (parts.get("half") or parts.get("half_behind") or "").upper()
        hour, minute = int(parts["hour"]), int(parts["minute"] or 0)
        if half in {"下午", "PM"} and hour < 12:
            hour += 12
        elif half in {"上午", "AM"} and hour == 12:
            hour = 0
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise ValueError(_("“%(value)s” is not a time of day; expected for example 14:30.") % {"value": text})


def moment_of_serial(value: Any) -> tuple[date, time | None]:
    """The day and the time of day that a spreadsheet counts as `value` (43164.5 is 2018-03-05 12:00), to the minute.

    Days since 1899-12-30, from 1980 to 2099; or far below zero, where the program took an ROC year for one of
    antiquity. Raises `ValueError`, in words for the reader, for anything else. A serial says nothing that a person
    could check: who takes one should say so.
    """
    text = _as_text(value)
    if not re.fullmatch(r"\d{5}(?:\.\d+)?|-\d{6}(?:\.\d+)?", text):
        raise _not_a_date(text)
    serial = Decimal(text)
    moment = datetime.combine(_DAY_ZERO, time()) + timedelta(minutes=round(serial * 24 * 60))
    clock = None if moment.time() == time() and serial == int(serial) else moment.time()
    if serial > 0:
        if not _FIRST_SERIAL <= int(serial) <= _LAST_SERIAL:
            raise _not_a_date(text)
        return moment.date(), clock
    day = roc_day_of_antiquity(moment.date())
    if not isinstance(day, date):
        raise _not_a_date(text)
    return day, clock


def _not_a_date(text: str) -> ValueError:
    return ValueError(
        _("“%(value)s” is not a date; expected for example 107/1/5, 1070105 or 2018-01-05.") % {"value": text}
    )


def _as_text(value: Any) -> str:
    """`value` as typed: a number without its decimal point, text without full-width forms and outer spaces."""
    if isinstance(value, float | Decimal) and value == int(value):
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip()
