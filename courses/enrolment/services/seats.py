"""Giving, queueing and freeing seats, each under the one lock (`locking.seats_locked`).

Invariants, whatever happens at once: never more seats taken than there are; no free seat in a run ahead
while somebody eligible waits; nobody overtaken without a recorded reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.models import Agency, Person
from accounts.permissions import is_administrator
from accounts.services import register_person
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from courses.catalogue.enums import RunState
from courses.catalogue.models import CourseRun

from ..eligibility import check_enrolment, refusals_of_people
from ..enums import COUNTABLE_STATES, EnrolmentState, WaitingState
from ..evidence import Evidence, evidence_of, outcomes_of
from ..locking import seats_locked
from ..models import Enrolment, WaitingListEntry
from ..selectors import active_enrolment, active_entry, count_taken, has_left, waiting_list
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
    *, run: CourseRun, person: Person, by: User | None, announce: bool = True, reason: str = ""
) -> Enrolment | WaitingListEntry:
    """Give `person` a seat in `run`, or the last place in its queue when none is free.

    Idempotent: whoever has a seat or a place gets the same one back. The queue goes before newcomers.
    Whoever withdrew gets their own enrolment back, with its number; one that took part already goes on with the
    agency of its day. `by` None is the platform itself; without `announce` no message is written (laying past
    classes). `reason` says why somebody is enrolled late and is kept. Raises DomainError with the code of the
    refusal (`eligibility`), `reason_missing` for somebody new in a run that is over, or `try_again`.
    """
    reason = reason.strip()
    with seats_locked(run.pk) as locked:
        existing = active_enrolment(locked, person)
        if existing:
            return existing
        entry = active_entry(locked, person)
        if entry is None:
            check_enrolment(locked, person, by=by, may_override=is_administrator(by))
            if by is not None and not reason and locked.state == RunState.FINISHED and not has_left(locked, person):
                raise DomainError(
                    _("This class is over. Please say why somebody is enrolled now; the reason is kept."),
                    code="reason_missing",
                )
        free, promoted = _promote(locked, announce=announce)
        if entry:
            entry.refresh_from_db()
            return next((row for row in promoted if row.person_id == person.pk), entry)
        language = _language_of(person, by)
        if free > 0:
            return _confirm(
                locked, person, by=by, language=language, announce=announce, at=timezone.now(), reason=reason
            )
        return _queue(locked, person, by=by, language=language, announce=announce)


@transaction.atomic
def register_and_enrol(
    *, run: CourseRun, name: str, email: str, job_title: str, agency: Agency | None, by: User, reason: str = ""
) -> Enrolment | WaitingListEntry:
    """Register somebody who is not on record, with the agency confirmed, and enrol them: both or nothing.

    Raises what `enrol_trainee` raises; then nobody was registered.
    """
    person = register_person(
        name=name, email=email, job_title=job_title, agency=agency, is_confirmed=True, by=by
    )  # fmt: skip
    return enrol_trainee(run=run, person=person, by=by, reason=reason)


def withdraw_enrolment(
    *, enrolment: Enrolment, by: User | None, reason: str = "", despite_outcomes: bool = False
) -> Enrolment:
    """Give up a seat; the next one in the queue gets it at once. Idempotent.

    Trainees until the run's deadline, administrators and the platform later too. Who comes back queues
    at the end. Raises DomainError `too_late`, `try_again`, or `has_outcomes` when results or certificates rest on
    the enrolment and the caller did not ask (`despite_outcomes`).
    """
    with seats_locked(enrolment.run_id) as run:
        enrolment = Enrolment.objects.select_related("person").get(pk=enrolment.pk)
        if enrolment.state != EnrolmentState.CONFIRMED:
            return enrolment
        if timezone.now() >= run.withdraw_until and by is not None and not is_administrator(by):
            raise DomainError(
                _("Withdrawal was possible until the deadline; please call us: %(phone)s.")
                % {"phone": settings.PHONE_NUMBER},
                code="too_late",
            )
        if not despite_outcomes:
            _refuse_with(outcomes_of(enrolment))
        return _end(enrolment, run, EnrolmentState.WITHDRAWN, by=by, reason=reason, action="enrolment.withdrawn")


def mark_entered_in_error(
    *, enrolment: Enrolment, reason: str, by: User | None, despite_evidence: bool = False
) -> Enrolment:
    """Take an enrolment that should never have been made out of every figure; it stays on record with `reason`.

    Its seat is free again. Idempotent. Raises DomainError `reason_missing`, `try_again`, or `has_outcomes` when
    attendance, results or certificates speak against an error and the caller did not ask (`despite_evidence`).
    """
    if not reason.strip():
        raise DomainError(_("Please say why this enrolment is an error; the reason is kept."), code="reason_missing")
    with seats_locked(enrolment.run_id) as run:
        enrolment = Enrolment.objects.select_related("person").get(pk=enrolment.pk)
        if enrolment.state == EnrolmentState.IN_ERROR:
            return enrolment
        if not despite_evidence:
            _refuse_with(evidence_of(enrolment))
        return _end(enrolment, run, EnrolmentState.IN_ERROR, by=by, reason=reason, action="enrolment.entered_in_error")


def restore_enrolment(*, enrolment: Enrolment, by: User, adds_seat: bool = False) -> Enrolment:
    """Take back a withdrawal or an "entered in error": number, agency, attendance and results are as they were.

    A free seat is taken even while others wait: it is the undoing of a mistake. In a full run `adds_seat` gives the
    run one seat more. Idempotent. Raises DomainError `cancelled`, `not_qualified`, `enrolled_again` (the person has
    another enrolment by now), `full` or `try_again`.
    """
    with seats_locked(enrolment.run_id) as run:
        enrolment = Enrolment.objects.select_related("person").get(pk=enrolment.pk)
        if enrolment.state == EnrolmentState.CONFIRMED:
            return enrolment
        person = enrolment.person
        check_enrolment(run, person, by=None, may_override=True)
        others = Enrolment.objects.filter(run=run, person=person, state__in=COUNTABLE_STATES).exclude(pk=enrolment.pk)
        if others.exists():
            raise DomainError(
                _("%(name)s already has another enrolment in this class.") % {"name": person}, code="enrolled_again"
            )
        if count_taken(run) >= run.seats:
            if not adds_seat:
                raise DomainError(_("No seat is free any more: the class needs one seat more."), code="full")
            audit("run.seats_changed", obj=run, by=by, before=run.seats, after=run.seats + 1)
            run.seats += 1
            run.save(update_fields=["seats"])
        if entry := active_entry(run, person):
            _settle(entry, WaitingState.PROMOTED, announce=False, at=timezone.now())
        audit(
            "enrolment.restored", obj=enrolment, by=by, run=run.code, number=enrolment.number, before=enrolment.state,
            withdrawn_at=enrolment.withdrawn_at.isoformat() if enrolment.withdrawn_at else "",
            reason=enrolment.exit_reason,
        )  # fmt: skip
        _reopen(enrolment, at=timezone.now(), announce=run.state != RunState.FINISHED)
        enrolment.save()
        _on_commit(enrolment_confirmed, enrolment_id=enrolment.pk, run_id=run.pk)
        return enrolment


def leave_waiting_list(*, entry: WaitingListEntry, by: User | None) -> WaitingListEntry:
    """Give up a place in the queue. Idempotent: a place that is settled already stays as it is."""
    with seats_locked(entry.run_id) as run:
        entry = WaitingListEntry.objects.get(pk=entry.pk)
        if entry.state == WaitingState.WAITING:
            _settle(entry, WaitingState.LEFT, announce=True, at=timezone.now())
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
    if run.cancelled_at or run.has_begun():
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
            reason = refusal.in_language(entry.language)
            _settle(entry, WaitingState.SKIPPED, announce=announce, at=timezone.now(), reason=reason)
            audit("waiting_list.skipped", obj=entry, run=run.code, reason=refusal.code)
            continue
        now = timezone.now()  # one moment for both: by it the message knows where the seat came from
        _settle(entry, WaitingState.PROMOTED, announce=False, at=now)
        promoted.append(
            _confirm(
                run, entry.person, by=None, language=entry.language, announce=announce, at=now,
                action="enrolment.promoted",
            )
        )  # fmt: skip
        free -= 1
    return free, promoted


def _close_queue(run: CourseRun, *, announce: bool) -> None:
    for entry in waiting_list(run):
        with override(entry.language):
            reason = (
                _("The class was cancelled.") if run.cancelled_at else _("The class began before it was your turn.")
            )
        _settle(entry, WaitingState.LAPSED, announce=announce, at=timezone.now(), reason=reason)
        audit("waiting_list.lapsed", obj=entry, run=run.code)


def _confirm(
    run: CourseRun,
    person: Person,
    *,
    by: User | None,
    language: str,
    announce: bool,
    at: datetime,
    action: str = "enrolment.confirmed",
    reason: str = "",
) -> Enrolment:
    """Give the seat: the person's own enrolment again where they withdrew, else a new one. One per person and run."""
    enrolment = Enrolment.objects.filter(run=run, person=person, state=EnrolmentState.WITHDRAWN).first()
    if enrolment is None:
        last = Enrolment.objects.filter(run=run).aggregate(last=Max("number"))["last"] or 0
        enrolment = Enrolment(run=run, person=person, number=last + 1)
    took_part = enrolment.withdrawn_at is not None and run.has_begun(enrolment.withdrawn_at)
    _reopen(enrolment, at=at, announce=announce)
    if not took_part:
        enrolment.agency_id = person.agency_id
        enrolment.is_agency_confirmed = person.agency_id is None or person.agency_confirmed_at is not None
        enrolment.confirmed_at, enrolment.restored_at = at, None
    enrolment.enrolled_by = by
    enrolment.language = language
    enrolment.entry_reason = reason[:200] or enrolment.entry_reason
    enrolment.save()
    said = {"reason": enrolment.entry_reason} if reason else {}
    audit(action, obj=enrolment, by=by, run=run.code, number=enrolment.number, **said)
    _on_commit(enrolment_confirmed, enrolment_id=enrolment.pk, run_id=run.pk)
    return enrolment


