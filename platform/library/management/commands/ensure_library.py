"""`manage.py ensure_library`: make sure that the statutory subjects and amounts exist."""

from typing import Any

from django.core.management.base import BaseCommand

from library.services import ensure_subjects, ensure_thresholds


class Command(BaseCommand):
    """Lay what the law says of every agency. Running it again changes nothing."""

    help = "Make sure that the statutory subjects and the amounts of procurement exist (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the services and count what is there."""
        subjects, thresholds = ensure_subjects(), ensure_thresholds()
        self.stdout.write(f"{len(subjects)} subjects, {len(thresholds)} amounts")
