"""Writes of swaps: an officer asks another to take a shift; it changes hands when the other accepts.

Whoever decides locks the shifts first and the proposal after them, so that of two deeds at once one wins and the
other is told so. A half day has one officer, so whoever takes over a shift is free at that half day.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from common.locking import bounded_wait
from common.officedays import is_working_day

from ..enums import SwapState
from ..messages import RosterMessage
from ..models import DutyShift, HotlineOfficer, ShiftSwap
from ..permissions import officer_of
from .roster import BUSY, give_shift, lock_shifts, refuse_begun, refuse_unready, void_proposals
from .roster_mail import tell_about_swap


def propose_swap(
    *,
    shift: DutyShift,
    asked_of: HotlineOfficer,
    in_exchange: DutyShift | None = None,
    note: str = "",
    by: User,
) -> ShiftSwap:
    """Ask `asked_of` to take a coming shift of `by`, for one of theirs or as a favour; they are told.

    Raises DomainError: `not_yours`, `yourself`, `not_theirs` (the shift in exchange), `past`, `day_off`, `not_ready`
    (one of the two may not be on duty), `already_asked`, `shift_gone`, `try_again`.
    """
    with bounded_wait(BUSY):
        locked = {row.pk: row for row in lock_shifts([shift.pk, *([in_exchange.pk] if in_exchange else [])])}
        shift, in_exchange = locked[shift.pk], locked[in_exchange.pk] if in_exchange else None
        mine = officer_of(by)
        if mine is None or shift.officer_id != mine.pk:
            raise DomainError(_("Only your own shifts can be swapped."), code="not_yours")
        if asked_of.pk == mine.pk:
            raise DomainError(_("Please ask somebody else: this is your own shift."), code="yourself")
        if in_exchange is not None and in_exchange.officer_id != asked_of.pk:
            raise DomainError(_("The shift in exchange is not one of theirs."), code="not_theirs")
        refuse_begun(*locked.values())
        _refuse_day_off(*locked.values())
        refuse_unready(asked_of, *([mine] if in_exchange else []))
        try:
            with transaction.atomic():
                swap = ShiftSwap.objects.create(
                    shift=shift, asked_by=mine, asked_of=asked_of, in_exchange=in_exchange, note=" ".join(note.split())
                )
        except IntegrityError as error:
            raise DomainError(_("Somebody has already been asked to take this shift."), code="already_asked") from error
        audit("swap.proposed", obj=swap, by=by, asked_of=asked_of.pk)
        tell_about_swap(RosterMessage.SWAP_PROPOSED, asked_of, swap)
    return swap


def accept_swap(*, swap: ShiftSwap, by: User) -> ShiftSwap:
    """Take the shift over, and give away the one in exchange: both in one transaction; both officers are told.

    Other proposals about these shifts lapse. Raises DomainError: `not_asked`, `decided` (somebody was quicker),
    `shift_changed`, `past`, `day_off`, `not_ready`, `shift_gone`, `try_again`.
    """
    with bounded_wait(BUSY):
        shifts = _lock(swap)
        swap = _open_swap(swap)
        _refuse_others(swap.asked_of, by)
        if swap.shift.officer_id != swap.asked_by_id or (
            swap.in_exchange is not None and swap.in_exchange.officer_id != swap.asked_of_id
        ):
            raise DomainError(
                _("One of the shifts has changed hands meanwhile; this swap cannot be made any more."),
                code="shift_changed",
            )
        refuse_begun(*shifts)
        _refuse_day_off(*shifts)
        refuse_unready(swap.asked_of, *([swap.asked_by] if swap.in_exchange else []))
        give_shift(swap.shift, swap.asked_of)
        if swap.in_exchange is not None:
            give_shift(swap.in_exchange, swap.asked_by)
        void_proposals(shifts, but=swap)
        _decide(swap, SwapState.ACCEPTED)
        audit("swap.accepted", obj=swap, by=by)
        for officer in (swap.asked_by, swap.asked_of):
            tell_about_swap(RosterMessage.SWAP_ACCEPTED, officer, swap)
    return swap


def decline_swap(*, swap: ShiftSwap, by: User) -> ShiftSwap:
    """Say no; who asked is told. Raises DomainError `not_asked`, `decided`, `shift_gone`, `try_again`."""
    with bounded_wait(BUSY):
        _lock(swap)
        swap = _open_swap(swap)
        _refuse_others(swap.asked_of, by)
        _decide(swap, SwapState.DECLINED)
        audit("swap.declined", obj=swap, by=by)
        tell_about_swap(RosterMessage.SWAP_DECLINED, swap.asked_by, swap)
    return swap


def withdraw_swap(*, swap: ShiftSwap, by: User) -> ShiftSwap:
    """Take a proposal back; who was asked is told. Raises DomainError `not_asked`, `decided`, `shift_gone`."""
    with bounded_wait(BUSY):
        _lock(swap)
        swap = _open_swap(swap)
        _refuse_others(swap.asked_by, by)
        _decide(swap, SwapState.WITHDRAWN)
        audit("swap.withdrawn", obj=swap, by=by)
        tell_about_swap(RosterMessage.SWAP_WITHDRAWN, swap.asked_of, swap)
    return swap


def _lock(swap: ShiftSwap) -> list[DutyShift]:
    """Lock the shifts of `swap`: which they are never changes."""
    return lock_shifts(pk for pk in (swap.shift_id, swap.in_exchange_id) if pk is not None)


def _open_swap(swap: ShiftSwap) -> ShiftSwap:
    """Return the proposal as it stands, locked. Raises DomainError `decided` when it waits for nobody any more."""
    rows = ShiftSwap.objects.select_for_update(of=("self",)).select_related(
        "shift__officer", "in_exchange__officer", "asked_by__person", "asked_of__person"
    )
    swap = rows.get(pk=swap.pk)
    if swap.state != SwapState.PROPOSED:
        raise DomainError(_("This swap has been decided already."), code="decided")
    return swap


def _refuse_others(officer: HotlineOfficer, user: User) -> None:
    own = officer_of(user)
    if own is None or own.pk != officer.pk:
        raise DomainError(_("This is for the other officer to decide."), code="not_asked")


def _refuse_day_off(*shifts: DutyShift) -> None:
    for shift in shifts:
        if not is_working_day(shift.day):
            raise DomainError(_("This day is not worked any more; its shifts will be cleared."), code="day_off")


def _decide(swap: ShiftSwap, state: SwapState) -> None:
    swap.state = state
    swap.decided_at = timezone.now()
    swap.save(update_fields=["state", "decided_at"])
