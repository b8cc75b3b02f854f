"""What officers are told about their turns, written into the outbox in the transaction of the change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from notifications.services import queue_message

from .. import hours
from ..calendars import calendar_of_shifts
from ..messages import RosterMessage
from ..models import DutyShift, HotlineOfficer, ShiftSwap

LANGUAGE = "zh-hant"
_GIVES = {RosterMessage.SHIFTS_PLANNED, RosterMessage.SHIFT_GIVEN}
_TAKES = {RosterMessage.SHIFTS_CLEARED, RosterMessage.SHIFT_TAKEN}


def tell_about_shifts(kind: RosterMessage, officer: HotlineOfficer, shifts: Sequence[DutyShift]) -> None:
    """Write `officer` a message of `kind` about `shifts`; officers without an address get none."""
    attachments = None
    if kind in _GIVES | _TAKES:
        attachments = _calendar(shifts) if kind in _GIVES else _calendar([], given_away=shifts)
    _write(kind, officer, template="shifts", attachments=attachments, shifts=_lines(shifts))


def tell_about_swap(kind: RosterMessage, officer: HotlineOfficer, swap: ShiftSwap) -> None:
    """Write `officer` a message of `kind` about `swap`; once accepted, with a calendar of both shifts."""
    shifts = [shift for shift in (swap.shift, swap.in_exchange) if shift is not None]
    theirs = [shift for shift in shifts if shift.officer_id == officer.pk]
    given_away = [shift for shift in shifts if shift.officer_id != officer.pk]
    attachments = _calendar(theirs, given_away=given_away) if kind == RosterMessage.SWAP_ACCEPTED else None
    _write(
        kind, officer, template="swap", attachments=attachments, swap=swap,
        shift=_lines([swap.shift])[0],
        in_exchange=_lines([swap.in_exchange])[0] if swap.in_exchange else None,
    )  # fmt: skip


def tell_about_promises(officer: HotlineOfficer, cases: Sequence[Any]) -> None:
    """Remind `officer` of promised answers: numbers and days alone, no word of what was asked or by whom."""
    _write(RosterMessage.PROMISES_REMINDED, officer, template="promises", cases=cases)


def _write(
    kind: RosterMessage,
    officer: HotlineOfficer,
    *,
    template: str,
    attachments: list[dict[str, str]] | None = None,
    **context: Any,
) -> None:
    person = officer.person
    if not person.email:
        return
    with override(LANGUAGE):
        urls = {
            "roster_url": settings.SITE_URL + reverse("hotline_roster:mine"),
            "hand_over_url": settings.SITE_URL + reverse("hotline_roster:hand_over"),
        }
    queue_message(
        kind=kind.value,
        to=person.email,
        template=template,
        context={"event": kind.event, "person": person, **urls, **context},
        person=person,
        language=LANGUAGE,
        attachments=attachments,
    )


def _lines(shifts: Sequence[DutyShift]) -> list[dict[str, Any]]:
    return [
        {
            "day": shift.day,
            "part": shift.get_part_display,
            "begins": hours.begins_at(shift.day, shift.part),
            "ends": hours.ends_at(shift.day, shift.part),
        }
        for shift in sorted(shifts, key=lambda shift: hours.begins_at(shift.day, shift.part))
    ]


def _calendar(shifts: Sequence[DutyShift], *, given_away: Sequence[DutyShift] = ()) -> list[dict[str, str]]:
    with override(LANGUAGE):
        text = calendar_of_shifts(shifts, given_away=given_away)
    return [{"name": "hotline.ics", "mimetype": "text/calendar; method=PUBLISH", "text": text}]
