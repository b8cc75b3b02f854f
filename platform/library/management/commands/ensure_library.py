"""`manage.py ensure_library`: make sure that the statutory subjects, the amounts and the procurement zone exist."""

from typing import Any

from django.core.management.base import BaseCommand

from library.services import ensure_subjects, ensure_thresholds, ensure_zone


class Command(BaseCommand):
    """Lay what the law says of every agency, and the zone's first pages. Running it again changes nothing."""

    help = "Make sure that the statutory subjects, the amounts of procurement and the zone's pages exist (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the services and say what is there."""
        subjects, thresholds, zone = ensure_subjects(), ensure_thresholds(), ensure_zone()
        self.stdout.write(f"{len(subjects)} subjects, {len(thresholds)} amounts, {zone.url or zone.slug}")
