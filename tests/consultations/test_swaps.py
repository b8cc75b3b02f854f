"""Swaps of shifts: agreed by both, about shifts that are still to come, or not at all."""

import datetime

import pytest
from django.utils import timezone
from icalendar import Calendar

from accounts.enums import Role
from common.errors import DomainError
from common.models import AuditEntry
from common.officecalendar import set_office_day
from consultations.enums import ShiftPart, SwapState
from consultations.models import DutyShift, ShiftSwap
from consultations.services.roster import reassign_shift
from consultations.services.swaps import accept_swap, decline_swap, propose_swap, withdraw_swap
from notifications.models import Message
from qualifications.enums import QualificationState
from tests.factories.accounts import UserFactory
from tests.factories.consultations import HotlineOfficerFactory

pytestmark = pytest.mark.django_db


def officer_account():
    officer = HotlineOfficerFactory()
    return officer, UserFactory(person=officer.person, roles=[Role.HOTLINE_OFFICER])


def shift_of(officer, weeks=1, part=ShiftPart.MORNING, days=0):
    today = timezone.localdate()
    monday = today + datetime.timedelta(days=7 * weeks - today.weekday())
    return DutyShift.objects.create(day=monday + datetime.timedelta(days=days), part=part, officer=officer)


def holders(*shifts):
    return [DutyShift.objects.get(pk=shift.pk).officer for shift in shifts]


def test_an_accepted_swap_exchanges_both_shifts_and_tells_both():
    (a, user_a), (b, user_b) = officer_account(), officer_account()
    mine, theirs = shift_of(a), shift_of(b, weeks=2)
    swap = propose_swap(shift=mine, asked_of=b, in_exchange=theirs, note="出差", by=user_a)
    assert holders(mine, theirs) == [a, b]
    accept_swap(swap=swap, by=user_b)
    assert holders(mine, theirs) == [b, a]
    swap.refresh_from_db()
    assert swap.state == SwapState.ACCEPTED
    assert list(Message.objects.order_by("pk").values_list("kind", "to")) == [
        ("consultations.swap_proposed", b.person.email),
        ("consultations.swap_accepted", a.person.email),
        ("consultations.swap_accepted", b.person.email),
    ]
    assert list(AuditEntry.objects.filter(action__startswith="swap.").order_by("pk").values_list("action")) == [
        ("swap.proposed",),
        ("swap.accepted",),
    ]
    calendars = [_statuses(message) for message in Message.objects.order_by("pk")[1:]]
    assert calendars == [
        {theirs.day: "CONFIRMED", mine.day: "CANCELLED"}, {mine.day: "CONFIRMED", theirs.day: "CANCELLED"},
    ]  # fmt: skip


def _statuses(message):
    events = Calendar.from_ical(message.attachments[0]["text"]).walk("VEVENT")
    return {event.decoded("DTSTART").date(): event["STATUS"] for event in events}


def test_a_favour_gives_the_shift_away():
    (a, user_a), (b, user_b) = officer_account(), officer_account()
    mine = shift_of(a)
    accept_swap(swap=propose_swap(shift=mine, asked_of=b, by=user_a), by=user_b)
    assert holders(mine) == [b]


def test_other_proposals_about_the_same_shifts_lapse():
    (a, user_a), (b, user_b), (c, user_c) = officer_account(), officer_account(), officer_account()
    mine, theirs, third = shift_of(a), shift_of(b, weeks=2), shift_of(c, weeks=3)
    swap = propose_swap(shift=mine, asked_of=b, in_exchange=theirs, by=user_a)
    other = propose_swap(shift=third, asked_of=b, in_exchange=theirs, by=user_c)
    accept_swap(swap=swap, by=user_b)
    with pytest.raises(DomainError) as refusal:
        accept_swap(swap=other, by=user_b)
    assert refusal.value.code == "decided"
    assert ShiftSwap.objects.get(pk=other.pk).state == SwapState.WITHDRAWN


