"""Opening, laying out, revising and cancelling runs."""

import datetime

import pytest
from django.utils import timezone

from common.errors import DomainError
from common.models import AuditEntry
from courses.catalogue.enums import RunState
from courses.catalogue.models import CourseRun
from courses.catalogue.selectors import in_state
from courses.catalogue.services import (
    AFTERNOON,
    EVENING,
    MORNING,
    DayPart,
    cancel_run,
    lay_out_sessions,
    open_run,
    revise_run,
)
from tests.factories.accounts import DistrictFactory
from tests.factories.catalogue import (
    BasicCurriculumFactory,
    CourseFactory,
    CourseRunFactory,
    CurriculumFactory,
    CurriculumSubjectFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime.date(2026, 12, 7)
WORKDAYS = range(5)


def _moment(day, hour=9):
    return datetime.datetime.combine(day, datetime.time(hour), timezone.get_current_timezone())


def _open(course, starts_on=MONDAY, **changes):
    facts = {
        "ends_on": starts_on + datetime.timedelta(days=10), "seats": 70,
        "enrol_from": _moment(starts_on - datetime.timedelta(days=40)),
        "enrol_until": _moment(starts_on - datetime.timedelta(days=14)),
        "withdraw_until": _moment(starts_on - datetime.timedelta(days=7)),
        "by": None, **changes,
    }  # fmt: skip
    return open_run(course=course, starts_on=starts_on, **facts)


def test_the_code_of_a_run_is_year_kind_and_the_next_term():
    course = BasicCurriculumFactory().course
    assert [_open(course).code, _open(course).code] == ["115-basic-1", "115-basic-2"]
    assert _open(course, term=7).code == "115-basic-7"
    assert _open(course, starts_on=datetime.date(2027, 1, 4)).code == "116-basic-1"


def test_courses_of_one_kind_share_their_terms():
    first, second = CurriculumFactory().course, CurriculumFactory().course
    assert [_open(first).code, _open(second).code] == ["115-lecture-1", "115-lecture-2"]


def test_a_term_is_given_once():
    course = CurriculumFactory().course
    _open(course, term=3)
    with pytest.raises(DomainError) as refused:
        _open(course, term=3)
    assert refused.value.code == "term_taken"


def test_a_run_keeps_the_curriculum_of_its_first_day():
    old = CurriculumFactory(effective_from=datetime.date(2018, 1, 1))
    new = CurriculumFactory(course=old.course, effective_from=MONDAY)
    assert _open(old.course, starts_on=MONDAY - datetime.timedelta(days=3)).curriculum == old
    assert _open(old.course).curriculum == new


def test_a_course_without_rules_cannot_be_opened():
    with pytest.raises(DomainError) as refused:
        _open(CourseFactory())
    assert refused.value.code == "no_curriculum"
    assert not CourseRun.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_on": MONDAY - datetime.timedelta(days=1)},
        {"enrol_until": _moment(MONDAY - datetime.timedelta(days=50))},
        {"enrol_until": _moment(MONDAY + datetime.timedelta(days=30))},
        {"withdraw_until": _moment(MONDAY + datetime.timedelta(days=30))},
        {"seats": 0},
    ],
)
def test_dates_that_do_not_fit_are_refused(wrong):
    with pytest.raises(DomainError) as refused:
        _open(CurriculumFactory().course, **wrong)
    assert refused.value.code == "invalid"


def test_the_basic_class_takes_eleven_whole_days():
    run = _open(BasicCurriculumFactory().course)
    sessions = lay_out_sessions(run=run, weekdays=WORKDAYS, day_parts=[MORNING, AFTERNOON], by=None)
    assert sum(session.minutes for session in sessions) == run.curriculum.total_minutes == 3960
    run.refresh_from_db()
    assert (run.starts_on, run.ends_on) == (MONDAY, datetime.date(2026, 12, 21))
    assert len({timezone.localdate(session.starts_at) for session in sessions}) == 11
    assert [session.number for session in sessions] == list(range(1, len(sessions) + 1))


def test_subjects_follow_each_other_and_are_split_where_a_day_part_ends():
    curriculum = CurriculumFactory()
    first = CurriculumSubjectFactory(curriculum=curriculum, order=1, hours="4")
    second = CurriculumSubjectFactory(curriculum=curriculum, order=2, hours="1.5")
    sessions = lay_out_sessions(run=_open(curriculum.course), weekdays=[0], day_parts=[MORNING, AFTERNOON], by=None)
    assert [(row.subject, timezone.localtime(row.starts_at).strftime("%a %H:%M"), row.minutes) for row in sessions] == [
        (first.subject, "Mon 09:00", 180),
        (first.subject, "Mon 13:30", 60),
        (second.subject, "Mon 14:30", 90),
    ]


