"""Many officers, one counter and one case, real connections on PostgreSQL; beside controls without the locks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from common.rocdates import roc_year
from consultations.models import Consultation, ConsultationCounter
from consultations.services import log
from tests.concurrency.test_seats import at_once
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

CASES = 12


def _answering(count: int) -> list[Callable[[], Any]]:
    officer = UserFactory()
    drafts = [log.open_draft(by=officer) for _ in range(count)]
    for draft in drafts:
        log.save_case(consultation=draft, version=0, by=officer, question="可以嗎？", answer="可以。")
    return [lambda draft=draft: log.answer_case(consultation=draft, by=officer) for draft in drafts]


def _numbers() -> list[int]:
    given = Consultation.objects.exclude(number=None).values_list("number", flat=True)
    return sorted(int(number.rpartition("-")[2]) for number in given)


def test_officers_at_once_get_every_number_once_and_none_is_left_out():
    results = at_once(_answering(CASES))
    assert [result for result in results if isinstance(result, Exception)] == []
    assert _numbers() == list(range(1, CASES + 1))
    assert ConsultationCounter.objects.get().last == CASES


def test_a_number_that_was_not_used_is_given_again(monkeypatch):
    deeds = _answering(2)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(log, "audit", fail)
        [error] = at_once(deeds[:1])
    assert isinstance(error, RuntimeError)
    at_once(deeds)
    assert _numbers() == [1, 2]


def test_control_without_the_lock_on_the_counter_numbers_collide(monkeypatch):
    """The same deed with the lock patched away gives a number twice: so the test above does test the lock."""

    def unlocked(year: int) -> ConsultationCounter:
        counter = ConsultationCounter.objects.get(roc_year=year)
        time.sleep(0.3)  # what a busy machine does by itself
        return counter

    ConsultationCounter.objects.create(roc_year=roc_year(timezone.localdate()))
    deeds = _answering(4)
    monkeypatch.setattr(log, "_lock_counter", unlocked)
    results = at_once(deeds)
    assert any(isinstance(result, Exception) for result in results)


def _two_writers() -> tuple[Consultation, User, User]:
    first, second = UserFactory(), UserFactory()
    case = log.open_draft(by=first)
    log.save_case(consultation=case, version=0, by=first, question="可以嗎？")
    log.release(consultation=case, by=first)
    return case, first, second


def test_of_two_who_open_a_case_at_once_one_holds_it():
    case, first, second = _two_writers()
    results = at_once([lambda by=by: log.hold(consultation=case, by=by) for by in (first, second)])
    assert sorted(results) == [False, True]


def test_of_two_saves_at_once_over_the_same_words_one_is_refused():
    case, first, second = _two_writers()

    def save(by: User) -> Consultation:
        return log.save_case(consultation=case, version=1, by=by, answer=f"答覆 {by.pk}")

    results = at_once([lambda by=by: save(by) for by in (first, second)])
    [kept] = [result for result in results if isinstance(result, Consultation)]
    [refusal] = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refusal, log.HeldError)
    assert Consultation.objects.get().answer == kept.answer


def test_control_without_the_lock_on_the_case_the_second_save_buries_the_first(monkeypatch):
    case, first, second = _two_writers()

    def unlocked(consultation: Consultation) -> Consultation:
        found = Consultation.objects.get(pk=consultation.pk)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(log, "_lock", unlocked)
    results = at_once(
        [
            lambda by=by: log.save_case(consultation=case, version=1, by=by, answer=f"答覆 {by.pk}")
            for by in (first, second)
        ]
    )
    assert [type(result) for result in results] == [Consultation, Consultation]
