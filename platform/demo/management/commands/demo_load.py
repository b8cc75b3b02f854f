"""Lay the demonstration data that is not there yet."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from demo.services import lay_demonstration


class Command(BaseCommand):
    """Lay missing layers; a second run changes nothing."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Lay, telling each layer."""
        settings.PRINT_MAIL_LINKS = False  # mails to invented people are nobody's first look
        lay_demonstration(tell=self.stdout.write)
