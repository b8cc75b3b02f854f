"""`manage.py import_office_calendar PATH…`: read the government's yearly calendars of office days."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from common.officecalendar import OfficeCalendarError, calendar_files, import_office_calendar


class Command(BaseCommand):
    """Import office calendars from files or folders: all or none. Running it again changes nothing."""

    help = "Import the government's office calendars (JSON, one file a year) from files or folders; all or none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the paths."""
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a JSON file, or a folder of them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what changed; name every defect and change nothing otherwise."""
        try:
            imported = import_office_calendar(files=calendar_files(options["paths"]))
        except OfficeCalendarError as error:
            raise CommandError(f"{error}\n{_('Nothing was imported.')}") from error
        for result in imported:
            outcome = _("no change")
            if result.changed_anything:
                outcome = _("%(added)d days new, %(changed)d changed, %(removed)d removed") % {
                    "added": result.added,
                    "changed": result.changed,
                    "removed": result.removed,
                }
            self.stdout.write(f"{result.year}: {outcome}")
            for note in result.notes:
                self.stdout.write(f"  {note}")
