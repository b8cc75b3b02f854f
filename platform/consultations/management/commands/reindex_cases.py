"""`manage.py reindex_cases`: write the words by which similar cases are found anew."""

from typing import Any

from django.core.management.base import BaseCommand

from consultations.services.suggesting import reindex_cases


class Command(BaseCommand):
    """Index every answered case. Needed after the way of cutting or weighing words has changed."""

    help = "Write the words of every answered case anew, by which similar cases are found."

    def handle(self, *args: Any, **options: Any) -> None:
        """Index, and say how many."""
        self.stdout.write(f"{reindex_cases()} cases")
