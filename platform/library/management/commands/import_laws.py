"""`manage.py import_laws PATH…`: read the national law database's JSON files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from library.lawfiles import LawFilesError
from library.services import import_laws


class Command(BaseCommand):
    """Import laws from files or folders: all or none. Running it again changes nothing."""

    help = "Import laws from the national law database's JSON files (files or folders); all of them or none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the paths."""
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a JSON file, or a folder of them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what changed; name every defect and change nothing otherwise."""
        try:
            imported = import_laws(options["paths"])
        except LawFilesError as error:
            raise CommandError(f"{error}\n{_('Nothing was imported.')}") from error
        for result in imported:
            outcome = _("no change")
            if result.changed_anything:
                counts = {"added": result.added, "changed": result.changed}
                outcome = _("%(added)s articles new, %(changed)s changed") % counts
            if not result.insertion.is_newest:
                day = result.insertion.text.amended_on
                outcome = _("older version of %(day)s: %(outcome)s") % {"day": day, "outcome": outcome}
            if result.reviews:
                count = _("%(count)s to review") % {"count": result.reviews}
                outcome = f"{outcome}, {count}"
            self.stdout.write(f"{result.law.pcode} {result.law.name}: {outcome}")
