"""Open tender data as JSON, one record after the other: a file of any length takes the memory of one record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

import ijson
from django.utils.translation import gettext as _

from common.errors import DomainError

from .open_data import RecordEntry

_CONTAINER = "records"
_OF_A_RECORD = {"job_number", "detail", "brief", "filename"}
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BLANK = b" \t\r\n" + _BOM
# brackets that open one after the other, and none that closes between them: notices reach six
_BOTTOMLESS = re.compile(rb"[\[{]{60}")
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))


class NoticeFileError(DomainError):
    """A file of notices that cannot be read to its end; the message says where it breaks and what was expected."""


def read_records(stream: IO[bytes]) -> Iterator[RecordEntry]:
    """Yield the records of a file: `{unit_name, records: […]}`, a list of such objects, a list of records, or one.

    Raises NoticeFileError: `empty`, `encoding` (not UTF-8), `shape` (JSON, but no notices), `too_deep`, and while
    reading `cut` or `broken` with the last whole record before the fault, its place in the file and its case number.
    """
    prefix = _prefix(stream)
    row, last = 0, None
    try:
        for row, record in enumerate(_items(stream, prefix), 1):
            last = RecordEntry(row, record)
            yield last
    except ijson.JSONError as error:
        raise _fault(error, last) from None
    if row == 0:
        raise NoticeFileError(_("The file holds no notices: its list of records is empty."), code="empty")
    if prefix == f"item.{_CONTAINER}.item" and any(_items(stream, "item.job_number")):
        message = _("The file mixes single records with lists of records. Divide it into two files.")
        raise NoticeFileError(message, code="shape")


def check_beginning(stream: IO[bytes]) -> None:
    """Look at the beginning of a file. Raises NoticeFileError where it holds no notices, or none that can be read."""
    _prefix(stream)


def _items(stream: IO[bytes], prefix: str) -> Iterator[Any]:
    stream.seek(0)
    items: Iterator[Any] = ijson.items(_Guarded(stream), prefix)
    return items


def _prefix(stream: IO[bytes]) -> str:
    """Where the records stand, told from the beginning of the file; in the notation of ijson."""
    stream.seek(0)
    events = ijson.basic_parse(_Guarded(stream))
    try:
        kind, _value = next(events, ("", None))
        outer = ""
        if kind == "start_array":
            outer = "item"
            kind, _value = next(events, ("", None))
            if kind == "end_array":
                raise NoticeFileError(_("The file holds no notices: its list is empty."), code="empty")
        if kind == "start_map":
            found = _map_holds(events)
            if found == _CONTAINER:
                return f"{outer}.{_CONTAINER}.item".lstrip(".")
            if found == "record":
                return outer
    except ijson.JSONError as error:
        raise _fault(error, None) from None
    message = _(
        "The file is JSON, but no notices: expected an object with a list “records”, a list of such objects, "
        "or a list of records with job_number, date, brief and detail."
    )
    raise NoticeFileError(message, code="shape")


def _map_holds(events: Iterator[tuple[str, Any]]) -> str:
    """Whether the map that has just begun is a record or holds a list of them."""
    depth = 0
    for kind, value in events:
        if depth == 0 and kind == "map_key":
            if value == _CONTAINER:
                return _CONTAINER if next(events, ("", None))[0] == "start_array" else ""
            if value in _OF_A_RECORD:
                return "record"
        elif kind in ("start_map", "start_array"):
            depth += 1
        elif kind in ("end_map", "end_array"):
            depth -= 1
            if depth < 0:
                return ""
    return ""


def _fault(error: Exception, last: RecordEntry | None) -> NoticeFileError:
    """What is wrong with the file, and the last whole record before the fault."""
    said = str(error)
    values = {"row": last.row, "number": last.number} if last else {}
    if "UTF8" in said:
        message = _("The file is not in UTF-8.")
        code = "encoding"
    elif "premature EOF" in said or "EOF" in said:
        message, code = _("The file is cut off: it ends in the middle."), "cut"
    else:
        message, code = _("The file is damaged: it is no valid JSON."), "broken"
    if last is not None:
        place = _("The last whole record is number %(row)d, case %(number)s; the fault lies behind it.") % values
    else:
        place = _("The fault lies before the end of the first record.")
    return NoticeFileError(f"{message} {place} {_('Nothing was imported.')}", code=code)


class _Guarded:
    """A file as the parser reads it: without a byte order mark, and never nested so deep that memory runs out.

    The parser keeps the path of every open bracket: 100 KB of nothing but brackets take gigabytes.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._is_first = True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises NoticeFileError `empty`, `encoding`, `too_deep`."""
        data = self._stream.read(size)
        if self._is_first and size:
            self._is_first = False
            if data.startswith(_UTF16):
                raise NoticeFileError(_("The file is in UTF-16. Save it as UTF-8."), code="encoding")
            if not data.strip(_BLANK):
                raise NoticeFileError(_("The file is empty."), code="empty")
            data = data.removeprefix(_BOM)
        if _BOTTOMLESS.search(data.translate(None, _NO_BRACKET)):
            raise NoticeFileError(_("The file is nested too deeply to be one of notices."), code="too_deep")
        return data
