"""Every change of a seat writes one message, with a calendar that the last one recognises."""

import datetime

import pytest
from django.utils import timezone, translation
from icalendar import Calendar

from accounts.enums import Role
from common.templatetags.common_tags import rocdate
from courses.catalogue.models import CourseRun
from courses.catalogue.services import cancel_run, revise_run
from courses.enrolment import services, tasks
from courses.enrolment.calendars import calendar_of_enrolment, calendar_of_run
from courses.enrolment.models import Enrolment, WaitingListEntry
from courses.enrolment.selectors import announcements_due
from notifications.models import Message
from tests.factories.accounts import PersonFactory, UserFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    run = CourseRunFactory(seats=1, title="底價實務")
    SessionFactory(run=run, number=1)
    return run


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    """Call a service and then what it registered on commit."""

    def call(service, **arguments):
        with django_capture_on_commit_callbacks(execute=True):
            return service(**arguments)

    return call


def _calendar(message):
    [attachment] = message.attachments
    return Calendar.from_ical(attachment["text"])


def test_the_confirmation_carries_a_calendar_in_taipei_time(run, on_commit):
    person = PersonFactory()
    enrolment = on_commit(services.enrol_trainee, run=run, person=person, by=None)
    message = Message.objects.get()
    assert (message.kind, message.to, message.person) == ("enrolment.confirmed", person.email, person)
    assert "底價實務" in message.subject
    assert "學號是 1" in message.text
    calendar = _calendar(message)
    assert calendar["METHOD"] == "PUBLISH"
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Taipei"
    [event] = calendar.walk("VEVENT")
    session = run.sessions.get()
    assert event["DTSTART"].params["TZID"] == "Asia/Taipei"
    assert event.decoded("DTSTART") == session.starts_at
    assert event["UID"] == f"session-{session.pk}-enrolment-{enrolment.pk}@localhost"
    assert event["SEQUENCE"] == 0
    assert event.decoded("LAST-MODIFIED") <= timezone.now()
    assert "ATTENDEE" not in event  # RFC 5546 §3.2.1: none in what is published


def test_who_is_promoted_is_told_which_other_classes_of_theirs_are_at_that_hour(run, on_commit):
    other = CourseRunFactory(seats=1, title="契約管理", starts_on=run.starts_on)
    SessionFactory(run=other, starts_at=run.sessions.get().starts_at + datetime.timedelta(hours=2))
    whole_day = CourseRunFactory(title="專題講座", starts_on=run.starts_on, ends_on=run.starts_on)
    elsewhere = CourseRunFactory(title="電子採購", starts_on=run.starts_on)
    SessionFactory(run=elsewhere, starts_at=run.sessions.get().ends_at)
    person = PersonFactory()
    for held in (other, whole_day, elsewhere):
        EnrolmentFactory(run=held, person=person)
    seat = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    on_commit(services.enrol_trainee, run=run, person=person, by=None)
    on_commit(services.withdraw_enrolment, enrolment=seat, by=None)
    on_commit(services.promote_waiting, run=run)
    message = Message.objects.get(kind="enrolment.promoted")
    for text in (message.text, message.html):
        assert [name in text for name in ("契約管理", "專題講座", "電子採購")] == [True, True, False]


def test_an_enrolment_restored_is_told_as_confirmed_with_a_calendar_that_puts_the_sessions_back(run, on_commit):
    seat = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    promoted = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None).person
    on_commit(services.withdraw_enrolment, enrolment=seat, by=None)
    [enrolment] = on_commit(services.promote_waiting, run=run)
    on_commit(services.withdraw_enrolment, enrolment=enrolment, by=None)
    on_commit(services.restore_enrolment, enrolment=enrolment, by=UserFactory(roles=[Role.ADMINISTRATOR]))
    sent = list(Message.objects.filter(person=promoted).order_by("pk"))
    assert [message.kind.partition(".")[2] for message in sent] == ["queued", "promoted", "withdrawn", "confirmed"]
    states = [[(e["STATUS"], e["SEQUENCE"]) for e in _calendar(m).walk("VEVENT")] for m in sent[1:]]
    assert states == [[("CONFIRMED", 0)], [("CANCELLED", 1)], [("CONFIRMED", 2)]]


