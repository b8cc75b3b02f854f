"""The office calendar (政府行政機關辦公日曆表): which days are worked, and counting in working days."""

from __future__ import annotations

from datetime import date, timedelta

from .models import OfficeDay


def is_working_day(day: date) -> bool:
    """Whether `day` is worked: as the office calendar says, or Monday to Friday where it says nothing."""
    known = OfficeDay.objects.filter(day=day).values_list("is_working", flat=True).first()
    return day.weekday() < 5 if known is None else known


def working_days(first: date, last: date) -> list[date]:
    """Return the working days from `first` to `last`, both included, with one query."""
    known = dict(OfficeDay.objects.filter(day__range=(first, last)).values_list("day", "is_working"))
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    return [day for day in days if known.get(day, day.weekday() < 5)]


def next_working_day(day: date) -> date:
    """Return the first working day after `day`. Looks two months ahead, more than any holiday lasts."""
    return working_days(day + timedelta(days=1), day + timedelta(days=60))[0]
