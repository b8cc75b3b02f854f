"""Which files may be posted, how large, and whether a file is what its name says."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.base import File
from django.utils.translation import gettext as _

from common.errors import DomainError

MEGABYTE = 1024 * 1024
_PROBE = 64 * 1024  # bytes of a text file that are looked at


@dataclass(frozen=True)
class FileType:
    """A kind of file: its limit in megabytes and how to recognise it."""

    megabytes: int
    looks_right: Callable[[File], bool]


def _starts_with(*beginnings: bytes) -> Callable[[File], bool]:
    def check(file: File) -> bool:
        return file.read(16).startswith(beginnings)

    return check


def _is_mp4(file: File) -> bool:
    return file.read(12)[4:8] == b"ftyp"


def _is_webp(file: File) -> bool:
    head = file.read(12)
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


def is_text(file: File) -> bool:
    """Whether a file begins as text: UTF-8 or Big5; a character cut by the end of the probe is no fault."""
    probe = file.read(_PROBE)
    if b"\x00" in probe:
        return False
    for encoding in ("utf-8", "cp950"):
        for cut in range(4):
            try:
                probe[: len(probe) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def _is_open_document(kind: str) -> Callable[[File], bool]:
    expected = f"application/vnd.oasis.opendocument.{kind}".encode()

    def check(file: File) -> bool:
        with zipfile.ZipFile(file) as archive:
            return archive.read("mimetype").strip() == expected if _small(archive, "mimetype") else False

    return check


def _is_office_document(folder: str) -> Callable[[File], bool]:
    def check(file: File) -> bool:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
        return "[Content_Types].xml" in names and any(name.startswith(f"{folder}/") for name in names)

    return check


def _small(archive: zipfile.ZipFile, name: str) -> bool:
    return name in archive.namelist() and archive.getinfo(name).file_size < 200


def _is_zip(file: File) -> bool:
    return zipfile.is_zipfile(file)


FILE_TYPES: dict[str, FileType] = {
    "odt": FileType(50, _is_open_document("text")),
    "ods": FileType(50, _is_open_document("spreadsheet")),
    "odp": FileType(100, _is_open_document("presentation")),
    "pdf": FileType(100, _starts_with(b"%PDF-")),
    "docx": FileType(50, _is_office_document("word")),
    "xlsx": FileType(50, _is_office_document("xl")),
    "pptx": FileType(100, _is_office_document("ppt")),
    "txt": FileType(10, is_text),
    "csv": FileType(10, is_text),
    "html": FileType(10, is_text),
    "svg": FileType(10, is_text),
    "vtt": FileType(10, is_text),
    "srt": FileType(10, is_text),
    "png": FileType(20, _starts_with(b"\x89PNG\r\n\x1a\n")),
    "jpg": FileType(20, _starts_with(b"\xff\xd8\xff")),
    "jpeg": FileType(20, _starts_with(b"\xff\xd8\xff")),
    "webp": FileType(20, _is_webp),
    "mp3": FileType(100, _starts_with(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "mp4": FileType(500, _is_mp4),
    "webm": FileType(500, _starts_with(b"\x1aE\xdf\xa3")),
    "zip": FileType(200, _is_zip),
}


def extension_of(name: str) -> str:
    """Return the extension of a file's name, in lower case and without its dot."""
    return PurePath(name).suffix.lower().removeprefix(".")


def check_file(file: File, *, types: Mapping[str, FileType] = FILE_TYPES) -> FileType:
    """Return the type of `file` among `types` (by extension), or raise DomainError saying what was expected.

    Its name decides the type, its size (bytes) is held against the type's limit, its first bytes (for
    archives the directory) against the name. The file is read in part only, and left at its beginning.
    """
    extension = extension_of(file.name or "")
    file_type = types.get(extension)
    if file_type is None:
        raise DomainError(
            _("Files of this type cannot be posted. Possible are: %(types)s.") % {"types": ", ".join(types)},
            code="file_type",
        )
    if not file.size:
        raise DomainError(_("This file is empty."), code="file_empty")
    if file.size > file_type.megabytes * MEGABYTE:
        raise DomainError(
            _("This file is too large: %(size)d MB, and .%(extension)s files may have %(limit)d MB.")
            % {"size": -(-file.size // MEGABYTE), "extension": extension, "limit": file_type.megabytes},
            code="file_size",
        )
    file.seek(0)
    try:
        right = file_type.looks_right(file)
    except (zipfile.BadZipFile, KeyError, OSError):
        right = False
    file.seek(0)
    if not right:
        raise DomainError(
            _("The content of this file is not what its name says: expected .%(extension)s.")
            % {"extension": extension},
            code="file_content",
        )
    return file_type
