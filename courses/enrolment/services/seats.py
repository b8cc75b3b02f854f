"""Giving, queueing and freeing seats, each under the one lock (`locking.seats_locked`).

Invariants, whatever happens at once: never more seats taken than there are; no free seat in a run ahead
while somebody eligible waits; nobody overtaken without a recorded reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Max
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import is_administrator
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from courses.catalogue.models import CourseRun

from ..eligibility import check_enrolment, refusals_of_people
from ..enums import EnrolmentState, WaitingState
from ..locking import seats_locked
from ..models import Enrolment, WaitingListEntry
from ..selectors import active_enrolment, active_entry, count_taken, waiting_list
from ..signals import (
    enrolment_confirmed,
    enrolment_withdrawn,
    seat_freed,
    waiting_list_joined,
    waiting_list_settled,
)

if TYPE_CHECKING:
    from accounts.models import User


def enrol_trainee(
    *, run: CourseRun, person: Person, by: User | None, announce: bool = True
) -> Enrolment | WaitingListEntry:
    """Give `person` a seat in `run`, or the last place in its queue when none is free.

    Idempotent: whoever has a seat or a place gets the same one back. The queue goes before newcomers.
    `by` None is the platform itself; without `announce` no message is written (laying past classes).
    Raises DomainError with the code of the refusal (`eligibility`), or `try_again`.
    """
    with seats_locked(run.pk) as locked:
        existing = active_enrolment(locked, person)
        if existing:
            return existing
        entry = active_entry(locked, person)
        if entry is None:
            check_enrolment(locked, person, by=by, may_override=is_administrator(by))
        free, promoted = _promote(locked, announce=announce)
        if entry:
            entry.refresh_from_db()
            return next((row for row in promoted if row.person_id == person.pk), entry)
        language = _language_of(person, by)
        if free > 0:
            return _confirm(locked, person, by=by, language=language, announce=announce)
        return _queue(locked, person, by=by, language=language, announce=announce)


def withdraw_enrolment(*, enrolment: Enrolment, by: User | None) -> Enrolment:
    """Give up a seat; the next one in the queue gets it at once. Idempotent.

    Trainees until the run's deadline, administrators and the platform later too. Who comes back queues
    at the end. Raises DomainError `too_late` or `try_again`.
    """
    with seats_locked(enrolment.run_id) as run:
        enrolment = Enrolment.objects.select_related("person").get(pk=enrolment.pk)
        if enrolment.state == EnrolmentState.WITHDRAWN:
            return enrolment
        now = timezone.now()
        if now >= run.withdraw_until and by is not None and not is_administrator(by):
            raise DomainError(
                _("Withdrawal was possible until the deadline; please call us: %(phone)s.")
                % {"phone": settings.PHONE_NUMBER},
                code="too_late",
            )
        enrolment.state = EnrolmentState.WITHDRAWN
        enrolment.withdrawn_at = now
        enrolment.calendar_sequence += 1
        enrolment.is_announcement_due = True
        enrolment.save(update_fields=["state", "withdrawn_at", "calendar_sequence", "is_announcement_due"])
        audit("enrolment.withdrawn", obj=enrolment, by=by, run=run.code, number=enrolment.number)
        _on_commit(enrolment_withdrawn, enrolment_id=enrolment.pk, run_id=run.pk)
        _on_commit(seat_freed, run_id=run.pk)
        return enrolment


def leave_waiting_list(*, entry: WaitingListEntry, by: User | None) -> WaitingListEntry:
    """Give up a place in the queue. Idempotent: a place that is settled already stays as it is."""
    with seats_locked(entry.run_id) as run:
        entry = WaitingListEntry.objects.get(pk=entry.pk)
        if entry.state == WaitingState.WAITING:
            _settle(entry, WaitingState.LEFT, announce=True)
            audit("waiting_list.left", obj=entry, by=by, run=run.code)
            _on_commit(seat_freed, run_id=run.pk)
        return entry


def promote_waiting(*, run: CourseRun) -> list[Enrolment]:
    """Give the free seats of `run` to those who wait, first come first; return the new enrolments.

    The one promotion: every path that frees a seat ends here. Who is no longer eligible is passed over
    with the reason recorded, and the next one is looked at. Once the run has begun or was cancelled, the
    queue is closed instead.
    """
    with seats_locked(run.pk) as locked:
        _free, promoted = _promote(locked, announce=True)
        return promoted


def change_seats(*, run: CourseRun, seats: int, by: User | None) -> CourseRun:
    """Set how many seats `run` has; new ones go to those who wait. Idempotent.

    Raises DomainError `too_few_seats` when more people are enrolled than there would be seats.
    """
    with seats_locked(run.pk) as locked:
        taken = count_taken(locked)
        if seats < max(taken, 1):
            raise DomainError(
                _("%(taken)s people are enrolled: there must be at least as many seats.") % {"taken": max(taken, 1)},
                code="too_few_seats",
            )
        if seats != locked.seats:
            audit("run.seats_changed", obj=locked, by=by, before=locked.seats, after=seats)
            locked.seats = seats
            locked.save(update_fields=["seats"])
            _on_commit(seat_freed, run_id=locked.pk)
        return locked


def _promote(run: CourseRun, *, announce: bool) -> tuple[int, list[Enrolment]]:
    """Fill the free seats from the queue, under the lock; return the seats left for newcomers, and who got one."""
    free = run.seats - count_taken(run)
    if run.cancelled_at or run.starts_on <= timezone.localdate():
        _close_queue(run, announce=announce)
        return free, []
    if free <= 0:
        return 0, []
    queue = list(waiting_list(run))
    refusals = refusals_of_people(run, [entry.person_id for entry in queue])
    promoted: list[Enrolment] = []
    for entry in queue:
        if not free:
            break
        if refusal := refusals.get(entry.person_id):
            _settle(entry, WaitingState.SKIPPED, announce=announce, reason=refusal.in_language(entry.language))
            audit("waiting_list.skipped", obj=entry, run=run.code, reason=refusal.code)
            continue
        _settle(entry, WaitingState.PROMOTED, announce=False)
        promoted.append(
            _confirm(
                run, entry.person, by=None, language=entry.language, announce=announce, action="enrolment.promoted"
            )
        )
        free -= 1
    return free, promoted


def _close_queue(run: CourseRun, *, announce: bool) -> None:
    for entry in waiting_list(run):
        with override(entry.language):
            reason = _("The class was cancelled.") if run.cancelled_at else _("The class began; no seat became free.")
        _settle(entry, WaitingState.LAPSED, announce=announce, reason=reason)
        audit("waiting_list.lapsed", obj=entry, run=run.code)


def _confirm(
    run: CourseRun,
    person: Person,
    *,
    by: User | None,
    language: str,
    announce: bool,
    action: str = "enrolment.confirmed",
) -> Enrolment:
    last = Enrolment.objects.filter(run=run).aggregate(last=Max("number"))["last"] or 0
    enrolment = Enrolment.objects.create(
        run=run, person=person, agency_id=person.agency_id, number=last + 1, confirmed_at=timezone.now(),
        enrolled_by=by, language=language, is_announcement_due=announce,
    )  # fmt: skip
    audit(action, obj=enrolment, by=by, run=run.code, number=enrolment.number)
    _on_commit(enrolment_confirmed, enrolment_id=enrolment.pk, run_id=run.pk)
    return enrolment


def _queue(run: CourseRun, person: Person, *, by: User | None, language: str, announce: bool) -> WaitingListEntry:
    entry = WaitingListEntry.objects.create(
        run=run, person=person, queued_at=timezone.now(), queued_by=by, language=language,
        is_announcement_due=announce,
    )  # fmt: skip
    audit("waiting_list.joined", obj=entry, by=by, run=run.code)
    _on_commit(waiting_list_joined, entry_id=entry.pk, run_id=run.pk)
    return entry


def _settle(entry: WaitingListEntry, state: WaitingState, *, announce: bool, reason: str = "") -> None:
    entry.state = state
    entry.settled_at = timezone.now()
    entry.reason = reason[:200]
    entry.is_announcement_due = announce
    entry.save(update_fields=["state", "settled_at", "reason", "is_announcement_due"])
    if state != WaitingState.PROMOTED:
        _on_commit(waiting_list_settled, entry_id=entry.pk, run_id=entry.run_id)


def _language_of(person: Person, by: User | None) -> str:
    """Return the language of messages: the one in which people enrol themselves, else the site's."""
    if by is not None and by.person_id == person.pk:
        return get_language() or settings.LANGUAGE_CODE
    return settings.LANGUAGE_CODE


def _on_commit(signal: Signal, **arguments: Any) -> None:
    # robust: a receiver that fails is logged and repaired by the sweep; the seat stays given
    after_commit(signal.send_robust, sender=Enrolment, **arguments)
