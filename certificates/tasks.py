"""Background work. Every intent is a row before it is a task; each of these may run any number of times."""

from celery import shared_task

from . import services


@shared_task(name="certificates.run_batch")
def run_batch(batch_id: int) -> None:
    """Issue the certificates of a batch."""
    services.run_batch(batch_id=batch_id)


@shared_task(name="certificates.sweep_batches")
def sweep_batches() -> None:
    """Send again the batches that stand still: their worker was killed or their task was lost."""
    for batch_id in services.sweep_batches():
        run_batch.delay(batch_id)