def test_days_off_are_skipped():
    curriculum = CurriculumFactory()
    CurriculumSubjectFactory(curriculum=curriculum, hours="6")
    run = _open(curriculum.course)
    sessions = lay_out_sessions(run=run, weekdays=[0, 1], day_parts=[EVENING], holidays=[MONDAY], by=None)
    days = [timezone.localdate(row.starts_at) for row in sessions]
    assert days == [MONDAY + datetime.timedelta(days=1), MONDAY + datetime.timedelta(days=7)]


def test_a_run_is_laid_out_once_and_only_with_something_to_teach():
    empty = _open(CurriculumFactory().course)
    with pytest.raises(DomainError) as refused:
        lay_out_sessions(run=empty, weekdays=[0], day_parts=[MORNING], by=None)
    assert refused.value.code == "no_hours"
    assert [row.minutes for row in lay_out_sessions(
        run=empty, weekdays=[0], day_parts=[MORNING], minutes=180, by=None
    )] == [180]  # fmt: skip
    with pytest.raises(DomainError) as refused:
        lay_out_sessions(run=empty, weekdays=[0], day_parts=[MORNING], minutes=180, by=None)
    assert refused.value.code == "has_sessions"


@pytest.mark.parametrize(
    ("weekdays", "parts", "holidays", "code"),
    [
        ([], [MORNING], [], "no_days"),
        ([0], [], [], "no_days"),
        ([0], [MORNING, DayPart(datetime.time(11), 60)], [], "day_parts_overlap"),
        ([0], [MORNING], [MONDAY + datetime.timedelta(days=7 * week) for week in range(60)], "outside_year"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(weekdays, parts, holidays, code):
    curriculum = CurriculumFactory()
    CurriculumSubjectFactory(curriculum=curriculum)
    with pytest.raises(DomainError) as refused:
        lay_out_sessions(
            run=_open(curriculum.course), weekdays=weekdays, day_parts=parts, holidays=holidays, by=None
        )  # fmt: skip
    assert refused.value.code == code


def test_revising_never_touches_seats_nor_what_the_run_is():
    run = CourseRunFactory(seats=3)
    stale = CourseRun.objects.get(pk=run.pk)
    CourseRun.objects.filter(pk=run.pk).update(seats=9)
    stale.place = "豐原區公所"
    stale.code = "other"
    revise_run(run=stale, by=None)
    kept = CourseRun.objects.get()
    assert (kept.seats, kept.place, kept.code) == (9, "豐原區公所", run.code)


def test_only_a_changed_timetable_gets_a_new_version():
    run = CourseRunFactory()
    session = SessionFactory(run=run, number=1)
    run.district = DistrictFactory()
    run.enrol_from -= datetime.timedelta(days=1)
    revise_run(run=run, by=None)
    assert CourseRun.objects.get().timetable_version == 0
    run = CourseRun.objects.get()
    session.room = "602"
    run.sessions = [session]
    revise_run(run=run, by=None)
    assert CourseRun.objects.get().timetable_version == 1


def test_a_session_outside_its_run_is_refused_and_nothing_is_saved():
    run = CourseRunFactory()
    session = SessionFactory(run=run, number=1)
    run.place = "elsewhere"
    session.starts_at += datetime.timedelta(days=90)
    session.ends_at += datetime.timedelta(days=90)
    run.sessions = [session]
    with pytest.raises(DomainError) as refused:
        revise_run(run=run, by=None)
    assert refused.value.code == "invalid"
    assert CourseRun.objects.get().place != "elsewhere"


def test_cancelling_needs_a_reason_and_happens_once():
    run = CourseRunFactory()
    with pytest.raises(DomainError) as refused:
        cancel_run(run=run, reason=" ", by=None)
    assert refused.value.code == "reason_missing"
    cancel_run(run=run, reason="颱風", by=None)
    cancel_run(run=run, reason="又取消", by=None)
    run.refresh_from_db()
    assert (run.state, run.cancellation_reason) == (RunState.CANCELLED, "颱風")
    assert AuditEntry.objects.filter(action="run.cancelled").count() == 1


@pytest.mark.parametrize("state", RunState.values)
def test_the_database_and_the_object_agree_on_the_state(state):
    today, now = timezone.localdate(), timezone.now()
    day, hour = datetime.timedelta(days=1), datetime.timedelta(hours=1)
    runs = {
        "cancelled": CourseRunFactory(cancelled_at=now),
        "announced": CourseRunFactory(enrol_from=now + hour),
        "open": CourseRunFactory(),
        "closed": CourseRunFactory(enrol_until=now - hour),
        "running": CourseRunFactory(starts_on=today),
        "finished": CourseRunFactory(starts_on=today - 2 * day, ends_on=today - day),
    }
    assert {name: run.state.value for name, run in runs.items()} == {name: name for name in runs}
    assert list(CourseRun.objects.filter(in_state(state))) == [runs[state]]
