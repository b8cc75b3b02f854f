""".ods and .xlsx by calamine, once the scan has found the workbook safe."""

import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from .kinds import FileKind
from .matching import too_many_rows
from .problems import Problem, SpreadsheetError
from .rawsheet import RawSheet
from .scanning import Limits, ScanRefused, SheetScan, open_archive, scan_ods, scan_xlsx
from .scanning.sheetscan import Refusal

# Titles and blank rows above the headings, and blank rows between, do not count against the rows of a table.
_ROWS_BESIDE_THE_TABLE = 1_000


def read_workbook(data: bytes, kind: FileKind, *, name: str, max_rows: int) -> RawSheet:
    """The first visible sheet. Raises `SpreadsheetError` (`damaged`, `too_large`, `too_many_rows`, `empty`)."""
    limits = Limits(rows=max_rows + _ROWS_BESIDE_THE_TABLE)
    try:
        with open_archive(data, limits) as archive:
            scans = scan_ods(archive, limits) if kind == "ods" else scan_xlsx(archive, limits)
    except ScanRefused as refused:
        raise _error(refused, name, max_rows) from refused
    visible = [scan for scan in scans if scan.visible]
    if not visible:
        raise SpreadsheetError([Problem(name, None, None, _("The workbook has no visible sheet."))], code="empty")
    chosen = visible[0]
    return RawSheet(
        rows=_rows(data, chosen.name, name) if chosen.has_values else [],
        doubts=chosen.doubts,
        booleans=chosen.booleans,
        merged=chosen.merged,
        notes=_notes(chosen, visible),
    )


def _rows(data: bytes, sheet_name: str, name: str) -> Iterator[tuple[int, list[Any]]]:
    """Every row with its number from 1; the values begin with column A."""
    sheet = _open_sheet(data, sheet_name, name)
    if sheet.start is None:
        return
    first_row, first_column = sheet.start
    blanks = [None] * first_column
    for number, values in enumerate(sheet.to_python(), first_row + 1):
        yield number, [*blanks, *values]


def _open_sheet(data: bytes, sheet_name: str, name: str) -> CalamineSheet:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet_name)
    except CalamineError as error:
        raise _error(ScanRefused(Refusal.DAMAGED), name, 0) from error
    except BaseException as error:
        # A panic in the reader's Rust derives from BaseException, has no importable name, and must not end the process.
        if type(error).__name__ != "PanicException":
            raise
        raise _error(ScanRefused(Refusal.DAMAGED), name, 0) from error


def _notes(chosen: SheetScan, visible: list[SheetScan]) -> list[str]:
    notes = []
    others = [scan.name for scan in visible if scan is not chosen and scan.has_values]
    if others:
        message = _("Only the first sheet, “%(sheet)s”, was read; not read: %(others)s.")
        notes.append(message % {"sheet": chosen.name, "others": ", ".join(others)})
    if chosen.hidden_rows:
        notes.append(
            ngettext(
                "%(count)d hidden row was read as well.",
                "%(count)d hidden rows were read as well.",
                chosen.hidden_rows,
            )
            % {"count": chosen.hidden_rows}
        )
    return notes


def _error(refused: ScanRefused, name: str, max_rows: int) -> SpreadsheetError:
    if refused.refusal is Refusal.TOO_MANY_ROWS:
        return too_many_rows(name, refused.row or 0, max_rows)
    code, message = {
        Refusal.TOO_LARGE: ("too_large", _("The workbook unfolds to more than can be read. Keep to one plain table.")),
        Refusal.DAMAGED: ("damaged", _("The file is damaged. Open it, save it again and try once more.")),
        Refusal.PROTECTED: ("damaged", _("The workbook is protected by a password. Save it without one.")),
    }[refused.refusal]
    return SpreadsheetError([Problem(name, refused.row, None, message)], code=code)
