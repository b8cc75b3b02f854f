"""A class begins with its first session, not at midnight: one reading everywhere."""

import contextlib
import datetime
from unittest.mock import patch

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.catalogue.enums import RunState
from courses.catalogue.models import CourseRun
from courses.catalogue.selectors import has_begun, in_state, runs_visible
from courses.enrolment.enums import WaitingState
from courses.enrolment.selectors import runs_to_promote, waiting_entries_of
from courses.enrolment.services import enrol_trainee, promote_waiting, withdraw_enrolment
from courses.enrolment.tasks import promote_all_waiting
from notifications.models import Message
from tests.factories.accounts import PersonFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory

pytestmark = pytest.mark.django_db

TAIPEI = timezone.get_default_timezone()
DAY = datetime.date(2026, 12, 11)


@contextlib.contextmanager
def clock(moment):
    """Let it be `moment`."""
    with patch("django.utils.timezone.now", return_value=moment):
        yield


def at(hour, minute=0, day=DAY):
    return datetime.datetime.combine(day, datetime.time(hour, minute), TAIPEI)


@pytest.fixture
def run():
    """One seat, a session at 13:00; withdrawal until 08:00, enrolment until noon."""
    run = CourseRunFactory(
        seats=1, starts_on=DAY, ends_on=DAY, enrol_from=at(9) - datetime.timedelta(days=30), enrol_until=at(12),
        withdraw_until=at(8),
    )  # fmt: skip
    SessionFactory(run=run, starts_at=at(13))
    return run


def test_who_waits_is_served_on_the_morning_of_the_class_and_told_nothing_by_night(
    run, django_capture_on_commit_callbacks
):
    with clock(at(9) - datetime.timedelta(days=1)):
        seat = enrol_trainee(run=run, person=PersonFactory(), by=None)
        entry = enrol_trainee(run=run, person=PersonFactory(), by=None)
    with clock(at(0, 4)), django_capture_on_commit_callbacks(execute=True):
        promote_all_waiting()
        entry.refresh_from_db()
        assert (entry.state, Message.objects.filter(kind="enrolment.queue_ended").exists()) == ("waiting", False)
        assert [row.pk for row in waiting_entries_of(entry.person)] == [entry.pk]
    with clock(at(7, 30)):
        withdraw_enrolment(enrolment=seat, by=None)
        assert [row.person for row in promote_waiting(run=run)] == [entry.person]


def test_the_queue_ends_with_the_first_session(run):
    with clock(at(9)):
        enrol_trainee(run=run, person=PersonFactory(), by=None)
        entry = enrol_trainee(run=run, person=PersonFactory(), by=None)
    with clock(at(12, 59)):
        assert runs_to_promote() == []
    with clock(at(13)):
        assert runs_to_promote() == [run.pk]
        promote_waiting(run=run)
    entry.refresh_from_db()
    assert entry.state == WaitingState.LAPSED


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (at(0, 4), RunState.OPEN),
        (at(11, 59), RunState.OPEN),
        (at(12), RunState.CLOSED),
        (at(12, 59), RunState.CLOSED),
        (at(13), RunState.RUNNING),
        (at(23, 59), RunState.RUNNING),
        (at(0, day=datetime.date(2026, 12, 12)), RunState.FINISHED),
    ],
)
def test_a_run_stands_where_its_hours_say_in_lists_and_alone(run, moment, state):
    with clock(moment):
        assert [CourseRun.objects.get().state, runs_visible().get().state] == [state, state]
        assert [named for named in RunState if CourseRun.objects.filter(in_state(named)).exists()] == [state]
        assert CourseRun.objects.filter(has_begun()).exists() is (moment >= at(13))


def test_a_first_day_without_a_session_begins_nothing_and_a_run_without_sessions_begins_with_its_day(run):
    CourseRun.objects.update(starts_on=DAY - datetime.timedelta(days=2))
    with clock(at(9)):
        assert CourseRun.objects.get().state == RunState.OPEN
    bare = CourseRunFactory(starts_on=DAY, ends_on=DAY, enrol_until=at(23), withdraw_until=at(8))
    with clock(at(0)):
        assert bare.state == RunState.RUNNING
    with clock(at(0) - datetime.timedelta(minutes=1)):
        assert bare.state == RunState.OPEN


def test_the_page_of_a_run_promises_no_enrolment_beyond_its_beginning(run, client):
    CourseRun.objects.update(enrol_until=at(15, 54), seats=2)
    with clock(at(9)):
        page = client.get(reverse("enrolment:run", args=[run.code]))
    assert page.context["state"] == RunState.OPEN
    assert "15:54" not in page.text
    assert "13:00" in page.text
