"""Members and secretariat at one meeting, on PostgreSQL; and a control that shows what the lock prevents."""

from __future__ import annotations

import threading

import pytest

from casestudies.enums import MeetingState
from casestudies.models import Opinion, ReviewMeeting
from casestudies.services import agenda, meetings, opinions
from common.errors import DomainError
from tests.casestudies.review import meeting_with
from tests.factories.casestudies import ListingFactory, ReviewMeetingFactory

from .test_seats import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def codes(results):
    return sorted(result.code if isinstance(result, DomainError) else type(result).__name__ for result in results)


def ready_to_close():
    meeting, item, place = meeting_with()
    agenda.write_item(item=item, summary="", conclusion="結論", by=None)
    meetings.record_presence(meeting=meeting, presence={place.pk: True}, by=None)
    return meeting, item, place


def writes(item, place, text, version=0):
    return lambda: opinions.write_opinion(item=item, place=place, text=text, version=version, by=None)


def test_of_two_devices_that_save_at_once_one_is_shown_the_others_words():
    _meeting, item, place = meeting_with()
    version = opinions.write_opinion(item=item, place=place, text="初稿", version=0, by=None).lock_version
    for turn in range(5):
        results = at_once([writes(item, place, f"手機{turn}", version), writes(item, place, f"電腦{turn}", version)])
        assert codes(results) == ["Opinion", "stale"]
        version += 1
        assert Opinion.objects.get(item=item).lock_version == version


def test_an_opinion_written_while_the_minutes_are_closed_stands_in_them_or_is_refused():
    for turn in range(5):
        meeting, item, place = ready_to_close()
        text = f"最後一刻{turn}"
        saved, closed = at_once(
            [writes(item, place, text), lambda m=meeting: meetings.close_meeting(meeting=m, by=None)]
        )
        assert isinstance(closed, ReviewMeeting)
        assert (text in str(closed.minutes)) == isinstance(saved, Opinion)
        assert Opinion.objects.filter(text=text).exists() == isinstance(saved, Opinion)


def test_control_without_the_lock_an_opinion_is_written_that_the_minutes_do_not_have(monkeypatch):
    meeting, item, place = ready_to_close()
    looked, closed = threading.Event(), threading.Event()

    def look_and_wait(row, **_options):
        found = ReviewMeeting.objects.get(pk=row.pk)
        looked.set()
        assert closed.wait(timeout=20)
        return found

    def close():
        assert looked.wait(timeout=20)
        done = meetings.close_meeting(meeting=meeting, by=None)
        closed.set()
        return done

    monkeypatch.setattr(opinions, "locked_meeting", look_and_wait)
    saved, done = at_once([writes(item, place, "太晚了"), close])
    assert (isinstance(saved, Opinion), done.state) == (True, MeetingState.CLOSED)
    assert "太晚了" not in str(done.minutes)


def test_two_meetings_that_are_planned_at_once_do_not_take_the_same_case():
    for _turn in range(3):
        case = ListingFactory().case
        one, other = (ReviewMeetingFactory(state=MeetingState.PLANNED) for _number in range(2))
        results = at_once(
            [lambda m=m, c=case: agenda.put_on_agenda(meeting=m, cases=[c], by=None) for m in (one, other)]
        )  # fmt: skip
        assert codes(results) == ["elsewhere", "list"]
