"""Lay the demonstration data that is not there yet."""

from typing import Any

from django.core.management.base import BaseCommand

from common.errors import DomainError
from demo.services import lay_demonstration


class Command(BaseCommand):
    """Lay missing layers; a second run changes nothing."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Lay, telling each layer, or say in one sentence why not."""
        try:
            lay_demonstration(tell=self.stdout.write)
        except DomainError as error:
            raise SystemExit(f"✗ {error}") from error
