"""Lay the demonstration data anew; its dates are relative to today."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common.errors import DomainError
from demo.services import check_demonstration_alone, database_name, reset_demonstration


class Command(BaseCommand):
    """Empty the demonstration and lay it again; refuse any other database."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Let scripts give what a person types."""
        parser.add_argument("--name", help="the name of the database that is to be emptied; asked for when not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the database's name and reset, or say in one sentence why not."""
        try:
            check_demonstration_alone()
            name = options["name"]
            if name is None:
                name = input(f"Everything in it is removed. Type the name of the database ({database_name()}): ")
            reset_demonstration(name=name.strip(), tell=self.stdout.write)
        except DomainError as error:
            raise SystemExit(f"✗ {error}") from error
        except EOFError as error:
            raise SystemExit("✗ The name of the database was not typed: nothing was touched.") from error
        self.stdout.write("✓ The demonstration data lies anew.")
