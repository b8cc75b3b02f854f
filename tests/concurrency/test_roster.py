"""Two officers, one shift, real connections on PostgreSQL; and a control that shows what the lock prevents."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.enums import Role
from common import locking
from common.errors import DomainError
from consultations.enums import ShiftPart, SwapState
from consultations.models import DutyShift, ShiftSwap
from consultations.services import roster, swaps
from consultations.services.reminders import remind_shifts
from consultations.services.roster import plan_rotation, reassign_shift
from consultations.services.swaps import accept_swap, propose_swap, withdraw_swap
from notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.consultations import HotlineOfficerFactory

from .test_seats import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def next_monday():
    today = timezone.localdate()
    return today + datetime.timedelta(days=7 - today.weekday())


def officer_account():
    officer = HotlineOfficerFactory()
    return officer, UserFactory(person=officer.person, roles=[Role.HOTLINE_OFFICER])


def shift_of(officer, days=0):
    return DutyShift.objects.create(
        day=next_monday() + datetime.timedelta(days=days), part=ShiftPart.MORNING, officer=officer
    )


def codes(results):
    return sorted(result.code if isinstance(result, DomainError) else type(result).__name__ for result in results)


def test_of_accepting_and_withdrawing_at_once_one_wins_and_the_other_is_told():
    (a, user_a), (b, user_b) = officer_account(), officer_account()
    mine, theirs = shift_of(a), shift_of(b, days=1)
    for _round in range(5):
        DutyShift.objects.filter(pk=mine.pk).update(officer=a)
        DutyShift.objects.filter(pk=theirs.pk).update(officer=b)
        swap = propose_swap(shift=mine, asked_of=b, in_exchange=theirs, by=user_a)
        results = at_once(
            [lambda s=swap: accept_swap(swap=s, by=user_b), lambda s=swap: withdraw_swap(swap=s, by=user_a)]
        )
        assert codes(results) == ["ShiftSwap", "decided"]
        holders = [DutyShift.objects.get(pk=shift.pk).officer for shift in (mine, theirs)]
        is_accepted = ShiftSwap.objects.get(pk=swap.pk).state == SwapState.ACCEPTED
        assert holders == ([b, a] if is_accepted else [a, b])


def test_a_shift_promised_twice_goes_to_one():
    """Two proposals want the same shift in exchange; both are accepted at once."""
    (a, user_a), (b, user_b), (c, user_c) = officer_account(), officer_account(), officer_account()
    wanted, of_a, of_c = shift_of(b), shift_of(a, days=1), shift_of(c, days=2)
    first = propose_swap(shift=of_a, asked_of=b, in_exchange=wanted, by=user_a)
    second = propose_swap(shift=of_c, asked_of=b, in_exchange=wanted, by=user_c)
    results = at_once([lambda: accept_swap(swap=first, by=user_b), lambda: accept_swap(swap=second, by=user_b)])
    assert codes(results) == ["ShiftSwap", "decided"]
    assert DutyShift.objects.filter(officer=b).count() == 1
    assert sorted(ShiftSwap.objects.values_list("state", flat=True)) == [SwapState.ACCEPTED, SwapState.WITHDRAWN]


def test_control_without_the_lock_both_decisions_are_made(monkeypatch):
    """The same deeds with the locks patched away: an accepted swap is withdrawn as well."""
    (a, user_a), (b, user_b) = officer_account(), officer_account()
    swap = propose_swap(shift=shift_of(a), asked_of=b, by=user_a)
    meeting = threading.Barrier(2)

    def open_and_meet(row):
        fetched = ShiftSwap.objects.select_related("shift__officer", "asked_by__person", "asked_of__person").get(
            pk=row.pk, state=SwapState.PROPOSED
        )
        meeting.wait(timeout=20)
        return fetched

    def unlocked(pks, **options):
        return list(DutyShift.objects.filter(pk__in=list(pks)).select_related("officer__person"))

    monkeypatch.setattr(swaps, "_open_swap", open_and_meet)
    monkeypatch.setattr(swaps, "lock_shifts", unlocked)
    results = at_once([lambda: accept_swap(swap=swap, by=user_b), lambda: withdraw_swap(swap=swap, by=user_a)])
    assert codes(results) == ["ShiftSwap", "ShiftSwap"]


def test_two_who_plan_at_once_leave_one_roster():
    officers = [HotlineOfficerFactory() for _ in range(3)]
    monday = next_monday()
    deeds = [lambda: plan_rotation(first=monday, last=monday + datetime.timedelta(days=11), by=None)] * 4
    results = at_once(deeds)
    assert sorted(len(result) for result in results) == [0, 0, 0, 20]
    assert DutyShift.objects.count() == 20
    assert Message.objects.count() == len(officers)


def test_who_waits_too_long_is_asked_to_try_again(monkeypatch):
    monkeypatch.setattr(locking, "LONGEST_WAIT_MS", 200)
    a, b = HotlineOfficerFactory(), HotlineOfficerFactory()
    shift = shift_of(a)
    with transaction.atomic():
        roster.lock_shifts([shift.pk])
        [error] = at_once([lambda: reassign_shift(shift=shift, officer=b, by=None)])
    assert (type(error), error.code) == (DomainError, "try_again")
    assert reassign_shift(shift=shift, officer=b, by=None).officer == b


def test_two_workers_at_once_remind_once():
    officer = HotlineOfficerFactory()
    shift = shift_of(officer)
    friday = timezone.make_aware(datetime.datetime.combine(shift.day - datetime.timedelta(days=3), datetime.time(9)))
    results = at_once([lambda: remind_shifts(at=friday)] * 4)
    assert sorted(results) == [0, 0, 0, 1]
    assert Message.objects.count() == 1
