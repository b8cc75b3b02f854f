"""Lay the demonstration data anew; its dates are relative to today."""

from typing import Any

from django.core.management.base import BaseCommand

from common.errors import DomainError
from demo.services import reset_demonstration


class Command(BaseCommand):
    """Empty the demonstration and lay it again; refuse any other database."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset, or say in one sentence why not."""
        try:
            reset_demonstration(tell=self.stdout.write)
        except DomainError as error:
            raise SystemExit(f"✗ {error}") from error
        self.stdout.write("✓ The demonstration data lies anew.")
