"""Reminders to officers: of answers that were promised, and of the shifts of the next working day.

What was reminded of is marked in the transaction that writes the message: a worker that is killed loses nothing, and
nobody is reminded twice.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from common.officedays import is_working_day, next_working_day

from ..enums import ConsultationState
from ..messages import RosterMessage
from ..models import Consultation, DutyShift, HotlineOfficer
from ..roster import ahead, officer_on_duty, ready_officers
from . import roster_mail


def remind_promises(*, today: date, at: datetime | None = None) -> int:
    """Write each officer one message with the open cases whose answer was promised for `today` or before.

    Only on working days, and once a day. Cases without an officer, or of one who cannot answer any more, are put to
    whoever is on duty at `at` (now); while nobody is, they wait for the next run. Returns how many cases were
    written about. Raises nothing: a second run on the same day does nothing.
    """
    if not is_working_day(today):
        return 0
    ready = {officer.pk: officer for officer in ready_officers()}
    on_duty = officer_on_duty(at or timezone.now())
    count = 0
    for officer in ready.values():
        whose = Q(officer=officer)
        if on_duty is not None and officer.pk == on_duty.pk:
            whose |= Q(officer__isnull=True) | ~Q(officer__in=list(ready))
        count += _remind_of_promises(officer, whose, today)
    return count


@transaction.atomic
def _remind_of_promises(officer: HotlineOfficer, whose: Q, today: date) -> int:
    due = Consultation.objects.filter(
        Q(reminded_on__isnull=True) | Q(reminded_on__lt=today),
        whose,
        state=ConsultationState.OPEN,
        promised_for__lte=today,
    )
    cases = list(due.select_for_update().order_by("pk"))
    if not cases or not officer.person.email:
        return 0
    # the marks alone change: no save of the case, so neither its history nor its lock_version knows of it
    Consultation.objects.filter(pk__in=[case.pk for case in cases]).update(reminded_on=today)
    cases.sort(key=lambda case: (case.promised_for, case.pk))
    roster_mail.tell_about_promises(officer, cases)
    return len(cases)


def remind_shifts(*, at: datetime) -> int:
    """Remind officers, on a working day, of their shifts of the next working day; also of today's not yet begun.

    Returns how many shifts were written about; a shift is reminded of once, anew when it changes hands.
    """
    today = timezone.localtime(at).date()
    if not is_working_day(today):
        return 0
    days = (today, next_working_day(today))
    due = DutyShift.objects.filter(ahead(at), day__in=days, reminded_at__isnull=True)
    officer_ids = set(due.values_list("officer_id", flat=True))
    return sum(_remind_of_shifts(officer_id, days, at) for officer_id in sorted(officer_ids))


@transaction.atomic
def _remind_of_shifts(officer_id: int, days: tuple[date, date], at: datetime) -> int:
    due = DutyShift.objects.filter(ahead(at), officer=officer_id, day__in=days, reminded_at__isnull=True)
    shifts = list(due.select_for_update().order_by("pk"))
    if not shifts:
        return 0
    DutyShift.objects.filter(pk__in=[shift.pk for shift in shifts]).update(reminded_at=at)
    roster_mail.tell_about_shifts(RosterMessage.SHIFTS_REMINDED, shifts[0].officer, shifts)
    return len(shifts)
