"""Which kind of file it really is: names lie, first bytes hardly ever."""

from pathlib import PurePath
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .problems import Problem, SpreadsheetError
from .scanning import Package, ScanRefused, find_workbook, is_spreadsheet
from .scanning.archive import BROKEN

FileKind = Literal["ods", "xlsx", "csv"]

_SIGNATURES: tuple[tuple[bytes, str | Promise], ...] = (
    (b"%PDF", gettext_lazy("a PDF document")),
    (b"\xd0\xcf\x11\xe0", gettext_lazy("an old Office file (.xls) or one protected by a password")),
    (b"{\\rtf", gettext_lazy("a text document (RTF)")),
    (b"\x89PNG", gettext_lazy("a picture")),
    (b"\xff\xd8\xff", gettext_lazy("a picture")),
    (b"GIF8", gettext_lazy("a picture")),
)
_MARKUP: tuple[tuple[bytes, str | Promise], ...] = (
    (b"<!doctype html", gettext_lazy("a web page (HTML)")),
    (b"<html", gettext_lazy("a web page (HTML)")),
    (b"<table", gettext_lazy("a web page (HTML)")),
    (b"<meta", gettext_lazy("a web page (HTML)")),
    (b"<?xml", gettext_lazy("an XML file")),
)


def check_kind(data: bytes, name: str) -> FileKind:
    """The kind of the file, by its content. Raises `SpreadsheetError` where that is none of ours or not its name's."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in {".ods", ".xlsx", ".csv"}:
        raise _error(name, "wrong_type", _("Expected a file that ends in .ods, .xlsx or .csv."))
    if not data.strip():
        raise _error(name, "empty", _("The file is empty."))
    kind, description = _recognise(data)
    if kind is None or f".{kind}" != suffix:
        message = _("The name ends in %(suffix)s, but the content is %(content)s. Save the table as %(suffix)s again.")
        raise _error(name, "wrong_type", message % {"suffix": suffix, "content": description})
    return kind


def _recognise(data: bytes) -> tuple[FileKind | None, str | Promise]:
    if data.startswith(b"PK"):
        return _recognise_archive(data)
    for signature, description in _SIGNATURES:
        if data.startswith(signature):
            return None, description
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for signature, description in _MARKUP:
        if start.startswith(signature):
            return None, description
    return "csv", _("plain text")


def _recognise_archive(data: bytes) -> tuple[FileKind | None, str | Promise]:
    try:
        package = Package(data)
        if find_workbook(package) is not None:
            return "xlsx", _("an Excel workbook (.xlsx)")
        holds_spreadsheet = is_spreadsheet(package)
        if holds_spreadsheet:
            return "ods", _("an OpenDocument spreadsheet (.ods)")
        if holds_spreadsheet is not None:
            return None, _("another OpenDocument file")
        if "[Content_Types].xml" in package:
            return None, _("another Office file")
    except (*BROKEN, ScanRefused):
        return None, _("a damaged archive")
    return None, _("a ZIP archive")


def _error(name: str, code: str, message: str) -> SpreadsheetError:
    return SpreadsheetError([Problem(name, None, None, message)], code=code)
