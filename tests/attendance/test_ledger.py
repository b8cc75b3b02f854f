"""The bar of absence in exact minutes (資格辦法 §15 I), and what a session without a record means."""

import datetime
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from courses.attendance.selectors import attendance_ledger, ledger_of, sessions_without_roll_call
from courses.attendance.sheets import attendance_sheet
from courses.enrolment.enums import EnrolmentState
from tests.factories.attendance import AttendanceRecordFactory
from tests.factories.catalogue import CourseRunFactory, CurriculumFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def sessions_of(run, count, minutes=180, days_ago=5):
    """Sessions on consecutive days, the first `days_ago` days ago."""
    start = timezone.now() - days_ago * DAY
    return [
        SessionFactory(
            run=run, number=n + 1, starts_at=start + n * DAY, ends_at=start + n * DAY + datetime.timedelta(hours=3),
            minutes=minutes,
        )
        for n in range(count)
    ]  # fmt: skip


def missing(run, minutes):
    """Return the ledger of somebody who missed so many minutes of sessions of 198 minutes."""
    enrolment = EnrolmentFactory(run=run)
    for session in run.sessions.order_by("number"):
        here = min(minutes, 198)
        AttendanceRecordFactory(session=session, enrolment=enrolment, missed=here)
        minutes -= here
    return ledger_of(enrolment)


def test_one_tenth_of_66_hours_may_be_missed_and_not_a_minute_more():
    run = CourseRunFactory(basic=True)
    sessions_of(run, 3, minutes=198)
    at_the_bar, beyond = missing(run, 396), missing(run, 397)
    assert at_the_bar.required_minutes == 3960
    assert at_the_bar.allowed_minutes == 396
    assert (at_the_bar.missed_minutes, at_the_bar.remaining_minutes, at_the_bar.is_barred) == (396, 0, False)
    assert (beyond.missed_minutes, beyond.remaining_minutes, beyond.is_barred) == (397, -1, True)


def test_the_bar_is_a_fraction_of_the_whole_course_not_of_what_was_held():
    run = CourseRunFactory(basic=True)
    run.curriculum.absence_denominator = 7
    run.curriculum.save()
    sessions_of(run, 1, minutes=198)
    ledger = missing(run, 198)
    assert ledger.allowed_minutes == Fraction(3960, 7)
    assert ledger.share_of_held == 0
    assert not ledger.is_barred


def test_attendance_of_what_was_held_and_of_the_whole_are_both_known():
    run = CourseRunFactory(basic=True)
    sessions_of(run, 2, minutes=198)
    ledger = missing(run, 99)
    assert ledger.share_of_held == Fraction(297, 396)
    assert ledger.share_of_whole == Fraction(297, 3960)


def test_excused_minutes_count_as_missed_unless_the_rule_says_otherwise():
    run = CourseRunFactory(basic=True)
    [session] = sessions_of(run, 1)
    enrolment = EnrolmentFactory(run=run)
    AttendanceRecordFactory(session=session, enrolment=enrolment, minutes_present=60, minutes_excused=120)
    assert (ledger_of(enrolment).missed_minutes, ledger_of(enrolment).excused_minutes) == (120, 120)
    run.curriculum.excused_counts_as_missed = False
    run.curriculum.save()
    assert ledger_of(enrolment).missed_minutes == 0


def test_nobody_attends_more_than_the_whole_and_who_is_barred_never_shows_enough():
    run = CourseRunFactory(basic=True)
    run.curriculum.subjects.exclude(order=1).delete()
    run.curriculum.subjects.update(hours=6)
    sessions_of(run, 4)  # 12 hours of a course of 6
    always, once_away = EnrolmentFactory(run=run), EnrolmentFactory(run=run)
    for session in run.sessions.order_by("number"):
        AttendanceRecordFactory(session=session, enrolment=always)
        AttendanceRecordFactory(session=session, enrolment=once_away, missed=180 if session.number == 1 else 0)
    full, short = ledger_of(always), ledger_of(once_away)
    assert (full.attended_minutes, full.share_of_whole, full.is_barred) == (360, 1, False)
    assert (short.attended_minutes, short.share_of_whole, short.is_barred) == (180, Fraction(1, 2), True)