def test_declined_and_withdrawn_change_nothing_and_tell_the_other():
    (a, user_a), (b, user_b) = officer_account(), officer_account()
    mine = shift_of(a)
    decline_swap(swap=propose_swap(shift=mine, asked_of=b, by=user_a), by=user_b)
    withdraw_swap(swap=propose_swap(shift=mine, asked_of=b, by=user_a), by=user_a)
    assert holders(mine) == [a]
    kinds = Message.objects.exclude(kind="consultations.swap_proposed").order_by("pk").values_list("kind", "to")
    assert list(kinds) == [
        ("consultations.swap_declined", a.person.email),
        ("consultations.swap_withdrawn", b.person.email),
    ]


def _past(a, b, c):
    return {"shift": shift_of(a, weeks=-1)}


def _not_yours(a, b, c):
    return {"shift": shift_of(c, weeks=6)}


def _not_theirs(a, b, c):
    return {"in_exchange": shift_of(c, weeks=2)}


def _yourself(a, b, c):
    return {"asked_of": a}


def _unqualified(a, b, c):
    b.person.qualifications.update(state=QualificationState.LOST)
    return {}


def _day_off(a, b, c):
    shift = shift_of(a, weeks=4)
    set_office_day(day=shift.day, is_working=False, name="颱風停班", by=None)
    return {"shift": shift}


def _asked_already(a, b, c):
    shift = shift_of(a, weeks=5)
    ShiftSwap.objects.create(shift=shift, asked_by=a, asked_of=c)
    return {"shift": shift}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_past, "past"),
        (_not_yours, "not_yours"),
        (_not_theirs, "not_theirs"),
        (_yourself, "yourself"),
        (_unqualified, "not_ready"),
        (_day_off, "day_off"),
        (_asked_already, "already_asked"),
    ],
)
def test_a_proposal_that_cannot_be_kept_is_refused(change, code):
    (a, user_a), (b, _), (c, _) = officer_account(), officer_account(), officer_account()
    proposal = {"shift": shift_of(a), "asked_of": b, "by": user_a} | change(a, b, c)
    before = ShiftSwap.objects.count()
    with pytest.raises(DomainError) as refusal:
        propose_swap(**proposal)
    assert refusal.value.code == code
    assert ShiftSwap.objects.count() == before


def test_only_the_officer_who_was_asked_decides():
    (a, user_a), (b, user_b), (_, user_c) = officer_account(), officer_account(), officer_account()
    swap = propose_swap(shift=shift_of(a), asked_of=b, by=user_a)
    for deed, user in ((accept_swap, user_a), (accept_swap, user_c), (decline_swap, user_c), (withdraw_swap, user_b)):
        with pytest.raises(DomainError) as refusal:
            deed(swap=swap, by=user)
        assert refusal.value.code == "not_asked"
    assert ShiftSwap.objects.get().state == SwapState.PROPOSED


def test_a_swap_whose_shift_was_given_to_somebody_else_cannot_be_made():
    (a, user_a), (b, user_b), (c, _) = officer_account(), officer_account(), officer_account()
    mine = shift_of(a)
    swap = propose_swap(shift=mine, asked_of=b, by=user_a)
    reassign_shift(shift=mine, officer=c, by=None)
    with pytest.raises(DomainError) as refusal:
        accept_swap(swap=swap, by=user_b)
    assert refusal.value.code == "decided"
    assert holders(mine) == [c]


def test_who_lost_the_qualification_meanwhile_cannot_accept():
    (a, user_a), (b, user_b) = officer_account(), officer_account()
    swap = propose_swap(shift=shift_of(a), asked_of=b, by=user_a)
    b.person.qualifications.update(state=QualificationState.CANCELLED)
    with pytest.raises(DomainError) as refusal:
        accept_swap(swap=swap, by=user_b)
    assert refusal.value.code == "not_ready"
