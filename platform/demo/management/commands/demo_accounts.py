"""Print the demonstration sign-ins."""

from typing import Any

from django.core.management.base import BaseCommand

from demo.people import ALL_SIGN_INS, demonstration_password, keep_passwords
from demo.services import is_demonstration


class Command(BaseCommand):
    """Print who may sign in with which password; silent where there is no demonstration."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per account."""
        if not is_demonstration():
            self.stdout.write("  This database is no demonstration: sign in with your own account.")
            return
        keep_passwords()
        self.stdout.write(f"  Demonstration sign-ins, all with the password  {demonstration_password()}")
        for sign_in in ALL_SIGN_INS:
            self.stdout.write(f"    {sign_in.email:<24}{sign_in.purpose}")
