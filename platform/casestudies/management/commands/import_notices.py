"""`manage.py import_notices FILE…`: files of notices of any size, read on the server without an upload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from casestudies.enums import CaseSource
from casestudies.reading.files import open_entries, source_of
from casestudies.reading.notices import LABELS
from casestudies.reading.sheets import guess_mapping, read_table_of
from casestudies.services.applying import Tally, import_entries, judge_entries
from casestudies.services.intake import Verdict
from common.errors import DomainError
from common.imports import Outcome
from common.spreadsheets import RawTable, column_letters


class Command(BaseCommand):
    """Import each file whole or not at all; again changes nothing. The exit code is 1 where a file was not taken."""

    help = "Import notices from open tender data (.json, any size) or spreadsheets (.ods, .xlsx, .csv); idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the files."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--partial", action="store_true", help="leave refused rows out and take the others")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import one file after the other, and say what became of each row that is refused."""
        refused = 0
        for file in options["files"]:
            try:
                tally = self._take(file, is_partial=options["partial"], is_dry=options["dry_run"])
            except (DomainError, OSError) as error:
                raise CommandError(f"{file}: {error}") from error
            counts = ", ".join(f"{Outcome(name).label} {count}" for name, count in tally.counts.items())
            self.stdout.write(f"{file.name}: {counts}")
            refused += tally.refused
        if refused and options["dry_run"] and not options["partial"]:
            raise CommandError(_("%(count)d rows are refused.") % {"count": refused})

    def _take(self, file: Path, *, is_partial: bool, is_dry: bool) -> Tally:
        source = source_of(file.name)
        with file.open("rb") as stream:
            mapping: dict[str, int] = {}
            if source == CaseSource.SHEET:
                table = read_table_of(stream, name=file.name)
                mapping = guess_mapping(table.headings)
                self._show(table, mapping)
                stream.seek(0)
            entries = open_entries(stream, name=file.name, mapping=mapping, remark=self._remark)
            if is_dry:
                return judge_entries(entries, source=source, watch=self._watch)
            return import_entries(
                entries, name=file.name, source=source, by=None, is_partial=is_partial, watch=self._watch
            )

    def _show(self, table: RawTable, mapping: Mapping[str, int]) -> None:
        """Say which column is taken for what: nobody confirms it here."""
        self.stdout.write(_("%(file)s, headings in row %(row)d:") % {"file": table.file, "row": table.header_row})
        taken = {column: key for key, column in mapping.items()}
        for column, heading in enumerate(table.headings):
            meaning = LABELS[taken[column]] if column in taken else _("not read")
            self.stdout.write(f"  {column_letters(column)} {heading} → {meaning}")

    def _remark(self, notes: Sequence[str]) -> None:
        for note in notes:
            self.stdout.write(f"  {note}")

    def _watch(self, verdicts: Sequence[Verdict]) -> None:
        for verdict in verdicts:
            if verdict.outcome is Outcome.REFUSED:
                row = _("row %(row)d") % {"row": verdict.row}
                self.stderr.write(f"{row} {verdict.label}: {'; '.join(verdict.reasons)}")
