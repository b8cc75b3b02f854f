"""What the workers do with queues and messages. Each task calls a service, and may run twice."""

from datetime import timedelta

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from common.errors import DomainError
from courses.catalogue.models import CourseRun

from . import services
from .selectors import announcements_due, runs_to_promote, timetables_due

OVERLOOKED_AFTER = timedelta(minutes=3)
"""A message not written by then was forgotten by a process that died; younger ones are being written."""


@shared_task(
    name="enrolment.promote_waiting", autoretry_for=(DomainError, OperationalError), retry_backoff=2, max_retries=5
)
def promote_waiting(run_id: int) -> None:
    """Give the free seats of one run to those who wait; try again when too many people hold the lock."""
    services.promote_waiting(run=CourseRun.objects.get(pk=run_id))


@shared_task(name="enrolment.announce_run_change")
def announce_run_change(
    run_id: int, enrolment_ids: list[int] | None = None, entry_ids: list[int] | None = None
) -> None:
    """Tell who is enrolled in one run and who waits for it what changed, or that it is cancelled."""
    services.announce_run_change(run_id=run_id, enrolment_ids=enrolment_ids, entry_ids=entry_ids)


@shared_task(name="enrolment.announce_enrolment")
def announce_enrolment(enrolment_id: int) -> None:
    """Write the message about one enrolment that is still due."""
    services.announce_enrolment(enrolment_id=enrolment_id)


@shared_task(name="enrolment.announce_entry")
def announce_entry(entry_id: int) -> None:
    """Write the message about one place in a queue that is still due."""
    services.announce_entry(entry_id=entry_id)


@shared_task(name="enrolment.promote_all_waiting")
def promote_all_waiting() -> None:
    """Find what a lost signal or a killed worker left undone, and send it on its way again."""
    for run_id in runs_to_promote():
        promote_waiting.delay(run_id)
    services.settle_agencies()
    enrolments, entries = announcements_due(before=timezone.now() - OVERLOOKED_AFTER)
    for enrolment_id in enrolments.values_list("pk", flat=True):
        announce_enrolment.delay(enrolment_id)
    for entry_id in entries.values_list("pk", flat=True):
        announce_entry.delay(entry_id)
    for run_id, (enrolment_ids, entry_ids) in timetables_due(before=timezone.now() - OVERLOOKED_AFTER).items():
        announce_run_change.delay(run_id, enrolment_ids, entry_ids)
