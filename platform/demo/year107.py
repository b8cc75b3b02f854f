"""The six basic classes of the year 107 as the city reported them, with invented people.

Source of the figures: 臺中市政府秘書處 107 年度施政績效報告 (trained and certified per class; 357 of 410,
target 83 %). Who these people are, when they sat and what they scored is invented so that the sums agree.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import Agency, Person
from courses.assessment.models import Certification, PaperScore, Result, Sitting
from courses.attendance.enums import AttendanceSource, AttendanceStatus
from courses.attendance.models import AttendanceRecord
from courses.catalogue.models import Course, CourseRun, Paper, Session
from courses.catalogue.services import AFTERNOON, MORNING, lay_out_sessions, open_run
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from qualifications.enums import Level
from qualifications.models import QualificationRecord
from reports.models import Target

from .people import invent_people

SOURCE = "示範資料（依 107 年度施政績效報告之統計數）"
PLACE = "臺灣大道市政大樓（示範）"


@dataclass(frozen=True)
class PublishedClass:
    """One line of the published table."""

    term: int
    first_day: date
    trained: int
    certified: int


CLASSES = [
    PublishedClass(1, date(2018, 3, 5), 70, 64),
    PublishedClass(2, date(2018, 4, 16), 70, 63),
    PublishedClass(3, date(2018, 5, 21), 70, 60),
    PublishedClass(4, date(2018, 7, 2), 70, 57),
    PublishedClass(5, date(2018, 8, 20), 70, 62),
    PublishedClass(6, date(2018, 10, 1), 60, 51),
]
WITHDRAWN_BEFORE_THE_START = 2  # per class: not counted as trained
FAILING = (82, 84, 62)  # 228 of 330: three points short, a published first attempt


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of that day in Taipei."""
    return datetime.combine(day, time(hour, minute), timezone.get_current_timezone())


def lay() -> None:
    """Lay the six classes with their people, attendance, sittings, results and certificates."""
    course = Course.objects.get(code="basic")
    agencies = list(Agency.objects.exclude(name="臺中市政府").order_by("pk"))
    skip = 0
    for published in CLASSES:
        run = _open(course, published)
        people = invent_people(published.trained + WITHDRAWN_BEFORE_THE_START, skip=skip, agencies=agencies)
        skip += len(people)
        _fill(run, published, people)
    Target.objects.create(
        report="pass-rate", measure="certified_rate", scope="basic", roc_year=107, value=83,
        source="臺中市政府秘書處 107 年度施政績效報告：基礎班訓練及格率",
    )  # fmt: skip


def _open(course: Course, published: PublishedClass) -> CourseRun:
    run = open_run(
        course=course,
        term=published.term,
        starts_on=published.first_day,
        ends_on=published.first_day + timedelta(days=14),
        seats=published.trained,
        place=PLACE,
        enrol_from=at(published.first_day - timedelta(days=45), 9),
        enrol_until=at(published.first_day - timedelta(days=14), 17),
        withdraw_until=at(published.first_day - timedelta(days=7), 17),
        by=None,
    )
    lay_out_sessions(run=run, weekdays=range(5), day_parts=[MORNING, AFTERNOON], by=None)
    run.refresh_from_db()
    return run


