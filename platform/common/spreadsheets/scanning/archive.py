"""The ZIP around a workbook: few members, honest sizes, no password."""

import io
import zipfile
import zlib

from .sheetscan import Limits, Refusal, ScanRefused

_PIECE = 256 * 1024
_ENCRYPTED = 0x1


def open_archive(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The archive, after every member was unpacked once to nowhere: its sizes and checksums are true.

    Raises `ScanRefused`.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
        if any(member.flag_bits & _ENCRYPTED for member in members):
            raise ScanRefused(Refusal.PROTECTED)
        if len({member.filename for member in members}) < len(members):
            raise ScanRefused(Refusal.DAMAGED)
        if len(members) > limits.members or sum(member.file_size for member in members) > limits.unpacked_bytes:
            raise ScanRefused(Refusal.TOO_LARGE)
        for member in members:
            with archive.open(member) as content:
                while content.read(_PIECE):
                    pass
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise ScanRefused(Refusal.DAMAGED) from error
    return archive
