"""`manage.py ensure_error_patterns`: lay the list of error patterns that an installation begins with."""

from typing import Any

from django.core.management.base import BaseCommand

from consultations.services.patterns import ensure_error_patterns


class Command(BaseCommand):
    """Lay the error patterns that are missing. Running it again changes nothing, and what was edited stays."""

    help = "Lay the error patterns (錯誤態樣) that are missing, with their subjects (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Lay them, and say how many there are."""
        self.stdout.write(f"{len(ensure_error_patterns())} error patterns")