def test_who_was_entered_in_error_is_not_told_that_they_withdrew(run, on_commit):
    seat = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    on_commit(services.mark_entered_in_error, enrolment=seat, reason="同名誤植", by=None)
    message = Message.objects.get(kind="enrolment.withdrawn")
    assert message.subject.startswith("報名已移除：")
    assert "誤登" in message.text
    assert "您已取消" not in message.text
    [event] = _calendar(message).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"


def test_only_the_enrolled_get_the_video_link(run, on_commit):
    run.sessions.all().update(video_url="https://video.example.test/room")
    seat = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    waiting = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    shown = {message.person_id: "video.example.test" in message.text for message in Message.objects.all()}
    assert shown == {seat.person_id: True, waiting.person_id: False}
    assert "video.example.test" in Message.objects.get(person=seat.person).attachments[0]["text"]
    assert "video.example.test" not in calendar_of_run(run)


def test_withdrawing_cancels_the_same_events_with_a_higher_sequence(run, on_commit):
    enrolment = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    on_commit(services.withdraw_enrolment, enrolment=enrolment, by=None)
    last, first = Message.objects.all()
    assert [first.kind, last.kind] == ["enrolment.confirmed", "enrolment.withdrawn"]
    [before], [after] = _calendar(first).walk("VEVENT"), _calendar(last).walk("VEVENT")
    assert _calendar(last)["METHOD"] == "PUBLISH"
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["STATUS"] == "CANCELLED"


def test_messages_come_in_the_language_in_which_somebody_enrolled(run, on_commit):
    user = UserFactory()
    with translation.override("en"):
        on_commit(services.enrol_trainee, run=run, person=user.person, by=user)
    message = Message.objects.get()
    assert message.language == "en"
    assert message.subject == f"You are enrolled: {run.course.name_en}"
    assert f"/en/runs/{run.code}/" in message.text


def test_waiting_and_being_promoted_are_told_apart(run, on_commit):
    seat = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    waiting = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    on_commit(services.withdraw_enrolment, enrolment=seat, by=None)
    on_commit(services.promote_waiting, run=run)
    kinds = Message.objects.filter(person=waiting.person).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["enrolment.queued", "enrolment.promoted"]


def test_a_message_is_written_once_however_often_it_is_asked_for(run, on_commit):
    enrolment = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    services.announce_enrolment(enrolment_id=enrolment.pk)
    assert Message.objects.count() == 1


def test_the_sweep_finds_messages_that_a_dying_process_left_unwritten(run, on_commit):
    enrolment = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    Message.objects.all().delete()
    Enrolment.objects.update(
        is_announcement_due=True, confirmed_at=timezone.now() - tasks.OVERLOOKED_AFTER - datetime.timedelta(seconds=1)
    )
    enrolments, entries = announcements_due(before=timezone.now() - tasks.OVERLOOKED_AFTER)
    assert (list(enrolments), list(entries)) == ([enrolment], [])
    tasks.announce_enrolment(enrolment.pk)
    assert Message.objects.get().kind == "enrolment.confirmed"


def test_a_changed_timetable_reaches_everybody_enrolled_once(run, on_commit):
    enrolment = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    Message.objects.all().delete()
    [session] = run.sessions.all()
    session.room = "602"
    run.sessions = [session]
    on_commit(revise_run, run=run, by=None)
    tasks.announce_run_change(run.pk)
    tasks.announce_run_change(run.pk)
    message = Message.objects.get()
    assert message.kind == "enrolment.timetable_changed"
    [event] = _calendar(message).walk("VEVENT")
    assert event["SEQUENCE"] == 1
    assert event["UID"] == f"session-{session.pk}-enrolment-{enrolment.pk}@localhost"
    assert "602" in event["LOCATION"]


def _events(text):
    return {str(event["UID"]).partition("@")[0]: event for event in Calendar.from_ical(text).walk("VEVENT")}


@pytest.fixture
def revise(on_commit):
    """Revise a run as its form does, and let the workers tell of it."""

    def call(run, *, sessions=None, **changes):
        edited = CourseRun.objects.get(pk=run.pk)
        edited.sessions = list(edited.sessions.all()) if sessions is None else sessions
        for name, value in changes.items():
            setattr(edited, name, value)
        Message.objects.all().delete()
        on_commit(revise_run, run=edited, by=None)
        tasks.announce_run_change(run.pk)
        return CourseRun.objects.get(pk=run.pk)

    return call


