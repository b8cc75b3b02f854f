"""Import agencies from a file of names: `manage.py import_agencies FILE [--dry-run]`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.enums import AgencyVerdict
from accounts.services import AgencyPlan, ensure_districts, import_agencies, plan_agencies, read_agencies
from common.errors import DomainError


class Command(BaseCommand):
    """Read, summarise, and write all or nothing."""

    help = (
        "Import agencies from a .csv, .ods or .xlsx; rules propose kind and superior. Running it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file and whether only to look."""
        parser.add_argument("file", type=Path, metavar="FILE", help="columns: name; optionally kind, parent, district")
        parser.add_argument("--dry-run", action="store_true", help="show what would happen and write nothing")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        """Import the file. Raises CommandError in words when it cannot be read."""
        try:
            with file.open("rb") as stream:
                rows, notes = read_agencies(stream, name=file.name)
            if not dry_run:
                ensure_districts()
            plan = plan_agencies(rows) if dry_run else import_agencies(rows=rows)
        except OSError as error:
            raise CommandError(_("%(file)s cannot be read: %(why)s") % {"file": file, "why": error.strerror}) from None
        except DomainError as error:
            raise CommandError(str(error)) from None
        for note in notes:
            self.stdout.write(note)
        self._summarise(plan)
        self.stdout.write(
            _("Nothing was written (--dry-run).") if dry_run else _("Rows that wrote something: %d") % plan.changes
        )

    def _summarise(self, plan: AgencyPlan) -> None:
        for verdict, count in plan.counts.items():
            self.stdout.write(f"{count:6} {verdict.label}")
        if plan.counts_by_rule:
            self.stdout.write(_("By rule:"))
        for rule, count in plan.counts_by_rule.items():
            self.stdout.write(f"{count:6} {rule.pattern} → {rule.get_kind_display()} {rule.parent_name}")
        for planned in plan.rows:
            if planned.remarks or planned.verdict == AgencyVerdict.UNCLEAR:
                self.stdout.write(f"{planned.row.number:6} {planned.row.name}: {' '.join(planned.remarks)}")
