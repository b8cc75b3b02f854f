"""What the website does by itself."""

from celery import shared_task

from .services import publish_scheduled as publish


@shared_task(name="website.publish_scheduled", ignore_result=True)
def publish_scheduled() -> None:
    """Publish what is due and take down what has expired."""
    publish()
