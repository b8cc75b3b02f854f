"""Background work of the library. Each of these may run any number of times."""

from celery import shared_task

from . import services
from .documents import versions_to_announce


@shared_task(name="library.announce_version")
def announce_version(version_id: int) -> None:
    """Tell the subscribers of a document that a version is in force."""
    services.announce_version(version_id=version_id)


@shared_task(name="library.announce_versions")
def announce_versions() -> None:
    """Find the versions that came into force today, and those that a killed worker left half told."""
    for version_id in versions_to_announce().values_list("pk", flat=True):
        announce_version.delay(version_id)
