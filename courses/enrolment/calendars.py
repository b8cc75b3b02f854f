"""Calendar files (RFC 5545) of runs and enrolments.

Every session is an event with a UID that never changes and a SEQUENCE that only grows, so that a calendar
recognises what it already has and takes over what changed.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Event, vCalAddress, vText

from common.calendarfiles import as_text, host, new_calendar
from courses.catalogue.models import CourseRun, Session
from courses.catalogue.selectors import sessions_of

from .enums import EnrolmentState
from .models import Enrolment


def calendar_of_run(run: CourseRun) -> str:
    """Return all sessions of a run for anybody to keep; cancelled ones as such."""
    calendar = new_calendar("course runs")
    for session in sessions_of(run):
        event = _event(run, session, uid=f"session-{session.pk}", sequence=run.timetable_version)
        event.add("status", "CANCELLED" if run.cancelled_at else "CONFIRMED")
        calendar.add_component(event)
    return as_text(calendar)


def calendar_of_enrolment(enrolment: Enrolment) -> str:
    """Return the sessions of an enrolment for its trainee's own calendar.

    CONFIRMED while the seat is held, CANCELLED once it is withdrawn or the run cancelled: the same UIDs
    with a higher SEQUENCE take the events away again.
    """
    run = enrolment.run
    is_over = bool(run.cancelled_at) or enrolment.state != EnrolmentState.CONFIRMED
    calendar = new_calendar("course runs")
    for session in sessions_of(run):
        event = _event(
            run, session, uid=f"session-{session.pk}-enrolment-{enrolment.pk}",
            sequence=run.timetable_version + enrolment.calendar_sequence,
            changed_at=max(
                run.timetable_changed_at, enrolment.withdrawn_at or enrolment.restored_at or enrolment.confirmed_at
            ),
        )  # fmt: skip
        if session.video_url and not is_over:
            event["description"] = vText(f"{event['description']}\n{session.video_url}")
        event.add("status", "CANCELLED" if is_over else "CONFIRMED")
        event.add("organizer", _address(_sender(), settings.SITE_NAME))
        calendar.add_component(event)
    return as_text(calendar)


def attachment_of(enrolment: Enrolment) -> dict[str, str]:
    """Return the calendar of an enrolment as an attachment of a message."""
    return {
        "name": f"{enrolment.run.code}.ics",
        "mimetype": "text/calendar; method=PUBLISH",
        "text": calendar_of_enrolment(enrolment),
    }


def _event(run: CourseRun, session: Session, *, uid: str, sequence: int, changed_at: datetime | None = None) -> Event:
    changed_at = changed_at or run.timetable_changed_at
    event = Event()
    event.add("uid", f"{uid}@{host()}")
    event.add("sequence", sequence)
    event.add("dtstamp", changed_at.astimezone(UTC))
    event.add("last-modified", changed_at.astimezone(UTC))
    event.add("dtstart", timezone.localtime(session.starts_at))
    event.add("dtend", timezone.localtime(session.ends_at))
    title = session.display_title
    event.add("summary", run.display_title if title in run.display_title else f"{run.display_title}：{title}")
    location = " ".join(dict.fromkeys(filter(None, [run.place, session.room])))
    if location:
        event.add("location", location)
    url = settings.SITE_URL + reverse("enrolment:run", args=[run.code])
    event.add("url", url)
    lines = [f"{run.code} #{session.number}"]
    if session.instructor:
        lines.append(_("Instructor: %(name)s") % {"name": session.instructor})
    event.add("description", "\n".join([*lines, url]))
    return event


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = name
    return address


def _sender() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">").strip()
