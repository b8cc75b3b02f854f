"""The hours at which the hotline is answered: two half days of every working day."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from .enums import ShiftPart


def part_at(at: datetime) -> ShiftPart | None:
    """Return the half day that `at` (aware) falls into by the clock alone; None outside office hours."""
    clock = timezone.localtime(at).time()
    for part, (begins, ends) in settings.HOTLINE_HOURS.items():
        if begins <= clock < ends:
            return ShiftPart(part)
    return None


def begins_at(day: date, part: str) -> datetime:
    """Return when this half day begins, in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, settings.HOTLINE_HOURS[part][0]))


def ends_at(day: date, part: str) -> datetime:
    """Return when this half day ends, in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, settings.HOTLINE_HOURS[part][1]))
