"""Background work of the hotline. Each of these may run any number of times."""

from celery import shared_task
from django.utils import timezone

from .services import asking, importing, log, reminders, suggesting


@shared_task(name="consultations.sweep_terms", ignore_result=True)
def sweep_terms() -> None:
    """Index the answered cases that a lost signal left out."""
    suggesting.sweep_terms()


@shared_task(name="consultations.remind_promises", ignore_result=True)
def remind_promises() -> None:
    """Remind officers of the answers promised for today and before."""
    reminders.remind_promises(today=timezone.localdate())


@shared_task(name="consultations.remind_shifts", ignore_result=True)
def remind_shifts() -> None:
    """Remind officers of their shifts of the next working day."""
    reminders.remind_shifts(at=timezone.now())


@shared_task(name="consultations.sweep_answer_mails", ignore_result=True)
def sweep_answer_mails() -> None:
    """Mail the answers that a lost signal left out."""
    asking.sweep_answer_mails()


@shared_task(name="consultations.run_import", ignore_result=True)
def run_import(import_id: int) -> None:
    """Write the rows of an old spreadsheet into the log."""
    importing.run_import(import_id=import_id)


@shared_task(name="consultations.sweep_imports", ignore_result=True)
def sweep_imports() -> None:
    """Send again the imports that stand still: their worker was killed or their task was lost."""
    for import_id in importing.sweep_imports():
        run_import.delay(import_id)


@shared_task(name="consultations.discard_empty_drafts", ignore_result=True)
def discard_empty_drafts() -> None:
    """Discard entries in which nothing stands: their screen was closed without a word."""
    log.discard_empty_drafts()
