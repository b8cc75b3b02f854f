"""Writes of duty shifts: planned in rotation, given to somebody else, cleared."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from common.locking import bounded_wait
from common.officedays import working_days

from .. import hours
from ..enums import ShiftPart, SwapState
from ..messages import RosterMessage
from ..models import DutyShift, HotlineOfficer, ShiftSwap
from ..roster import ahead, is_ready, ready_officers, shifts_on_days_off
from .roster_mail import tell_about_shifts

LONGEST_RANGE = timedelta(days=366)
BUSY = _("Somebody else is changing the roster right now. Nothing was changed; please try again in a moment.")


def plan_rotation(*, first: date, last: date, by: User | None, announce: bool = True) -> list[DutyShift]:
    """Give every free half day of the working days from `first` to `last` an officer; return the new shifts.

    The officers who may answer today take turns in their order, going on after the last one planned before: whoever
    has fewest shifts in the range is next, nobody gets both halves of a day unless they are alone, and mornings
    and afternoons are spread alike. Shifts that stand are never touched, so a second run changes nothing. Each
    officer gets one message with their new shifts and a calendar file, unless `announce` is off.

    Raises DomainError: `backwards`, `past` (before today), `too_long` (over 366 days), `no_officers`, `try_again`.
    """
    if last < first:
        raise DomainError(_("The last day is earlier than the first day."), code="backwards")
    if first < timezone.localdate():
        raise DomainError(_("The roster is planned for days that are still to come."), code="past")
    if last - first > LONGEST_RANGE:
        raise DomainError(_("Please plan at most a year at a time."), code="too_long")
    with bounded_wait(BUSY):
        # the lock of all planning; no_key lets cases that name an officer be saved meanwhile
        list(HotlineOfficer.objects.select_for_update(no_key=True).order_by("pk"))
        officers = list(ready_officers())
        if not officers:
            raise DomainError(
                _("Nobody can be planned: there is no officer in the rotation who holds a valid qualification."),
                code="no_officers",
            )
        standing = list(DutyShift.objects.filter(day__range=(first, last)))
        taken = {(shift.day, shift.part) for shift in standing}
        free = [(day, part) for day in working_days(first, last) for part in ShiftPart if (day, part) not in taken]
        if not free:
            return []
        shifts = DutyShift.objects.bulk_create(_in_rotation(officers, free, standing))
        audit("roster.planned", by=by, first=first.isoformat(), last=last.isoformat(), shifts=len(shifts))
        if announce:
            _tell_each(RosterMessage.SHIFTS_PLANNED, shifts)
    return shifts


def reassign_shift(*, shift: DutyShift, officer: HotlineOfficer, by: User | None) -> DutyShift:
    """Give a coming shift to `officer`; proposals to swap it lapse, and both officers are told.

    Raises DomainError: `past`, `not_ready` (the officer is out of the rotation or has no valid qualification),
    `shift_gone`, `try_again`.
    """
    with bounded_wait(BUSY):
        shift = lock_shifts([shift.pk])[0]
        if shift.officer_id == officer.pk:
            return shift
        refuse_begun(shift)
        refuse_unready(officer)
        before = shift.officer
        give_shift(shift, officer)
        void_proposals([shift])
        audit("shift.reassigned", obj=shift, by=by, before=before.pk, after=officer.pk)
        tell_about_shifts(RosterMessage.SHIFT_TAKEN, before, [shift])
        tell_about_shifts(RosterMessage.SHIFT_GIVEN, officer, [shift])
    return shift


def clear_shifts(*, first: date, last: date, by: User | None, only_days_off: bool = False) -> int:
    """Delete the shifts from `first` to `last` that have not begun; return how many. Their officers are told.

    `only_days_off` leaves the working days alone: for what a change of the office calendar has overtaken. Raises
    DomainError `backwards`, `try_again`.
    """
    if last < first:
        raise DomainError(_("The last day is earlier than the first day."), code="backwards")
    with bounded_wait(BUSY):
        coming = DutyShift.objects.filter(ahead(timezone.now()), day__range=(first, last))
        if only_days_off:
            coming = coming.filter(pk__in=[shift.pk for shift in shifts_on_days_off(first, last)])
        shifts = lock_shifts(coming.values_list("pk", flat=True), complete=False)
        if not shifts:
            return 0
        audit("roster.cleared", by=by, first=first.isoformat(), last=last.isoformat(), shifts=len(shifts))
        _tell_each(RosterMessage.SHIFTS_CLEARED, shifts)
        DutyShift.objects.filter(pk__in=[shift.pk for shift in shifts]).delete()
    return len(shifts)


def lock_shifts(pks: Iterable[int], *, complete: bool = True) -> list[DutyShift]:
    """Return these shifts as they stand, locked in the order of their keys: whoever changes one holds it.

    Raises DomainError `shift_gone` when one was cleared meanwhile and all of them (`complete`) are needed.
    """
    wanted = list(pks)
    # locked without a join: PostgreSQL would leave out a row whose officer changed while it waited for the lock
    locked = list(
        DutyShift.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True)
    )
    shifts = list(DutyShift.objects.select_related("officer__person").filter(pk__in=locked).order_by("pk"))
    if complete and len(shifts) != len(set(wanted)):
        raise DomainError(_("This shift does not stand in the roster any more."), code="shift_gone")
    return shifts


def refuse_begun(*shifts: DutyShift) -> None:
    """Raise DomainError `past` when a shift has begun."""
    for shift in shifts:
        if hours.begins_at(shift.day, shift.part) <= timezone.now():
            raise DomainError(_("This shift has begun already."), code="past")


def refuse_unready(*officers: HotlineOfficer) -> None:
    """Raise DomainError `not_ready` when one of the officers may not answer the hotline today."""
    for officer in officers:
        if not is_ready(officer):
            raise DomainError(
                format_lazy(
                    _("{name} cannot be on duty: out of the rotation, or without a valid qualification."),
                    name=officer.person.name,
                ),
                code="not_ready",
            )


def give_shift(shift: DutyShift, officer: HotlineOfficer) -> None:
    """Write the new officer of a locked shift; who takes it over is reminded anew."""
    shift.officer = officer
    shift.reminded_at = None
    shift.save(update_fields=["officer", "reminded_at"])


def void_proposals(shifts: Sequence[DutyShift], *, but: ShiftSwap | None = None) -> None:
    """Withdraw the proposals about shifts (locked by the caller) that have changed hands."""
    waiting = ShiftSwap.objects.filter(Q(shift__in=shifts) | Q(in_exchange__in=shifts), state=SwapState.PROPOSED)
    if but is not None:
        waiting = waiting.exclude(pk=but.pk)
    waiting.update(state=SwapState.WITHDRAWN, decided_at=timezone.now())


def _in_rotation(
    officers: Sequence[HotlineOfficer], free: Sequence[tuple[date, ShiftPart]], standing: Iterable[DutyShift]
) -> list[DutyShift]:
    totals: Counter[int] = Counter()
    of_part: Counter[tuple[int, str]] = Counter()
    on_day: dict[date, set[int]] = defaultdict(set)
    for shift in standing:
        totals[shift.officer_id] += 1
        of_part[shift.officer_id, shift.part] += 1
        on_day[shift.day].add(shift.officer_id)
    turn = _first_turn(officers, *free[0])
    shifts = []
    for day, part in free:
        ranked = [
            (totals[officer.pk], of_part[officer.pk, part.value], (place - turn) % len(officers), place)
            for place, officer in enumerate(officers)
            if officer.pk not in on_day[day] or len(officers) == 1
        ]
        place = min(ranked)[-1]
        officer = officers[place]
        totals[officer.pk] += 1
        of_part[officer.pk, part.value] += 1
        on_day[day].add(officer.pk)
        turn = (place + 1) % len(officers)
        shifts.append(DutyShift(day=day, part=part, officer=officer))
    return shifts


def _first_turn(officers: Sequence[HotlineOfficer], day: date, part: ShiftPart) -> int:
    """Return the place in `officers` after whoever was on duty last before this half day."""
    before = DutyShift.objects.filter(Q(day__lt=day) | Q(day=day, part__gt=part))  # "morning" > "afternoon"
    last = before.select_related("officer").order_by("-day", "part").first()
    if last is None:
        return 0
    rank = (last.officer.order, last.officer.pk)
    return next((place for place, officer in enumerate(officers) if (officer.order, officer.pk) > rank), 0)


def _tell_each(kind: RosterMessage, shifts: Iterable[DutyShift]) -> None:
    theirs: dict[HotlineOfficer, list[DutyShift]] = defaultdict(list)
    for shift in shifts:
        theirs[shift.officer].append(shift)
    for officer, own in theirs.items():
        tell_about_shifts(kind, officer, own)
