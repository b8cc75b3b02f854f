"""The Celery application. Workers start with `celery -A config worker`."""

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def say_hello(**_arguments: object) -> None:
    """Send the first heartbeat at once; the scheduler sends the others."""
    app.send_task("config.heartbeat")
