"""Tasks of the platform as a whole."""

import time

from celery import shared_task
from django.core.cache import cache

HEARTBEAT_KEY = "config.heartbeat"
HEARTBEAT_SECONDS = 90  # the scheduler asks every 20 s: four beats may be missed


@shared_task(name="config.heartbeat", ignore_result=True)
def heartbeat() -> None:
    """Leave the sign that a worker fetches and finishes tasks."""
    cache.set(HEARTBEAT_KEY, time.time(), HEARTBEAT_SECONDS)
