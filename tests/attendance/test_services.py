"""The roll call: what it writes, what it refuses, and what becomes of two people saving at once."""

import datetime

import pytest
from django.utils import timezone

from common.errors import DomainError
from common.models import AuditEntry
from courses.attendance.enums import AttendanceStatus
from courses.attendance.models import AttendanceRecord
from courses.attendance.services import Mark, RollCallConflictError, RollCallEntry, record_roll_call
from courses.attendance.signals import attendance_recorded
from courses.catalogue.models import CourseRun
from courses.catalogue.services import foresee_revision, revise_run
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import SessionFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db

S = AttendanceStatus


def marks(session):
    return {
        record.enrolment_id: (record.status, record.minutes_present, record.minutes_excused)
        for record in AttendanceRecord.objects.filter(session=session)
    }


def test_each_state_becomes_minutes(session, run, instructor_user):
    people = [EnrolmentFactory(run=run) for _ in range(6)]
    entries = [
        RollCallEntry(people[0].pk, S.PRESENT),
        RollCallEntry(people[1].pk, S.LATE, 20),
        RollCallEntry(people[2].pk, S.LEFT_EARLY, 50),
        RollCallEntry(people[3].pk, S.EXCUSED),
        RollCallEntry(people[4].pk, S.EXCUSED, 30),
        RollCallEntry(people[5].pk, S.ABSENT, 7),
    ]
    record_roll_call(session=session, entries=entries, by=instructor_user)
    assert list(marks(session).values()) == [
        (S.PRESENT, 180, 0), (S.LATE, 160, 0), (S.LEFT_EARLY, 130, 0),
        (S.EXCUSED, 0, 180), (S.EXCUSED, 150, 30), (S.ABSENT, 0, 0),
    ]  # fmt: skip


def test_calling_it_twice_changes_nothing(session, trainees, instructor_user):
    entries = [RollCallEntry(trainee.pk, S.PRESENT) for trainee in trainees]
    record_roll_call(session=session, entries=entries, by=instructor_user)
    before = (marks(session), AuditEntry.objects.count())
    second = record_roll_call(session=session, entries=entries, by=instructor_user)
    assert (second.made, second.changed, second.unchanged) == ([], [], 3)
    assert (marks(session), AuditEntry.objects.count()) == before


def test_a_correction_is_audited_with_what_stood_there_before(session, trainees, instructor_user, administrator):
    record_roll_call(session=session, entries=[RollCallEntry(trainees[0].pk, S.ABSENT)], by=instructor_user)
    record_roll_call(session=session, entries=[RollCallEntry(trainees[0].pk, S.LATE, 15)], by=administrator)
    entry = AuditEntry.objects.get(action="attendance.corrected")
    assert (entry.actor_id, entry.data["before"], entry.data["after"]) == (
        administrator.pk, "absent|0|0|", "late|165|0|",
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="attendance.recorded").count() == 1


def test_who_is_left_out_stays_unrecorded(session, trainees, instructor_user):
    record_roll_call(session=session, entries=[RollCallEntry(trainees[1].pk, S.PRESENT)], by=instructor_user)
    assert list(marks(session)) == [trainees[1].pk]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ((S.LATE, None), "minutes_missing"),
        ((S.LEFT_EARLY, None), "minutes_missing"),
        ((S.LATE, 0), "minutes_out_of_range"),
        ((S.LATE, 181), "minutes_out_of_range"),
        ((S.EXCUSED, -1), "minutes_out_of_range"),
    ],
)
def test_minutes_that_make_no_sense_are_refused_and_nothing_is_written(session, trainees, instructor_user, entry, code):
    entries = [RollCallEntry(trainees[0].pk, S.PRESENT), RollCallEntry(trainees[1].pk, *entry)]
    with pytest.raises(DomainError) as refused:
        record_roll_call(session=session, entries=entries, by=instructor_user)
    assert refused.value.code == code
    assert marks(session) == {}


def test_strangers_doubles_and_coming_days_are_refused(session, trainees, run, instructor_user):
    stranger = EnrolmentFactory()
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    coming = SessionFactory(
        run=run, number=2, starts_at=tomorrow, ends_at=tomorrow + datetime.timedelta(hours=3),
        instructor=session.instructor,
    )  # fmt: skip
    cases = [
        (session, [stranger.pk], "unknown_enrolment"),
        (session, [trainees[0].pk, trainees[0].pk], "twice"),
        (coming, [trainees[0].pk], "not_yet"),
    ]
    for where, people, code in cases:
        with pytest.raises(DomainError) as refused:
            record_roll_call(session=where, entries=[RollCallEntry(pk, S.PRESENT) for pk in people], by=instructor_user)
        assert refused.value.code == code
    assert AttendanceRecord.objects.count() == 0


def test_only_the_session_s_own_instructor_and_administrators_call_the_roll(session, trainees, run, administrator):
    colleague = SessionFactory(run=run, number=2)  # teaches in the same run
    others = [UserFactory(person=colleague.instructor.person), UserFactory()]
    for user in others:
        with pytest.raises(DomainError) as refused:
            record_roll_call(session=session, entries=[RollCallEntry(trainees[0].pk, S.PRESENT)], by=user)
        assert refused.value.code == "not_allowed"
    record_roll_call(session=session, entries=[RollCallEntry(trainees[0].pk, S.PRESENT)], by=administrator)
    assert len(marks(session)) == 1


