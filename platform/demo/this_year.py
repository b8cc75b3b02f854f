"""This year's classes, relative to today: open, full, running, finished; all people invented."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Agency, District, Person
from certificates.services import request_batch, run_batch
from courses.assessment.models import Sitting
from courses.attendance.enums import AttendanceStatus
from courses.attendance.models import AttendanceRecord
from courses.catalogue.enums import Delivery
from courses.catalogue.models import Course, CourseRun, Session
from courses.catalogue.services import AFTERNOON, MORNING, lay_out_sessions, open_run
from courses.enrolment.enums import WaitingState
from courses.enrolment.models import Enrolment, WaitingListEntry
from faculty.models import Instructor
from qualifications.enums import Level
from qualifications.models import QualificationRecord

from .people import invent_people
from .year107 import at, record

CITY_HALL = "臺灣大道市政大樓 4 樓 401 教室（示範）"


@dataclass
class Cast:
    """Who plays in the demonstration: hands out people nobody else has."""

    agencies: list[Agency]
    used: int = 422  # the year 107 took these

    def people(self, count: int) -> list[Person]:
        """Return `count` new people."""
        people = invent_people(count, skip=self.used, agencies=self.agencies)
        self.used += count
        return people


def lay() -> None:
    """Lay one run of each state, and what has happened in it so far."""
    today = timezone.localdate()
    cast = Cast(list(Agency.objects.exclude(name="臺中市政府").order_by("pk")))
    trainee = Person.objects.get(email="trainee@demo.test")
    demo_instructor = Instructor.objects.get(person__email="instructor@demo.test")
    others = list(Instructor.objects.exclude(pk=demo_instructor.pk).order_by("pk"))

    _lay_finished_lecture(today, cast, trainee, others[0])
    _lay_finished_basic(today, cast, others)
    _lay_running_basic(today, cast, trainee, demo_instructor, others)
    _lay_open_basic(today, cast, others)
    _lay_full_lecture(today, cast, demo_instructor)
    _lay_walking_workshop(today, cast, others[1])
    _lay_advanced(today, cast)
    _lay_announced_seed_training(today)


def _open(code: str, first_day: date, *, days: int, seats: int, opened: int, closes: int, **facts: Any) -> CourseRun:
    """Open a run; `opened` and `closes` are days before its first day."""
    course = Course.objects.get(code=code)
    return open_run(
        course=course,
        starts_on=first_day,
        ends_on=first_day + timedelta(days=days),
        seats=seats,
        enrol_from=at(first_day - timedelta(days=opened), 9),
        enrol_until=at(first_day - timedelta(days=closes), 17),
        withdraw_until=at(first_day - timedelta(days=max(closes - 2, 1)), 17),
        by=None,
        **facts,
    )


def _lay_out(run: CourseRun, instructor: Instructor, *, weekdays: Collection[int] = range(5)) -> None:
    lay_out_sessions(
        run=run, weekdays=weekdays, day_parts=[MORNING, AFTERNOON], instructor=instructor, room=run.place, by=None
    )
    run.refresh_from_db()


def _half_day(run: CourseRun, number: int, day: date, title: str, instructor: Instructor, hours: int = 3) -> Session:
    start = at(day, 9)
    return Session.objects.create(
        run=run, number=number, title=title, starts_at=start, ends_at=start + timedelta(hours=hours),
        minutes=hours * 60, room=run.place, instructor=instructor,
    )  # fmt: skip


def _enrol(run: CourseRun, people: Sequence[Person]) -> list[Enrolment]:
    first = run.enrolments.count() + 1
    return Enrolment.objects.bulk_create(
        Enrolment(
            run=run, person=person, agency=person.agency, number=number,
            confirmed_at=run.enrol_from + timedelta(minutes=7 * number),
            timetable_version_sent=run.timetable_version,  # so that nobody is told of a change
        )
        for number, person in enumerate(people, first)
    )  # fmt: skip


def _call_roll(session: Session, enrolments: Sequence[Enrolment], *, absent: Sequence[Enrolment] = ()) -> None:
    gone = {enrolment.pk for enrolment in absent}
    AttendanceRecord.objects.bulk_create(
        AttendanceRecord(
            session=session,
            enrolment=enrolment,
            status=AttendanceStatus.ABSENT if enrolment.pk in gone else AttendanceStatus.PRESENT,
            minutes_present=0 if enrolment.pk in gone else session.minutes,
        )
        for enrolment in enrolments
    )


def _next_weekday(day: date) -> date:
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _lay_finished_lecture(today: date, cast: Cast, trainee: Person, instructor: Instructor) -> None:
    """Finished, certificates issued: the demonstration trainee can download one."""
    day = _next_weekday(today - timedelta(days=40))
    run = _open("lecture", day, days=0, seats=40, opened=40, closes=7, title="專題講座：底價與價格分析實務",
                title_en="Lecture: floor prices and price analysis in practice", place=CITY_HALL)  # fmt: skip
    session = _half_day(run, 1, day, "底價與價格分析實務", instructor)
    enrolments = _enrol(run, [trainee, *cast.people(11)])
    _call_roll(session, enrolments, absent=enrolments[-1:])
    batch = request_batch(run=run, by=None)
    run_batch(batch_id=batch.pk)


def _lay_finished_basic(today: date, cast: Cast, others: list[Instructor]) -> None:
    """Finished, results in, certificates waiting to be issued."""
    first = _next_weekday(today - timedelta(days=75))
    run = _open("basic", first, days=14, seats=30, opened=45, closes=14, place=CITY_HALL)
    _lay_out(run, others[0])
    enrolments = _enrol(run, cast.people(30))
    chance = random.Random(1)
    sessions = list(run.sessions.order_by("number"))
    for index, session in enumerate(sessions):
        barred = enrolments[:1] if index % 3 == 0 else []
        _call_roll(session, enrolments, absent=[*barred, *chance.sample(enrolments[2:], 1)])
    papers = list(run.curriculum.papers.order_by("order"))
    sitting = Sitting.objects.create(run=run, number=0, held_on=run.ends_on + timedelta(days=5))
    record(sitting, enrolments[1:2], papers, chance, absent=True)
    record(sitting, enrolments[2:6], papers, chance, passing=False)
    record(sitting, enrolments[6:], papers, chance, passing=True)


def _lay_running_basic(
    today: date, cast: Cast, trainee: Person, instructor: Instructor, others: list[Instructor]
) -> None:
    """Running, with a session today; the demonstration trainee is in it and missed half a morning."""
    weekdays = sorted({0, 1, 2, 3, 4, today.weekday()})
    first, held = today, 0
    while held < 4:
        first -= timedelta(days=1)
        held += first.weekday() in weekdays
    run = _open("basic", first, days=18, seats=40, opened=40, closes=12, place=CITY_HALL, delivery=Delivery.HYBRID)
    _lay_out(run, instructor, weekdays=weekdays)
    enrolments = _enrol(run, [trainee, *cast.people(38)])
    sessions = list(run.sessions.order_by("starts_at"))
    for index, session in enumerate(sessions):
        if timezone.localtime(session.starts_at).date() != today and index % 4 == 3:
            Session.objects.filter(pk=session.pk).update(instructor=others[index % len(others)])
    chance = random.Random(2)
    past = [s for s in sessions if timezone.localtime(s.starts_at).date() < today]
    for session in past:
        _call_roll(session, enrolments, absent=chance.sample(enrolments[1:], 2))
    longest = max(past, key=lambda session: session.minutes)
    late = AttendanceRecord.objects.get(session=longest, enrolment=enrolments[0])
    late.status, late.minutes_present = AttendanceStatus.LATE, longest.minutes - 90
    late.note = "遲到（示範）"
    late.save()


def _lay_open_basic(today: date, cast: Cast, others: list[Instructor]) -> None:
    """Open, most seats taken."""
    first = _next_weekday(today + timedelta(days=24))
    run = _open("basic", first, days=18, seats=70, opened=40, closes=7, place=CITY_HALL)
    _lay_out(run, others[1])
    _enrol(run, cast.people(58))


def _lay_full_lecture(today: date, cast: Cast, instructor: Instructor) -> None:
    """Full, with people waiting."""
    day = _next_weekday(today + timedelta(days=17))
    run = _open("lecture", day, days=0, seats=20, opened=40, closes=5, title="專題講座：最有利標評選怎麼避免爭議",
                title_en="Lecture: most advantageous tender without disputes", place="線上（示範）",
                delivery=Delivery.VIDEO)  # fmt: skip
    session = _half_day(run, 1, day, "最有利標評選怎麼避免爭議", instructor)
    Session.objects.filter(pk=session.pk).update(video_url="https://video.example.test/room/lecture", room="")
    _enrol(run, cast.people(20))
    queued = timezone.now() - timedelta(days=2)
    WaitingListEntry.objects.bulk_create(
        WaitingListEntry(
            run=run, person=person, state=WaitingState.WAITING, queued_at=queued + timedelta(minutes=9 * index)
        )
        for index, person in enumerate(cast.people(4))
    )


def _lay_walking_workshop(today: date, cast: Cast, instructor: Instructor) -> None:
    """Open, in a remote district."""
    day = _next_weekday(today + timedelta(days=21))
    run = _open("workshop", day, days=0, seats=40, opened=30, closes=4, title="走動式訓練：電子領投標實機操作",
                title_en="In your district: electronic tendering, hands on", place="和平區公所（示範）",
                district=District.objects.get(name="和平區"))  # fmt: skip
    _half_day(run, 1, day, "電子領投標實機操作", instructor)
    _enrol(run, cast.people(14))


def _lay_advanced(today: date, cast: Cast) -> None:
    """Open to those who hold the basic qualification."""
    first = _next_weekday(today + timedelta(days=45))
    run = _open("advanced", first, days=10, seats=50, opened=60, closes=10, place=CITY_HALL)
    holders = [
        record.person
        for record in QualificationRecord.objects.filter(level=Level.BASIC).select_related("person__agency")[:9]
    ]
    _enrol(run, holders)


def _lay_announced_seed_training(today: date) -> None:
    """Announced: enrolment opens in some days."""
    first = _next_weekday(today + timedelta(days=60))
    run = _open("seed", first, days=1, seats=30, opened=52, closes=20, place=CITY_HALL)
    for number, title in enumerate(["怎麼教一堂採購課", "到機關協助：從疑義到文件"], 1):
        start = at(first, 9 if number == 1 else 13, 0 if number == 1 else 30)
        Session.objects.create(
            run=run, number=number, title=title, starts_at=start, ends_at=start + timedelta(hours=3), minutes=180,
            room=run.place,
        )  # fmt: skip
