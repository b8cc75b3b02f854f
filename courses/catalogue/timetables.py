"""What people are told of a run and keep in their calendars, at one moment; and what changed between two of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from common.templatetags.common_tags import clock, rocdate, rocdatetime, shortdate

from .enums import Delivery
from .models import CourseRun, Session
from .selectors import sessions_of


@dataclass(frozen=True)
class PlannedEvent:
    """What stands in a calendar under one key: a session, or all days of a run that has none yet.

    `starts_at` and `ends_at` are moments; `is_all_day` says that only their days are known, and the end
    is the midnight after the last.
    """

    key: str
    number: int
    title: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    room: str = ""
    video_url: str = ""
    instructor: str = ""
    is_all_day: bool = False

    @property
    def last_day(self) -> date:
        """The last day of the event."""
        return timezone.localdate(self.ends_at - timedelta(microseconds=1))

    @property
    def display_title(self) -> str:
        """The title in the reader's language."""
        return self.title_en if get_language() == "en" else self.title

    def in_words(self) -> str:
        """Return the event in one line, in the current language; without the video link, which is not for all."""
        if self.is_all_day:
            return span(timezone.localdate(self.starts_at), self.last_day)
        when = f"{shortdate(self.starts_at)} {clock(self.starts_at)}–{clock(self.ends_at)}"
        return _(" · ").join(filter(None, [f"{when} {self.display_title}".strip(), self.room, self.instructor]))


@dataclass(frozen=True)
class Change:
    """One thing that changed, in words; `before` is empty for what is new, `after` for what was dropped."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Timetable:
    """All that is told of a run: names, days, place, form, deadlines, and what stands in calendars."""

    title: str
    title_en: str
    starts_on: date
    ends_on: date
    place: str
    delivery: str
    enrol_until: datetime
    withdraw_until: datetime
    events: tuple[PlannedEvent, ...]

    @classmethod
    def of(cls, run: CourseRun) -> Timetable:
        """Return the timetable of `run` as the database has it."""
        run = CourseRun.objects.select_related("course").get(pk=run.pk)
        events = [
            PlannedEvent(
                key=f"session-{session.pk}",
                number=session.number,
                title=_title_in(settings.LANGUAGE_CODE, session),
                title_en=_title_in("en", session),
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                room=session.room,
                video_url=session.video_url,
                instructor=str(session.instructor or ""),
            )
            for session in sessions_of(run)
        ]
        return cls(
            title=run.title,
            title_en=run.title_en,
            starts_on=run.starts_on,
            ends_on=run.ends_on,
            place=run.place,
            delivery=run.delivery,
            enrol_until=run.enrol_until,
            withdraw_until=run.withdraw_until,
            events=tuple(events or [_all_days_of(run)]),
        )

    def as_json(self) -> dict[str, Any]:
        """Return it for `FormerTimetable.facts`."""
        facts = asdict(self)
        events = [_plain(event) for event in facts.pop("events")]
        return _plain(facts) | {"events": events}

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Timetable:
        """Return what `as_json` wrote."""
        days = {name: parse_date(facts[name]) for name in ("starts_on", "ends_on")}
        moments = {name: parse_datetime(facts[name]) for name in ("enrol_until", "withdraw_until")}
        events = tuple(
            PlannedEvent(**event | {name: parse_datetime(event[name]) for name in ("starts_at", "ends_at")})
            for event in facts["events"]
        )
        return cls(**facts | days | moments | {"events": events})

    def changes_since(self, before: Timetable, *, now: datetime) -> list[Change]:
        """Return what is new, moved, dropped or otherwise changed since `before`, in words, in the current language.

        What was over before and is over now is history and changes nothing for anybody.
        """
        changes = [
            Change(label, old, new)
            for label, old, new in (
                (_("Title"), before.title, self.title),
                (_("English title"), before.title_en, self.title_en),
                (_("Days"), span(before.starts_on, before.ends_on), span(self.starts_on, self.ends_on)),
                (_("Delivery"), _delivery(before.delivery), _delivery(self.delivery)),
                (_("Place"), before.place, self.place),
                (_("Enrolment closes"), rocdatetime(before.enrol_until), rocdatetime(self.enrol_until)),
                (_("Withdrawal until"), rocdatetime(before.withdraw_until), rocdatetime(self.withdraw_until)),
            )
            if old != new
        ]
        return changes + self._changed_events(before, now)

    def _changed_events(self, before: Timetable, now: datetime) -> list[Change]:
        old = {event.key: event for event in before.events if not event.is_all_day}
        new = {event.key: event for event in self.events if not event.is_all_day}
        changes = []
        for key in sorted(old.keys() | new.keys(), key=lambda key: (new.get(key) or old[key]).starts_at):
            was, is_now = old.get(key), new.get(key)
            if was == is_now or all(event is None or event.ends_at <= now for event in (was, is_now)):
                continue
            if was is None or is_now is None:
                label = _("New session") if was is None else _("Session dropped")
                changes.append(Change(label, was.in_words() if was else "", is_now.in_words() if is_now else ""))
                continue
            words = [was.in_words(), is_now.in_words()]
            if words[0] == words[1]:  # what was changed is not said in a line: the link, or the number
                words = ["", _("%(session)s: new video link") % {"session": words[1]}]
            label = (
                _("Session changed")
                if was.starts_at == is_now.starts_at and was.ends_at == is_now.ends_at
                else _("Session moved")
            )
            changes.append(Change(label, *words))
        return changes


def span(first: date, last: date) -> str:
    """Return the days from `first` to `last` in words."""
    if first == last:
        return rocdate(first)
    return _("From %(first)s to %(last)s") % {"first": rocdate(first), "last": rocdate(last)}


def dropped_events(run: CourseRun, *, since: datetime | None = None) -> list[PlannedEvent]:
    """Return what once stood in a timetable of `run` and does so no more, by its last state, in time.

    With `since`, only what was still told at that moment or later: nobody is told that something ended of which
    they never heard.
    """
    former = run.former_timetables.order_by("version")
    if since is not None:
        former = former.filter(replaced_at__gte=since)
    known = {event.key: event for row in former for event in Timetable.from_json(row.facts).events}
    today = {event.key for event in Timetable.of(run).events}
    return sorted((event for key, event in known.items() if key not in today), key=lambda event: event.starts_at)


def _all_days_of(run: CourseRun) -> PlannedEvent:
    zone = timezone.get_current_timezone()
    return PlannedEvent(
        key=f"run-{run.pk}",
        number=0,
        title="",
        title_en="",
        starts_at=datetime.combine(run.starts_on, time.min, zone),
        ends_at=datetime.combine(run.ends_on + timedelta(days=1), time.min, zone),
        is_all_day=True,
    )


def _title_in(language: str, session: Session) -> str:
    with override(language):
        return session.display_title


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}


def _delivery(value: str) -> str:
    return str(Delivery(value).label)
