"""Background work of the hotline. Each of these may run any number of times."""

from celery import shared_task

from .services import suggesting


@shared_task(name="consultations.sweep_terms", ignore_result=True)
def sweep_terms() -> None:
    """Index the answered cases that a lost signal left out."""
    suggesting.sweep_terms()