def test_a_dropped_session_is_cancelled_in_calendars_until_it_would_be_past(run, on_commit, revise):
    stays, goes = run.sessions.get(), SessionFactory(run=run, number=2, title="契約變更", room="602")
    enrolment = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    first = _events(Message.objects.get().attachments[0]["text"])
    run = revise(run, sessions=[stays])
    told = Message.objects.get()
    assert all("契約變更" in text and "取消節次" in text for text in (told.text, told.html))
    key, uid = f"session-{goes.pk}", f"session-{goes.pk}-enrolment-{enrolment.pk}"
    cancelled = _events(told.attachments[0]["text"])[uid]
    assert (cancelled["STATUS"], cancelled.decoded("DTSTART")) == ("CANCELLED", goes.starts_at)
    assert cancelled["SEQUENCE"] > first[uid]["SEQUENCE"]
    assert {name: event["STATUS"] for name, event in _events(calendar_of_run(run)).items()} == {
        f"session-{stays.pk}": "CONFIRMED", key: "CANCELLED",
    }  # fmt: skip
    late = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    assert isinstance(late, WaitingListEntry)
    on_commit(services.withdraw_enrolment, enrolment=enrolment, by=None)
    withdrawn = Message.objects.get(kind="enrolment.withdrawn").attachments[0]["text"]
    assert {name: event["STATUS"] for name, event in _events(withdrawn).items()} == {
        f"session-{stays.pk}-enrolment-{enrolment.pk}": "CANCELLED", uid: "CANCELLED",
    }  # fmt: skip
    [promoted] = on_commit(services.promote_waiting, run=run)
    assert list(_events(Message.objects.get(kind="enrolment.promoted").attachments[0]["text"])) == [
        f"session-{stays.pk}-enrolment-{promoted.pk}"  # who never had the dropped one is not told that it ended
    ]
    former = run.former_timetables.get()
    past = (timezone.now() - datetime.timedelta(minutes=1)).isoformat()
    former.facts["events"] = [event | {"ends_at": past} for event in former.facts["events"]]
    former.save()
    assert list(_events(calendar_of_run(run))) == [f"session-{stays.pk}"]  # what is past is left as it is


def test_a_run_without_sessions_is_an_event_of_whole_days_and_its_move_is_told(on_commit, revise):
    run = CourseRunFactory(seats=1, place="甲廳")
    seat = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    waiting = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    uid = f"run-{run.pk}-enrolment-{seat.pk}"
    [event] = _calendar(Message.objects.get(person=seat.person)).walk("VEVENT")
    assert (event["UID"].partition("@")[0], event["DTSTART"].params["VALUE"]) == (uid, "DATE")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (
        run.starts_on, run.ends_on + datetime.timedelta(days=1),
    )  # fmt: skip
    week = datetime.timedelta(days=7)
    moved = revise(run, starts_on=run.starts_on + week, ends_on=run.ends_on + week, place="乙廳")
    with translation.override("zh-hant"):
        days = f"{rocdate(run.starts_on)} 至 {rocdate(run.ends_on)} → {rocdate(moved.starts_on)} 至"
    for person in (seat.person, waiting.person):
        text = Message.objects.get(person=person, kind="enrolment.timetable_changed").text
        assert all(words in text for words in ("甲廳 → 乙廳", days))
    [event] = _calendar(Message.objects.get(person=seat.person)).walk("VEVENT")
    assert (event.decoded("DTSTART"), event["LOCATION"], event["STATUS"]) == (moved.starts_on, "乙廳", "CONFIRMED")
    session = SessionFactory.build(
        run=moved, number=None, subject=None, title="開場", instructor=None,
        starts_at=run.enrol_until, ends_at=run.enrol_until + datetime.timedelta(hours=3),
    )  # fmt: skip
    day = timezone.localdate(session.starts_at)
    revise(run, sessions=[session], starts_on=day, ends_on=max(day, moved.ends_on))
    states = {
        name: event["STATUS"]
        for name, event in _events(Message.objects.get(person=seat.person).attachments[0]["text"]).items()
    }
    assert states == {f"session-{run.sessions.get().pk}-enrolment-{seat.pk}": "CONFIRMED", uid: "CANCELLED"}
    revise(run, sessions=[])
    states = {name: event["STATUS"] for name, event in _events(calendar_of_run(CourseRun.objects.get())).items()}
    assert states[f"run-{run.pk}"] == "CONFIRMED"
    assert list(states.values()) == ["CONFIRMED", "CANCELLED"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "新的名稱"), ("place", "豐原"), ("delivery", "video"), ("enrol_until", -1), ("withdraw_until", -1),
        ("session.room", "602"), ("session.starts_at", -1), ("session.video_url", "https://video.example.test/new"),
        ("session.instructor", None),
    ],
)  # fmt: skip
def test_every_change_that_people_plan_by_reaches_who_is_enrolled_and_who_waits(run, on_commit, revise, field, value):
    seat = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    waiting = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    session = run.sessions.get()
    subject = session if field.startswith("session.") else run
    name = field.removeprefix("session.")
    if value == -1:
        value = getattr(subject, name) - datetime.timedelta(hours=1)
    if subject is session:
        setattr(session, name, value)
        revise(run, sessions=[session])
    else:
        revise(run, **{name: value})
    assert {message.person_id: message.kind for message in Message.objects.all()} == {
        seat.person_id: "enrolment.timetable_changed", waiting.person_id: "enrolment.timetable_changed",
    }  # fmt: skip
    tasks.announce_run_change(run.pk)
    assert Message.objects.count() == 2
    link = "https://video.example.test/new"
    assert link not in Message.objects.get(person=waiting.person).text


