"""What calendar files (RFC 5545) of several apps share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, Timezone, TimezoneStandard

CONTENT_TYPE = "text/calendar; charset=utf-8"


def new_calendar(what: str) -> Calendar:
    """Return an empty calendar of METHOD PUBLISH; `what` names in English what is in it.

    A class or a roster has many events, each with a UID of its own: REQUEST and CANCEL may hold only one
    (RFC 5546 §3.2.2, §3.2.5), and a calendar that follows the rule would show the first alone.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{host()}//{what}//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_taipei())
    return calendar


def stamp(event: Event, *, is_cancelled: bool = False) -> None:
    """Say that `event` stands, or is cancelled, as of now: whatever a calendar was told of its UID before gives way.

    For events without a version of their own: the SEQUENCE is the time.
    """
    now = timezone.now().astimezone(UTC)
    event.add("sequence", int(now.timestamp()) % 2**31)
    event.add("dtstamp", now)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")


def host() -> str:
    """Return the site's host, which makes UIDs ours."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def as_text(calendar: Calendar) -> str:
    """Return the file's text."""
    return str(calendar.to_ical().decode())


def _taipei() -> Timezone:
    """Return the time zone of Taipei: UTC+8 the whole year."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1980, 1, 1))  # noqa: DTZ001  RFC 5545 wants local time here
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone = Timezone()
    zone.add("tzid", settings.TIME_ZONE)
    zone.add_component(standard)
    return zone