def _reopen(enrolment: Enrolment, *, at: datetime, announce: bool) -> None:
    """Let the enrolment hold its seat, again or for the first time; unsaved."""
    if enrolment.withdrawn_at is not None:
        enrolment.calendar_sequence += 1
        enrolment.restored_at = at
    enrolment.state = EnrolmentState.CONFIRMED
    enrolment.withdrawn_at = None
    enrolment.exit_reason = ""
    enrolment.is_announcement_due = announce


def _end(
    enrolment: Enrolment, run: CourseRun, state: EnrolmentState, *, by: User | None, reason: str, action: str
) -> Enrolment:
    """Take the seat away, with the reason; who had withdrawn already is not told again."""
    held_a_seat = enrolment.state == EnrolmentState.CONFIRMED
    enrolment.state = state
    enrolment.exit_reason = reason.strip()[:200]
    if held_a_seat:
        enrolment.withdrawn_at = timezone.now()
        enrolment.calendar_sequence += 1
        enrolment.is_announcement_due = state == EnrolmentState.WITHDRAWN or run.state != RunState.FINISHED
    enrolment.save(
        update_fields=["state", "exit_reason", "withdrawn_at", "calendar_sequence", "is_announcement_due"]
    )  # fmt: skip
    said = {"reason": enrolment.exit_reason} if enrolment.exit_reason else {}
    audit(action, obj=enrolment, by=by, run=run.code, number=enrolment.number, **said)
    if held_a_seat:
        _on_commit(enrolment_withdrawn, enrolment_id=enrolment.pk, run_id=run.pk)
        _on_commit(seat_freed, run_id=run.pk)
    return enrolment


def _refuse_with(evidence: Sequence[Evidence]) -> None:
    """Raise DomainError `has_outcomes`, which names what rests on the enrolment; nothing where nothing does."""
    if evidence:
        raise DomainError(
            _("On this enrolment rest: %(evidence)s.") % {"evidence": "; ".join(str(found) for found in evidence)},
            code="has_outcomes",
        )


def _queue(run: CourseRun, person: Person, *, by: User | None, language: str, announce: bool) -> WaitingListEntry:
    entry = WaitingListEntry.objects.create(
        run=run, person=person, queued_at=timezone.now(), queued_by=by, language=language,
        is_announcement_due=announce,
    )  # fmt: skip
    audit("waiting_list.joined", obj=entry, by=by, run=run.code)
    _on_commit(waiting_list_joined, entry_id=entry.pk, run_id=run.pk)
    return entry


def _settle(entry: WaitingListEntry, state: WaitingState, *, announce: bool, at: datetime, reason: str = "") -> None:
    entry.state = state
    entry.settled_at = at
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