def test_a_change_taken_back_before_it_was_told_tells_nobody(run, on_commit):
    on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    Message.objects.all().delete()
    for place in ("豐原", run.place):
        edited = CourseRun.objects.get(pk=run.pk)
        edited.place = place
        revise_run(run=edited, by=None)
    tasks.announce_run_change(run.pk)
    assert list(Message.objects.all()) == []
    assert Enrolment.objects.get().timetable_version_sent == 2


def test_what_took_place_stays_in_the_calendar_of_a_run_cancelled_half_way(run, on_commit):
    enrolment = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    held = run.sessions.get()
    coming = SessionFactory(
        run=run, number=2, starts_at=held.starts_at + datetime.timedelta(days=1),
        ends_at=held.ends_at + datetime.timedelta(days=1),
    )  # fmt: skip
    run.cancelled_at = held.ends_at + datetime.timedelta(hours=1)
    run.save()
    states = {name: event["STATUS"] for name, event in _events(calendar_of_run(run)).items()}
    assert states == {f"session-{held.pk}": "CONFIRMED", f"session-{coming.pk}": "CANCELLED"}
    assert len(_events(calendar_of_enrolment(Enrolment.objects.get(pk=enrolment.pk)))) == 2


def test_a_cancelled_run_tells_the_enrolled_why_and_closes_its_queue(run, on_commit):
    seat = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    waiting = on_commit(services.enrol_trainee, run=run, person=PersonFactory(), by=None)
    Message.objects.all().delete()
    on_commit(cancel_run, run=run, reason="講師請假", by=None)
    tasks.announce_run_change(run.pk)
    on_commit(tasks.promote_waiting, run_id=run.pk)
    told = {message.person_id: message for message in Message.objects.all()}
    assert told[seat.person_id].kind == "enrolment.run_cancelled"
    assert "講師請假" in told[seat.person_id].text
    assert {event["STATUS"] for event in _calendar(told[seat.person_id]).walk("VEVENT")} == {"CANCELLED"}
    assert told[waiting.person_id].kind == "enrolment.queue_ended"


def test_people_without_an_address_and_laid_past_classes_get_no_message(run, on_commit):
    on_commit(services.enrol_trainee, run=run, person=PersonFactory(email=""), by=None)
    on_commit(services.enrol_trainee, run=CourseRunFactory(), person=PersonFactory(), by=None, announce=False)
    assert list(Message.objects.all()) == []
    assert not Enrolment.objects.filter(is_announcement_due=True, person__email="").exists()
