"""Background work. Every intent is a row before it is a task; each of these may run any number of times."""

from celery import shared_task

from . import services
from .selectors import runs_with_certificates


@shared_task(name="certificates.run_batch")
def run_batch(batch_id: int) -> None:
    """Issue the certificates of a batch."""
    services.run_batch(batch_id=batch_id)


@shared_task(name="certificates.sweep_batches")
def sweep_batches() -> None:
    """Send again the batches that stand still: their worker was killed or their task was lost."""
    for batch_id in services.sweep_batches():
        run_batch.delay(batch_id)


@shared_task(name="certificates.examine_run")
def examine_run(run_id: int) -> None:
    """Look whether the certificates of a run still rest on what they say."""
    services.examine_certificates(run_id=run_id)


@shared_task(name="certificates.examine_all")
def examine_all() -> None:
    """Look at all certificates, run by run: what a lost signal would have done, and changed curricula."""
    for run_id in runs_with_certificates():
        examine_run.delay(run_id)
