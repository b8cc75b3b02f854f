""".ods and .xlsx: the first visible sheet, and what the reader should know about it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .kinds import FileKind
from .matching import too_many_columns, too_many_rows
from .problems import Problem, SpreadsheetError, column_letters
from .rawsheet import RawSheet
from .scanning import Limits, ScanRefused, SheetScan, open_archive, scan_ods, scan_xlsx
from .scanning.sheetscan import Refusal


def read_workbook(data: bytes, kind: FileKind, *, name: str, limits: Limits, max_rows: int) -> RawSheet:
    """The first visible sheet; `max_rows` is what messages name.

    Raises `SpreadsheetError` (`damaged`, `too_large`, `too_many_rows`, `empty`).
    """
    try:
        package = open_archive(data, limits)
        scans = scan_ods(package, limits) if kind == "ods" else scan_xlsx(package, limits)
    except ScanRefused as refused:
        raise _error(refused, name, limits, max_rows) from refused
    visible = [scan for scan in scans if scan.visible]
    if not visible:
        raise SpreadsheetError([Problem(name, None, None, _("The workbook has no visible sheet."))], code="empty")
    chosen = visible[0]
    return RawSheet(rows=chosen.rows, doubts=chosen.doubts, merged=chosen.merged, notes=_notes(chosen, visible))


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
    if chosen.first_old_day is not None:
        row, column = chosen.first_old_day
        notes.append(
            ngettext(
                "Cell %(cell)s: its program took the ROC year for a year of antiquity. It was read as the ROC year.",
                "%(count)d cells, the first of them %(cell)s: their program took the ROC years for years of antiquity. "
                "They were read as ROC years.",
                chosen.old_days,
            )
            % {"cell": f"{column_letters(column)}{row}", "count": chosen.old_days}
        )
    return notes


def _error(refused: ScanRefused, name: str, limits: Limits, max_rows: int) -> SpreadsheetError:
    if refused.refusal is Refusal.TOO_MANY_ROWS:
        return too_many_rows(name, refused.row or 0, max_rows)
    if refused.refusal is Refusal.TOO_MANY_COLUMNS:
        return too_many_columns(name, refused.row or 0, limits.columns)
    code, message = {
        Refusal.TOO_LARGE: ("too_large", _("The workbook unfolds to more than can be read. Keep to one plain table.")),
        Refusal.DAMAGED: ("damaged", _("The file is damaged. Open it, save it again and try once more.")),
        Refusal.PROTECTED: ("damaged", _("The workbook is protected by a password. Save it without one.")),
    }[refused.refusal]
    return SpreadsheetError([Problem(name, refused.row, None, message)], code=code)
