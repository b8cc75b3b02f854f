"""Print the demonstration sign-ins."""

from typing import Any

from django.core.management.base import BaseCommand

from common.errors import DomainError
from demo.people import ALL_SIGN_INS, demonstration_password, keep_passwords
from demo.services import check_demonstration_alone, is_demonstration


class Command(BaseCommand):
    """Print who may sign in with which password; the passwords of a database with other data stay as they are."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per account."""
        if not is_demonstration():
            self.stdout.write("  This database is no demonstration: sign in with your own account.")
            return
        try:
            check_demonstration_alone()
            keep_passwords()
        except DomainError as error:
            if error.code != "holds_anything_else":
                raise SystemExit(f"✗ {error}") from error
        self.stdout.write(f"  Demonstration sign-ins, laid with the password  {demonstration_password()}")
        for sign_in in ALL_SIGN_INS:
            self.stdout.write(f"    {sign_in.email:<24}{sign_in.purpose}")
