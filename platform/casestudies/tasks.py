"""Background work of failed tenders. Each of these may run any number of times."""

from celery import shared_task
from django.utils import timezone

from .services import importing, reminders


@shared_task(name="casestudies.remind_decisions", ignore_result=True)
def remind_decisions() -> None:
    """Remind agencies of the decisions of the review group that are due, and of those overdue."""
    reminders.remind_decisions(today=timezone.localdate())


@shared_task(name="casestudies.read_import", ignore_result=True)
def read_import(import_id: int) -> None:
    """Judge the rows of a file of notices."""
    importing.run_reading(import_id=import_id)


@shared_task(name="casestudies.run_import", ignore_result=True)
def run_import(import_id: int) -> None:
    """Write a file of notices into the records."""
    importing.run_import(import_id=import_id)


@shared_task(name="casestudies.sweep_imports", ignore_result=True)
def sweep_imports() -> None:
    """Send again the imports that stand still: their worker was killed or their task was lost."""
    to_read, to_write = importing.sweep_imports()
    for import_id in to_read:
        read_import.delay(import_id)
    for import_id in to_write:
        run_import.delay(import_id)
