"""Which files of notices are taken, and their rows one after the other, whatever their format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO

from django.core.files.base import File
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.file_types import FILE_TYPES, FileType, check_file, extension_of, is_text

from ..enums import CaseSource
from .entries import Entry
from .sheets import FIELDS, read_table_of, reading_notes, sheet_entries
from .streams import read_records

FILES: dict[str, FileType] = {
    "json": FileType(100, is_text),  # streamed; 100 MB hold about 20,000 notices, larger files come by the command
    "ods": FileType(20, FILE_TYPES["ods"].looks_right),
    "xlsx": FileType(20, FILE_TYPES["xlsx"].looks_right),
    "csv": FileType(20, is_text),
}
"""What may be uploaded, and how large (megabytes)."""


def check_upload(file: File) -> CaseSource:
    """Return what kind of source `file` is; it is told by its name, its size and its first bytes, and not read.

    Raises DomainError `file_type`, `file_empty`, `file_size`, `file_content`.
    """
    try:
        check_file(file, types=FILES)
    except DomainError as refusal:
        if refusal.code != "file_size" or source_of(file.name or "") != CaseSource.API:
            raise
        more = _("Larger files are read on the server: manage.py import_notices.")
        raise DomainError(f"{refusal} {more}", code="file_size") from None
    return source_of(file.name or "")


def source_of(name: str) -> CaseSource:
    """Return what kind of source a file of this name is."""
    return CaseSource.API if extension_of(name) == "json" else CaseSource.SHEET


def open_entries(
    stream: IO[bytes],
    *,
    name: str,
    mapping: Mapping[str, int],
    remark: Callable[[list[str]], None] = lambda _notes: None,
) -> Iterator[Entry]:
    """Yield the rows of a file; `mapping` (our field → column, from 0) is a spreadsheet's.

    `remark` is given what is to be known of a spreadsheet as it is mapped, before its first row. Raises DomainError
    (NoticeFileError, SpreadsheetError, `unit_unclear`) with what is wrong with the file, while it is read.
    """
    if source_of(name) == CaseSource.API:
        yield from read_records(stream)
    else:
        refuse_unmapped(mapping)
        table = read_table_of(stream, name=name)
        remark(reading_notes(table, mapping))
        yield from sheet_entries(table, mapping)


def refuse_unmapped(mapping: Mapping[str, int]) -> None:
    """Raise DomainError `column_missing` where a field without which there is no notice comes from no column."""
    for field in FIELDS:
        if field.is_required and field.key not in mapping:
            message = _("In which column stands: %(field)s? No row can be taken without it.")
            raise DomainError(message % {"field": field.label}, code="column_missing")
