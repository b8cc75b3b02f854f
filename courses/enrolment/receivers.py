"""What this app does when something happened: each receiver calls one service or queues one task."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Person
from accounts.signals import membership_confirmed, membership_refused
from courses.catalogue.signals import run_cancelled, timetable_changed

from . import services, tasks
from .signals import enrolment_confirmed, enrolment_withdrawn, seat_freed, waiting_list_joined, waiting_list_settled


@receiver(seat_freed, dispatch_uid="enrolment.promote")
def promote_the_next(*, run_id: int, **_arguments: Any) -> None:
    """Give the freed seat to the next one in the queue."""
    tasks.promote_waiting.delay(run_id)


@receiver([enrolment_confirmed, enrolment_withdrawn], dispatch_uid="enrolment.announce")
def announce_enrolment(*, enrolment_id: int, **_arguments: Any) -> None:
    """Write the message about a seat given or given up."""
    services.announce_enrolment(enrolment_id=enrolment_id)


@receiver([waiting_list_joined, waiting_list_settled], dispatch_uid="enrolment.announce_entry")
def announce_entry(*, entry_id: int, **_arguments: Any) -> None:
    """Write the message about a place in the queue."""
    services.announce_entry(entry_id=entry_id)


@receiver(timetable_changed, dispatch_uid="enrolment.timetable_changed")
def announce_timetable(*, run_id: int, **_arguments: Any) -> None:
    """Tell who is enrolled and who waits what changed."""
    tasks.announce_run_change.delay(run_id)


@receiver(run_cancelled, dispatch_uid="enrolment.run_cancelled")
def announce_cancellation(*, run_id: int, **_arguments: Any) -> None:
    """Tell the enrolled that the run is cancelled."""
    tasks.announce_run_change.delay(run_id)


@receiver([membership_confirmed, membership_refused], dispatch_uid="enrolment.settle_agencies")
def settle_agencies(*, person: Person, **_arguments: Any) -> None:
    """Let the agency of their enrolments follow what the agency said."""
    services.settle_agencies(person=person)


@receiver(run_cancelled, dispatch_uid="enrolment.close_queue")
def close_queue(*, run_id: int, **_arguments: Any) -> None:
    """Close the queue of a cancelled run: the promotion does so."""
    tasks.promote_waiting.delay(run_id)
