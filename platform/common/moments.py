"""Days as moments: where a day of Taipei begins and ends, for every day that a calendar knows (years 1 to 9999)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)
"""Beyond them databases cannot look: they keep moments in UTC, and the first day of Taipei begins before year 1."""


def first_moment(day: date) -> datetime:
    """Return the moment `day` begins in Taipei; for the first day of all, the earliest moment there is."""
    if day == date.min:
        return EARLIEST
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of_day(day: date) -> datetime:
    """Return the moment `day` is over in Taipei; for the last day of all, the latest moment there is."""
    return LATEST if day == date.max else first_moment(day + timedelta(days=1))


def shifted(day: date, by: timedelta) -> date:
    """Return the day `by` later (or earlier, where negative), at most the last or first one a calendar knows."""
    try:
        return day + by
    except OverflowError:
        return date.max if by > timedelta(0) else date.min