def test_two_people_saving_different_things_the_later_one_is_told(session, trainees, instructor_user, administrator):
    seen = {trainee.pk: "" for trainee in trainees}
    first = [RollCallEntry(trainees[0].pk, S.LATE, 10), RollCallEntry(trainees[1].pk, S.PRESENT)]
    record_roll_call(session=session, entries=first, by=instructor_user, seen=seen)
    second = [RollCallEntry(trainees[0].pk, S.ABSENT), RollCallEntry(trainees[2].pk, S.PRESENT)]
    with pytest.raises(RollCallConflictError) as conflict:
        record_roll_call(session=session, entries=second, by=administrator, seen=seen)
    assert [(record.enrolment_id, record.recorded_by) for record in conflict.value.records] == [
        (trainees[0].pk, instructor_user)
    ]
    assert marks(session) == {trainees[0].pk: (S.LATE, 170, 0), trainees[1].pk: (S.PRESENT, 180, 0)}


def test_two_people_saving_the_same_thing_do_not_disturb_each_other(session, trainees, instructor_user, administrator):
    entries = [RollCallEntry(trainee.pk, S.PRESENT) for trainee in trainees]
    seen = {trainee.pk: "" for trainee in trainees}
    record_roll_call(session=session, entries=entries, by=instructor_user, seen=seen)
    assert record_roll_call(session=session, entries=entries, by=administrator, seen=seen).unchanged == 3


def test_what_the_later_one_did_not_touch_stays_as_the_other_wrote_it(
    session, trainees, instructor_user, administrator
):
    entries = [RollCallEntry(trainee.pk, S.PRESENT) for trainee in trainees]
    record_roll_call(session=session, entries=entries, by=instructor_user)
    seen = {record.enrolment_id: str(Mark.of(record)) for record in AttendanceRecord.objects.all()}
    record_roll_call(session=session, entries=[RollCallEntry(trainees[0].pk, S.LATE, 5)], by=administrator, seen=seen)
    touched = [entries[0], RollCallEntry(trainees[1].pk, S.ABSENT), entries[2]]
    outcome = record_roll_call(session=session, entries=touched, by=instructor_user, seen=seen)
    assert [record.enrolment_id for record in outcome.kept] == [trainees[0].pk]
    assert list(marks(session).values()) == [(S.LATE, 175, 0), (S.ABSENT, 0, 0), (S.PRESENT, 180, 0)]


def test_listeners_hear_of_it_after_the_commit(session, trainees, instructor_user, django_capture_on_commit_callbacks):
    heard = []

    def listen(sender, session_id, enrolment_ids, **kwargs):
        heard.append((session_id, enrolment_ids))

    attendance_recorded.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            record_roll_call(session=session, entries=[RollCallEntry(trainees[0].pk, S.PRESENT)], by=instructor_user)
            assert heard == []
    finally:
        attendance_recorded.disconnect(listen)
    assert heard == [(session.pk, [trainees[0].pk])]


def corrected(session, **changes):
    """Revise the run of `session` with one session changed, as its form does."""
    run = CourseRun.objects.get(pk=session.run_id)
    run.enrol_from = timezone.now() - datetime.timedelta(days=60)
    run.enrol_until = run.withdraw_until = timezone.now() - datetime.timedelta(days=30)
    sessions = list(run.sessions.all())
    for row in sessions:
        if row.pk == session.pk:
            for name, value in changes.items():
                setattr(row, name, value)
    run.sessions = sessions
    return run


def test_records_follow_a_session_whose_minutes_are_corrected(session, trainees, instructor_user):
    late, early = RollCallEntry(trainees[1].pk, S.LATE, 30), RollCallEntry(trainees[2].pk, S.EXCUSED)
    entries = [RollCallEntry(trainees[0].pk, S.PRESENT), late, early]
    record_roll_call(session=session, entries=entries, by=instructor_user)
    longer = corrected(session, minutes=240, ends_at=session.ends_at + datetime.timedelta(hours=1))
    [sentence] = foresee_revision(run=longer)
    assert "王小明" in sentence
    assert all(words in sentence for words in ("180", "240", "30"))
    assert marks(session)[trainees[0].pk] == (S.PRESENT, 180, 0)  # asking writes nothing
    revise_run(run=longer, by=None)
    assert marks(session) == {
        trainees[0].pk: (S.PRESENT, 240, 0), trainees[1].pk: (S.LATE, 210, 0), trainees[2].pk: (S.EXCUSED, 0, 240),
    }  # fmt: skip
    revise_run(run=corrected(session, minutes=150), by=None)
    assert marks(session) == {
        trainees[0].pk: (S.PRESENT, 150, 0), trainees[1].pk: (S.LATE, 120, 0), trainees[2].pk: (S.EXCUSED, 0, 150),
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="attendance.renewed").count() == 6


def test_records_of_a_session_moved_to_a_time_still_to_come_are_taken_back(session, trainees, run, instructor_user):
    record_roll_call(session=session, entries=[RollCallEntry(trainees[0].pk, S.ABSENT)], by=instructor_user)
    week = datetime.timedelta(days=5)
    moved = corrected(session, starts_at=session.starts_at + week, ends_at=session.ends_at + week)
    assert "王小明" in foresee_revision(run=moved)[0]
    revise_run(run=moved, by=None)
    assert marks(session) == {}
    entry = AuditEntry.objects.get(action="attendance.taken_back")
    assert (entry.data["enrolment"], entry.data["before"]) == (trainees[0].pk, "absent|0|0|")


def test_a_change_of_room_asks_nothing_about_records(session, trainees, instructor_user):
    record_roll_call(session=session, entries=[RollCallEntry(trainees[0].pk, S.PRESENT)], by=instructor_user)
    assert foresee_revision(run=corrected(session, room="602")) == []