def _fill(run: CourseRun, published: PublishedClass, people: list[Person]) -> None:
    chance = random.Random(published.term)
    confirmed_at = run.enrol_from + timedelta(hours=3)
    enrolments = []
    for number, person in enumerate(people, 1):
        withdrawn = number > published.trained
        enrolments.append(
            Enrolment(
                run=run,
                person=person,
                agency=person.agency,
                number=number,
                state=EnrolmentState.WITHDRAWN if withdrawn else EnrolmentState.CONFIRMED,
                confirmed_at=confirmed_at,
                withdrawn_at=run.withdraw_until - timedelta(days=1) if withdrawn else None,
            )
        )
    trained = Enrolment.objects.bulk_create(enrolments)[: published.trained]
    chance.shuffle(trained)
    without = published.trained - published.certified
    barred, absent = trained[:1], trained[1:2]
    failed, certified = trained[2:without], trained[without:]
    _call_rolls(run, trained, barred=barred, chance=chance)
    first = Sitting.objects.create(run=run, number=0, held_on=run.ends_on + timedelta(days=5))
    make_up = Sitting.objects.create(run=run, number=1, held_on=run.ends_on + timedelta(days=40))
    papers = list(run.curriculum.papers.order_by("order"))
    second_try = certified[: len(certified) // 8]
    record(first, absent, papers, chance, absent=True)
    record(first, failed + second_try, papers, chance, passing=False)
    record(first, certified[len(second_try) :], papers, chance, passing=True)
    record(make_up, second_try, papers, chance, passing=True)
    _certify(run, certified, {e.pk for e in second_try}, first, make_up)


def _call_rolls(run: CourseRun, trained: list[Enrolment], *, barred: list[Enrolment], chance: random.Random) -> None:
    sessions = list(run.sessions.order_by("number"))
    too_often = {enrolment.pk for enrolment in barred}
    records: list[AttendanceRecord] = []
    for enrolment in trained:
        # within the bar: at most one half day; beyond it: a third of the class
        missed = (
            set(sessions[2::3])
            if enrolment.pk in too_often
            else set(chance.sample(sessions, chance.choice([0, 0, 0, 1])))
        )
        records.extend(_roll(session, enrolment, missed=session in missed) for session in sessions)
    AttendanceRecord.objects.bulk_create(records, batch_size=1000)


def _roll(session: Session, enrolment: Enrolment, *, missed: bool) -> AttendanceRecord:
    return AttendanceRecord(
        session=session,
        enrolment=enrolment,
        status=AttendanceStatus.ABSENT if missed else AttendanceStatus.PRESENT,
        minutes_present=0 if missed else session.minutes,
        source=AttendanceSource.IMPORT,
    )


def record(
    sitting: Sitting,
    enrolments: list[Enrolment],
    papers: list[Paper],
    chance: random.Random,
    *,
    passing: bool = False,
    absent: bool = False,
) -> None:
    """Lay results of one sitting: absent, or with scores on the wanted side of the pass mark."""
    results = []
    points: list[list[int]] = []
    for enrolment in enrolments:
        scores = [] if absent else _scores(papers, chance, passing=passing)
        points.append(scores)
        results.append(
            Result(
                sitting=sitting, enrolment=enrolment, absent=absent, passed=passing,
                total=None if absent else sum(scores),
            )
        )  # fmt: skip
    Result.objects.bulk_create(results)
    PaperScore.objects.bulk_create(
        PaperScore(result=result, paper=paper, points=score)
        for result, scores in zip(results, points, strict=True)
        for paper, score in zip(papers, scores, strict=False)
    )


def _scores(papers: list[Paper], chance: random.Random, *, passing: bool) -> list[int]:
    if not passing and chance.random() < 0.3 and [p.full_marks for p in papers] == [115, 120, 95]:
        return list(FAILING)
    low, high = (0.71, 0.97) if passing else (0.42, 0.68)
    return [round(paper.full_marks * chance.uniform(low, high)) for paper in papers]


def _certify(run: CourseRun, certified: list[Enrolment], later: set[int], first: Sitting, make_up: Sitting) -> None:
    records = QualificationRecord.objects.bulk_create(
        QualificationRecord(
            person=enrolment.person,
            level=Level.BASIC,
            number=f"示範（{run.roc_year}）字第 {run.term:02}{enrolment.number:03} 號",
            issued_on=(make_up if enrolment.pk in later else first).held_on + timedelta(days=15),
            source=SOURCE,
        )
        for enrolment in certified
    )
    Certification.objects.bulk_create(
        Certification(enrolment=enrolment, record=record) for enrolment, record in zip(certified, records, strict=True)
    )