def test_a_course_without_an_exam_bars_nobody_from_one():
    run = CourseRunFactory(curriculum=CurriculumFactory())  # 90 % of the minutes
    [session] = sessions_of(run, 1, minutes=180)
    enrolment = EnrolmentFactory(run=run)
    AttendanceRecordFactory(session=session, enrolment=enrolment, missed=180)
    ledger = ledger_of(enrolment)
    assert (ledger.allowed_minutes, ledger.remaining_minutes, ledger.is_barred) == (18, -162, False)
    headings = [heading for heading, _kind in attendance_sheet(run).columns]
    with override("en"):
        assert "Barred from the exam" not in [str(heading) for heading in headings]


def test_a_record_of_a_session_still_to_come_counts_for_nothing():
    run = CourseRunFactory(curriculum=CurriculumFactory())
    [session] = sessions_of(run, 1, days_ago=-2)
    enrolment = EnrolmentFactory(run=run)
    AttendanceRecordFactory(session=session, enrolment=enrolment, missed=180)
    ledger = ledger_of(enrolment)
    assert (ledger.missed_minutes, ledger.held_minutes, ledger.coming_sessions) == (0, 0, (session,))


def test_a_session_without_a_record_is_neither_presence_nor_absence_and_is_listed():
    run = CourseRunFactory(basic=True)
    called, forgotten, coming = sessions_of(run, 3, days_ago=2)
    coming.starts_at += 5 * DAY
    coming.ends_at += 5 * DAY
    coming.save()
    enrolment = EnrolmentFactory(run=run)
    AttendanceRecordFactory(session=called, enrolment=enrolment)
    ledger = ledger_of(enrolment)
    assert (ledger.held_minutes, ledger.recorded_minutes, ledger.present_minutes, ledger.missed_minutes) == (
        360, 180, 180, 0,
    )  # fmt: skip
    assert ledger.unrecorded_sessions == (forgotten,)
    assert ledger.coming_sessions == (coming,)
    assert not ledger.is_complete


def test_where_a_curriculum_has_no_table_yet_the_sessions_are_the_whole():
    run = CourseRunFactory(curriculum=CurriculumFactory())
    sessions_of(run, 2)
    assert ledger_of(EnrolmentFactory(run=run)).required_minutes == 360


def test_the_ledger_of_a_run_leaves_out_who_withdrew():
    run = CourseRunFactory(basic=True)
    stays = EnrolmentFactory(run=run)
    EnrolmentFactory(run=run, state=EnrolmentState.WITHDRAWN, withdrawn_at=timezone.now())
    assert list(attendance_ledger(run)) == [stays.pk]


def test_ledgers_take_the_same_number_of_queries_for_one_trainee_and_for_many():
    def queries(trainees):
        run = CourseRunFactory(basic=True)
        sessions = sessions_of(run, 3)
        for _ in range(trainees):
            enrolment = EnrolmentFactory(run=run)
            for session in sessions:
                AttendanceRecordFactory(session=session, enrolment=enrolment)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(attendance_ledger(run)) == trainees
        return len(captured)

    assert queries(1) == queries(3) == 5


def test_sessions_that_are_over_and_lack_a_record_are_found():
    run = CourseRunFactory(basic=True)
    whole, part, none_yet = sessions_of(run, 3, days_ago=4)
    sessions_of(CourseRunFactory(basic=True, cancelled_at=timezone.now()), 1)
    first, second = EnrolmentFactory(run=run), EnrolmentFactory(run=run)
    for session, people in ((whole, (first, second)), (part, (first,))):
        for enrolment in people:
            AttendanceRecordFactory(session=session, enrolment=enrolment)
    assert [(item.pk, item.recorded_count, item.enrolled_count) for item in sessions_without_roll_call()] == [
        (part.pk, 1, 2),
        (none_yet.pk, 0, 2),
    ]
