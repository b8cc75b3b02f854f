"""Enrolments and places in queues when two records of a person become one: in each run they count once.

What hangs on enrolments belongs to the apps above; they register with `enrolments` what becomes of it when two
enrolments in one run are one.
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.merging import MergeRules, people
from accounts.models import Person, User
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError

from .enums import COUNTABLE_STATES, EnrolmentState, WaitingState
from .locking import fetch_runs_for_update
from .models import Enrolment, WaitingListEntry
from .signals import seat_freed

enrolments = MergeRules("enrolment.Enrolment")


def merge_enrolments(kept: Person, gone: Person, by: User) -> list[str]:
    """Move the enrolments of `gone`; where both are enrolled in one run, one enrolment remains with all that is theirs.

    The one that holds a seat remains, else the lower number. The other number is not given to anybody else as long
    as later ones are in use; the audit trail keeps it. Raises DomainError for what only a person can decide, such as
    two results of one sitting.
    """
    notes: list[str] = []
    runs = fetch_runs_for_update(sorted(set(Enrolment.objects.filter(person=gone).values_list("run_id", flat=True))))
    for run in runs.values():
        # one entered in error stays what it is: it only changes hands
        both = Enrolment.objects.filter(run=run, person__in=[kept, gone])
        both.exclude(state__in=COUNTABLE_STATES).update(person=kept)
        rows = list(both.filter(state__in=COUNTABLE_STATES))
        if not rows:
            continue
        rows.sort(key=lambda row: (row.state != EnrolmentState.CONFIRMED, row.number))
        stays, *others = rows
        seats = sum(row.state == EnrolmentState.CONFIRMED for row in rows)
        for other in others:
            notes += _join(stays, other, by)
        Enrolment.objects.filter(pk=stays.pk).update(person=kept)
        if seats > 1:
            after_commit(seat_freed.send_robust, sender=Enrolment, run_id=run.pk)
    return notes


def _join(stays: Enrolment, other: Enrolment, by: User) -> list[str]:
    report = enrolments.apply(stays, other, by)
    if report.conflicts:
        raise DomainError(" ".join(report.conflicts), code="conflicts")
    numbers = {"run": stays.run.code, "kept": stays.number, "gone": other.number}
    audit("enrolment.joined", obj=stays, by=by, **numbers, moved=report.counts)
    other.delete()
    return [_("%(run)s: both are enrolled; number %(kept)s stays, number %(gone)s goes.") % numbers, *report.notes]


def merge_places(kept: Person, gone: Person, by: User) -> list[str]:
    """Move the places in queues; whoever holds a seat waits no more, and of two places the earlier one stays."""
    both = WaitingListEntry.objects.filter(person__in=[kept, gone], state=WaitingState.WAITING).order_by("pk")
    seats = Enrolment.objects.filter(person__in=[kept, gone], state=EnrolmentState.CONFIRMED)
    served = set(seats.values_list("run_id", flat=True))
    notes = []
    for entry in both.select_related("run"):
        if entry.run_id in served:
            entry.state, entry.settled_at = WaitingState.LEFT, timezone.now()
            entry.reason = _("Recorded twice.")
            entry.save(update_fields=["state", "settled_at", "reason"])
            audit("waiting_list.left", obj=entry, by=by, run=entry.run.code)
            notes.append(_("%(run)s: the second place in the queue goes.") % {"run": entry.run.code})
        served.add(entry.run_id)
    WaitingListEntry.objects.filter(person=gone).update(person=kept)
    return notes


people.register("enrolment.Enrolment.person", merge_enrolments)
people.register("enrolment.WaitingListEntry.person", merge_places)
