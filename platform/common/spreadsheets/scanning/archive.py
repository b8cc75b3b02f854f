"""The ZIP around a workbook: few members, honest sizes, no password; names as loose as programs write them."""

import io
import zipfile
import zlib
from typing import IO

from .sheetscan import Limits, Refusal, ScanRefused

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
"""What reading a damaged archive raises."""

_PIECE = 256 * 1024
_ENCRYPTED = 0x1


class Package:
    """The members of an archive by name, whatever its case and slashes: both formats compare names like that.

    Raises one of `BROKEN` where the archive cannot be opened at all.
    """

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self.members = [info for info in self._archive.infolist() if not info.is_dir()]
        self._by_name = {_canonical(info.filename): info for info in self.members}

    @property
    def has_doubled_names(self) -> bool:
        """Whether two members answer to one name."""
        return len(self._by_name) < len(self.members)

    def __contains__(self, name: str) -> bool:
        return _canonical(name) in self._by_name

    def open(self, name: str) -> IO[bytes]:
        """The unpacked member. Raises `ScanRefused` where there is none of that name."""
        info = self._by_name.get(_canonical(name))
        if info is None:
            raise ScanRefused(Refusal.DAMAGED)
        return self._archive.open(info)

    def read(self, name: str, most: int) -> bytes:
        """The first `most` bytes of a member; nothing where there is none of that name."""
        if name not in self:
            return b""
        with self.open(name) as content:
            return content.read(most)

    def check(self, limits: Limits) -> None:
        """Unpack every member once to nowhere: sizes and checksums are true then. Raises `ScanRefused`, `BROKEN`."""
        if any(member.flag_bits & _ENCRYPTED for member in self.members):
            raise ScanRefused(Refusal.PROTECTED)
        if self.has_doubled_names:
            raise ScanRefused(Refusal.DAMAGED)
        if len(self.members) > limits.members or sum(each.file_size for each in self.members) > limits.unpacked_bytes:
            raise ScanRefused(Refusal.TOO_LARGE)
        for member in self.members:
            with self._archive.open(member) as content:
                while content.read(_PIECE):
                    pass


def open_archive(data: bytes, limits: Limits) -> Package:
    """The package, once it is found honest and within `limits`. Raises `ScanRefused`."""
    try:
        package = Package(data)
        package.check(limits)
    except BROKEN as error:
        raise ScanRefused(Refusal.DAMAGED) from error
    return package


def _canonical(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
