"""Calendar files (RFC 5545) of runs and enrolments.

Every session is an event with a UID that never changes and a SEQUENCE that only grows, so that a calendar
recognises what it already has and takes over what changed. A run without sessions is one event of whole days.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Event, vCalAddress, vText

from common.calendarfiles import as_text, host, new_calendar
from courses.catalogue.models import CourseRun
from courses.catalogue.timetables import PlannedEvent, Timetable, dropped_events

from .models import Enrolment

CONFIRMED, CANCELLED = "CONFIRMED", "CANCELLED"
"""Values of STATUS (RFC 5545 §3.8.1.11)."""


def calendar_of_run(run: CourseRun) -> str:
    """Return all that a run puts into calendars, for anybody to keep; what is cancelled or was dropped as such."""
    calendar = new_calendar("course runs")
    for planned, status in _with_status(run, over_at=run.cancelled_at):
        event = _event(run, planned, uid=planned.key, sequence=run.timetable_version)
        event.add("status", status)
        calendar.add_component(event)
    return as_text(calendar)


def calendar_of_enrolment(enrolment: Enrolment) -> str:
    """Return what an enrolment puts into its trainee's own calendar.

    CONFIRMED while the seat is held. CANCELLED is what was still ahead when it was withdrawn or the run cancelled,
    and whatever was dropped from the timetable since the seat was given, until it would be past: the same UIDs with a
    higher SEQUENCE take the events away again.
    """
    run = enrolment.run
    over_at = min(filter(None, [enrolment.withdrawn_at, run.cancelled_at]), default=None)
    calendar = new_calendar("course runs")
    for planned, status in _with_status(run, over_at=over_at, since=enrolment.confirmed_at):
        event = _event(
            run, planned, uid=f"{planned.key}-enrolment-{enrolment.pk}",
            sequence=run.timetable_version + enrolment.calendar_sequence,
            changed_at=max(
                run.timetable_changed_at, enrolment.withdrawn_at or enrolment.restored_at or enrolment.confirmed_at
            ),
        )  # fmt: skip
        if planned.video_url and status == CONFIRMED:
            event["description"] = vText(f"{event['description']}\n{planned.video_url}")
        event.add("status", status)
        event.add("organizer", _address(_sender(), settings.SITE_NAME))
        calendar.add_component(event)
    return as_text(calendar)


def _with_status(
    run: CourseRun, *, over_at: datetime | None, since: datetime | None = None
) -> Iterator[tuple[PlannedEvent, str]]:
    """Yield the events of a run with their STATUS, those that were dropped and are still ahead at the end.

    Of what is over at `over_at`, sessions held before stay as they were: they took place.
    """
    for event in Timetable.of(run).events:
        yield event, CANCELLED if over_at is not None and event.ends_at > over_at else CONFIRMED
    now = timezone.now()
    for event in dropped_events(run, since=since):
        if event.ends_at > now:
            yield event, CANCELLED


def attachment_of(enrolment: Enrolment) -> dict[str, str]:
    """Return the calendar of an enrolment as an attachment of a message."""
    return {
        "name": f"{enrolment.run.code}.ics",
        "mimetype": "text/calendar; method=PUBLISH",
        "text": calendar_of_enrolment(enrolment),
    }


def _event(
    run: CourseRun, planned: PlannedEvent, *, uid: str, sequence: int, changed_at: datetime | None = None
) -> Event:
    changed_at = changed_at or run.timetable_changed_at
    event = Event()
    event.add("uid", f"{uid}@{host()}")
    event.add("sequence", sequence)
    event.add("dtstamp", changed_at.astimezone(UTC))
    event.add("last-modified", changed_at.astimezone(UTC))
    if planned.is_all_day:  # DATE values; the end is the day after the last (RFC 5545 §3.6.1)
        event.add("dtstart", timezone.localdate(planned.starts_at))
        event.add("dtend", timezone.localdate(planned.ends_at))
    else:
        event.add("dtstart", timezone.localtime(planned.starts_at))
        event.add("dtend", timezone.localtime(planned.ends_at))
    title = planned.display_title
    event.add("summary", run.display_title if title in run.display_title else f"{run.display_title}：{title}")
    location = " ".join(dict.fromkeys(filter(None, [run.place, planned.room])))
    if location:
        event.add("location", location)
    url = settings.SITE_URL + reverse("enrolment:run", args=[run.code])
    event.add("url", url)
    lines = [run.code if planned.is_all_day else f"{run.code} #{planned.number}"]
    if planned.instructor:
        lines.append(_("Instructor: %(name)s") % {"name": planned.instructor})
    event.add("description", "\n".join([*lines, url]))
    return event


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = name
    return address


def _sender() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">").strip()
