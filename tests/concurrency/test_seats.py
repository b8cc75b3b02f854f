"""Many people, one run, real connections on PostgreSQL; and a control that shows what the lock prevents."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.enums import Role
from accounts.models import User
from common.errors import DomainError
from courses.catalogue.models import CourseRun
from courses.enrolment import locking
from courses.enrolment.enums import WaitingState
from courses.enrolment.models import Enrolment, WaitingListEntry
from courses.enrolment.selectors import count_taken
from courses.enrolment.services import enrol_trainee, promote_waiting, restore_enrolment, seats, withdraw_enrolment
from tests.factories.accounts import PersonFactory, UserFactory
from tests.factories.catalogue import CourseRunFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

PEOPLE = 40
SEATS = 10


def at_once(deeds: list[Callable[[], Any]]) -> list[Any]:
    """Do all `deeds` at once, each in a thread with its own connection; return results or errors in order."""
    results: list[Any] = [None] * len(deeds)
    start = threading.Barrier(len(deeds))

    def work(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            results[number] = deeds[number]()
        except Exception as error:  # noqa: BLE001  the test looks at it
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def _enrolling(run: CourseRun, people: list[Any]) -> list[Callable[[], Any]]:
    return [lambda person=person: enrol_trainee(run=run, person=person, by=None, announce=False) for person in people]


def test_forty_people_at_once_get_ten_seats_and_thirty_places_in_order():
    run = CourseRunFactory(seats=SEATS)
    people = [PersonFactory() for _ in range(PEOPLE)]
    results = at_once(_enrolling(run, people))
    assert [result for result in results if isinstance(result, Exception)] == []
    assert sorted(row.number for row in results if isinstance(row, Enrolment)) == list(range(1, SEATS + 1))
    queue = list(WaitingListEntry.objects.filter(run=run).order_by("pk"))
    assert len(queue) == PEOPLE - SEATS
    assert [entry.queued_at for entry in queue] == sorted(entry.queued_at for entry in queue)
    seated = set(Enrolment.objects.filter(run=run).values_list("person_id", flat=True))
    assert seated | {entry.person_id for entry in queue} == {person.pk for person in people}


def test_control_without_the_lock_more_seats_are_given_than_there_are(monkeypatch):
    """The same deed with the lock patched away oversells: so the tests here do test the lock."""
    run = CourseRunFactory(seats=1)
    _without_lock(monkeypatch)
    _let_both_count_first(monkeypatch)
    results = at_once(_enrolling(run, [PersonFactory(), PersonFactory()]))
    assert [type(result) for result in results] == [Enrolment, Enrolment]
    assert count_taken(run) == 2


def test_with_the_lock_two_can_never_count_before_either_takes_the_seat(monkeypatch):
    """The very interleaving of the control cannot come about: the second waits for the row, not at the meeting."""
    run = CourseRunFactory(seats=1)
    _let_both_count_first(monkeypatch, patience=2)
    results = at_once(_enrolling(run, [PersonFactory(), PersonFactory()]))
    assert {type(result) for result in results} == {threading.BrokenBarrierError}
    assert count_taken(run) == 0


def test_a_double_click_gives_one_seat():
    run, person = CourseRunFactory(seats=SEATS), PersonFactory()
    results = at_once(_enrolling(run, [person] * 6))
    assert {result.pk for result in results} == {Enrolment.objects.get().pk}


def test_withdrawals_promotions_and_newcomers_at_once_leave_no_seat_empty_and_nobody_overtaken():
    run = CourseRunFactory(seats=SEATS)
    seated = [enrol_trainee(run=run, person=PersonFactory(), by=None) for _ in range(SEATS)]
    queue = [enrol_trainee(run=run, person=PersonFactory(), by=None) for _ in range(6)]
    newcomers = [PersonFactory() for _ in range(8)]
    results = at_once(
        [lambda row=row: withdraw_enrolment(enrolment=row, by=None) for row in seated[:4]]
        + _enrolling(run, newcomers)
        + [lambda: promote_waiting(run=run)] * 4
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    promote_waiting(run=run)
    assert count_taken(run) == SEATS
    states = list(WaitingListEntry.objects.filter(run=run).order_by("pk").values_list("person_id", "state"))
    assert [state for _, state in states] == [WaitingState.PROMOTED] * 4 + [WaitingState.WAITING] * 10
    assert [person for person, _ in states[:6]] == [entry.person_id for entry in queue]
    numbers = list(Enrolment.objects.filter(run=run).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, SEATS + 5))


def _taking_back(enrolments: list[Enrolment], by: User) -> list[Callable[[], Any]]:
    return [lambda row=row: restore_enrolment(enrolment=row, by=by) for row in enrolments]


def test_withdrawals_taken_back_and_newcomers_at_once_never_share_a_seat():
    run, by = CourseRunFactory(seats=SEATS), UserFactory(roles=[Role.ADMINISTRATOR])
    seated = [enrol_trainee(run=run, person=PersonFactory(), by=None) for _ in range(SEATS)]
    left = [withdraw_enrolment(enrolment=row, by=None) for row in seated[:4]]
    again = [row.person for row in left]
    results = at_once(_taking_back(left, by) + _enrolling(run, again) + _enrolling(run, [PersonFactory()] * 4))
    assert {error.code for error in results if isinstance(error, Exception)} <= {"full"}
    assert count_taken(run) == SEATS
    of_people = list(Enrolment.objects.filter(run=run).values_list("person_id", flat=True))
    assert len(of_people) == len(set(of_people))


def test_control_without_the_lock_a_seat_taken_back_is_given_twice(monkeypatch):
    run, by = CourseRunFactory(seats=1), UserFactory(roles=[Role.ADMINISTRATOR])
    left = withdraw_enrolment(enrolment=enrol_trainee(run=run, person=PersonFactory(), by=None), by=None)
    _without_lock(monkeypatch)
    _let_both_count_first(monkeypatch)
    results = at_once(_taking_back([left], by) + _enrolling(run, [PersonFactory()]))
    assert [type(result) for result in results] == [Enrolment, Enrolment]
    assert count_taken(run) == 2


def test_who_waits_too_long_for_the_row_is_asked_to_try_again(monkeypatch):
    monkeypatch.setattr(locking, "LONGEST_WAIT_MS", 200)
    run, person = CourseRunFactory(), PersonFactory()
    with transaction.atomic():
        CourseRun.objects.select_for_update().get(pk=run.pk)
        [error] = at_once(_enrolling(run, [person]))
    assert isinstance(error, DomainError)
    assert error.code == "try_again"
    assert not Enrolment.objects.filter(run=run).exists()
    assert isinstance(enrol_trainee(run=run, person=person, by=None), Enrolment)


def _without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch_unlocked(run_ids: list[int]) -> dict[int, CourseRun]:
        return {run.pk: run for run in CourseRun.objects.select_related("course").filter(pk__in=run_ids)}

    monkeypatch.setattr(locking, "fetch_runs_for_update", fetch_unlocked)


def _let_both_count_first(monkeypatch: pytest.MonkeyPatch, *, patience: int = 20) -> None:
    """Let both count the seats before either takes one; the second goes on when the first has its seat."""
    meeting = threading.Barrier(2)

    def count_and_meet(run: CourseRun) -> int:
        taken = count_taken(run)
        if meeting.wait(timeout=patience) == 1:
            deadline = time.monotonic() + 20
            while not count_taken(run) and time.monotonic() < deadline:
                time.sleep(0.01)
        return taken

    monkeypatch.setattr(seats, "count_taken", count_and_meet)
