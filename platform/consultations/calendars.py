"""The calendar file (RFC 5545) of an officer's turns at the hotline."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Event

from common.calendarfiles import as_text, host, new_calendar, stamp

from .hours import begins_at, ends_at
from .models import DutyShift


def calendar_of_shifts(shifts: Iterable[DutyShift], *, given_away: Iterable[DutyShift] = ()) -> str:
    """Return these shifts as events; each half day keeps its UID, so a calendar never shows it twice.

    Those `given_away` are cancelled: they leave the calendar of who had them.
    """
    calendar = new_calendar("hotline roster")
    for shift, is_cancelled in [*((shift, False) for shift in shifts), *((shift, True) for shift in given_away)]:
        event = Event()
        event.add("uid", f"hotline-{shift.day.isoformat()}-{shift.part}@{host()}")
        stamp(event, is_cancelled=is_cancelled)
        event.add("dtstart", begins_at(shift.day, shift.part))
        event.add("dtend", ends_at(shift.day, shift.part))
        event.add("summary", _("On duty at the procurement hotline"))
        event.add("url", settings.SITE_URL + reverse("hotline_roster:mine"))
        calendar.add_component(event)
    return as_text(calendar)
