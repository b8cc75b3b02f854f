"""Opening and revising runs in the back office, and curricula that are history."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from courses.catalogue.models import CourseRun, Curriculum, Session
from courses.catalogue.permissions import can_manage_runs, can_teach_run
from courses.enrolment.selectors import count_taken
from tests.factories.accounts import UserFactory
from tests.factories.attendance import AttendanceRecordFactory
from tests.factories.catalogue import BasicCurriculumFactory, CourseRunFactory, CurriculumFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory
from tests.factories.faculty import InstructorFactory

pytestmark = pytest.mark.django_db

ADD = reverse("course_runs:add")


@pytest.fixture
def administrator(client):
    user = UserFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(user)
    return user


def _entered(course, **changes):
    return {
        "course": course.pk, "term": "", "seats": 70, "title": "", "title_en": "", "starts_on": "2030-12-02",
        "ends_on": "", "enrol_from": "2030-10-01 09:00", "enrol_until": "2030-11-18 17:00",
        "withdraw_until": "2030-11-25 17:00", "delivery": "on_site", "place": "臺灣大道市政大樓", "district": "",
        "lay_out": "on", "weekdays": ["0", "1", "2", "3", "4"], "day_parts": ["morning", "afternoon"],
        "holidays": "119年12月3日、2030-12-04", "hours": "", "room": "401", "instructor": "", **changes,
    }  # fmt: skip


def test_a_run_is_opened_with_its_sessions_in_one_step(client, administrator):
    course = BasicCurriculumFactory().course
    assert client.get(ADD).context["form"].initial["seats"] == 70
    response = client.post(ADD, _entered(course))
    run = CourseRun.objects.get()
    assert response.url == reverse("course_runs:edit", args=[run.pk])
    assert (run.code, run.starts_on.isoformat(), run.ends_on.isoformat()) == (
        "119-basic-1", "2030-12-02", "2030-12-18",
    )  # fmt: skip
    days = {timezone.localdate(row.starts_at).isoformat() for row in run.sessions.all()}
    assert len(days) == 11
    assert {"2030-12-03", "2030-12-04"}.isdisjoint(days)
    assert set(run.sessions.values_list("room", flat=True)) == {"401"}


@pytest.mark.parametrize(
    "wrong",
    [{"holidays": "someday"}, {"lay_out": ""}, {"term": "x"}, {"enrol_until": "2031-12-01 09:00"}, {"weekdays": []}],
)
def test_a_form_that_does_not_fit_keeps_what_was_typed_and_opens_nothing(client, administrator, wrong):
    response = client.post(ADD, _entered(BasicCurriculumFactory().course, **wrong))
    assert response.status_code == 200
    assert response.context["form"].errors != {}
    assert response.context["form"]["place"].value() == "臺灣大道市政大樓"
    assert not CourseRun.objects.exists()


def _revised(run, session, **changes):
    starts_at, ends_at = (
        timezone.localtime(at).strftime("%Y-%m-%d %H:%M") for at in (session.starts_at, session.ends_at)
    )
    form = {
        "title": run.title, "title_en": "", "starts_on": run.starts_on.isoformat(), "ends_on": run.ends_on.isoformat(),
        "enrol_from": "2026-01-01 09:00", "enrol_until": "2026-02-01 09:00", "withdraw_until": "2026-02-02 09:00",
        "delivery": "on_site", "place": run.place, "district": "",
        "sessions-TOTAL_FORMS": 1, "sessions-INITIAL_FORMS": 1, "sessions-MIN_NUM_FORMS": 0,
        "sessions-MAX_NUM_FORMS": 1000, "sessions-0-id": session.pk, "sessions-0-subject": session.subject_id,
        "sessions-0-title": "", "sessions-0-starts_at": starts_at,
        "sessions-0-ends_at": ends_at,
        "sessions-0-minutes": 180, "sessions-0-instructor": session.instructor_id, "sessions-0-room": "602",
        "sessions-0-video_url": "", "sessions-0-DELETE": "",
    }  # fmt: skip
    return {**form, **changes}


def test_sessions_are_edited_with_their_run_and_seats_are_not(client, administrator):
    run = CourseRunFactory(seats=3)
    session = SessionFactory(run=run, number=1)
    address = reverse("course_runs:edit", args=[run.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, _revised(run, session, seats=99, place="豐原")).status_code == 302
    run.refresh_from_db()
    session.refresh_from_db()
    assert (run.place, run.seats, session.room, session.number) == ("豐原", 3, "602", 1)


def test_sessions_and_curriculum_that_differ_are_said_with_both_numbers(client, administrator):
    run = CourseRunFactory(basic=True)
    subject = run.curriculum.subjects.get(order=1).subject
    session = SessionFactory(run=run, number=1, subject=subject)
    response = client.post(reverse("course_runs:edit", args=[run.pk]), _revised(run, session), follow=True)
    [said] = [str(message) for message in response.context["messages"] if message.level_tag == "warning"]
    assert all(text in said for text in ("3 小時", "66 小時", f"{subject}", "23 小時"))


def test_a_correction_that_changes_records_is_asked_before_it_is_saved(client, administrator):
    run = CourseRunFactory(starts_on=timezone.localdate() - datetime.timedelta(days=9))
    session = SessionFactory(run=run, number=1, minutes=120, starts_at=timezone.now() - datetime.timedelta(days=9),
                             ends_at=timezone.now() - datetime.timedelta(days=9, hours=-3))  # fmt: skip
    record = AttendanceRecordFactory(session=session, enrolment__person__name="全到者")
    address, typed = reverse("course_runs:edit", args=[run.pk]), _revised(run, session, place="豐原")
    asked = client.post(address, typed)
    [sentence] = asked.context["consequences"]
    assert "全到者" in sentence
    assert sentence in asked.content.decode()
    session.refresh_from_db()
    assert session.minutes == 120
    refused = client.post(address, {**typed, "sessions-0-minutes": 999})
    assert "consequences" not in refused.context  # nobody is asked about what cannot be saved
    kept = dict(asked.context["kept"])
    assert client.post(address, {**kept, "back": "1"}).context["form"]["place"].value() == "豐原"
    assert client.post(address, {**kept, "agreed_to": "something else"}).context["consequences"] == [sentence]
    assert client.post(address, {**kept, "agreed_to": sentence}).status_code == 302
    session.refresh_from_db()
    record.refresh_from_db()
    assert (session.minutes, record.minutes_present) == (180, 180)


def test_a_session_that_ends_before_it_starts_is_refused_in_words(client, administrator):
    run = CourseRunFactory()
    session = SessionFactory(run=run, number=1)
    address = reverse("course_runs:edit", args=[run.pk])
    early = (timezone.localtime(session.starts_at) - datetime.timedelta(hours=1)).strftime("%Y-%m-%d %H:%M")
    response = client.post(address, _revised(run, session, **{"sessions-0-ends_at": early}))
    assert response.status_code == 200
    assert Session.objects.get().room == "401"


def test_a_run_is_cancelled_with_a_reason(client, administrator):
    run = CourseRunFactory()
    address = reverse("course_runs:cancel", args=[run.pk])
    assert client.post(address, {"reason": ""}).status_code == 200
    # the roster names whom no e-mail reaches
    assert client.post(address, {"reason": "颱風"}).url == reverse("rosters:roster", args=[run.pk])
    run.refresh_from_db()
    assert run.cancellation_reason == "颱風"


def test_nobody_deletes_a_run(client, administrator):
    run = CourseRunFactory()
    client.post(reverse("course_runs:delete", args=[run.pk]))
    assert CourseRun.objects.filter(pk=run.pk).exists()


def test_a_curriculum_that_is_history_leads_to_its_successor(client, administrator):
    curriculum = BasicCurriculumFactory()
    edit, succeed = (reverse(f"curricula:{name}", args=[curriculum.pk]) for name in ("edit", "succeed"))
    assert client.get(edit).status_code == 200
    CourseRunFactory(curriculum=curriculum, starts_on=timezone.localdate())
    assert client.get(edit).url == succeed
    assert client.get(succeed).status_code == 200
    client.post(succeed, {"effective_from": "2031-01-01", "source": "修正"})
    successor = Curriculum.objects.get(effective_from="2031-01-01")
    assert (successor.subjects.count(), successor.full_marks) == (3, 330)


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.INSTRUCTOR, Role.AGENCY_CONTACT, Role.REPORT_VIEWER])
def test_only_administrators_change_classes(client, role):
    user = UserFactory(roles=[role])
    client.force_login(user)
    run = CourseRunFactory()
    curriculum = CurriculumFactory()
    addresses = [ADD, reverse("course_runs:cancel", args=[run.pk]), reverse("course_runs:edit", args=[run.pk]),
                 reverse("curricula:succeed", args=[curriculum.pk])]  # fmt: skip
    assert {client.post(address, {"reason": "x"}).status_code for address in addresses} <= {302, 403}
    run.refresh_from_db()
    assert (run.cancelled_at, CourseRun.objects.count(), can_manage_runs(user)) == (None, 1, False)


def test_the_list_of_runs_asks_the_same_for_one_row_and_for_three(client, administrator):
    address = reverse("course_runs:index")

    def add():
        EnrolmentFactory(run=CourseRunFactory(basic=True))

    add()
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    add()
    add()
    with CaptureQueriesContext(connection) as three:
        page = client.get(address)
    assert len(three) == len(one)
    assert [run.added_0 for run in page.context["object_list"]] == [
        str(count_taken(run)) for run in page.context["object_list"]
    ]


def test_who_teaches_a_session_teaches_the_run():
    teacher, other = UserFactory(roles=[Role.INSTRUCTOR]), UserFactory(roles=[Role.INSTRUCTOR])
    run = CourseRunFactory()
    SessionFactory(run=run, number=1, instructor=InstructorFactory(person=teacher.person))
    InstructorFactory(person=other.person)
    assert [can_teach_run(user, run) for user in (teacher, other, UserFactory())] == [True, False, False]
    assert can_teach_run(UserFactory(roles=[Role.ADMINISTRATOR]), run)
