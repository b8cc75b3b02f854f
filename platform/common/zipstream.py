"""A ZIP archive written as a stream: nothing is held back, and the same content gives the same bytes."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_STORED, _DEFLATED = 0, 8
_SIZES_FOLLOW, _UTF8_NAMES = 0x08, 0x800
_VERSION = 20
_EARLIEST_DAY = (1 << 5) | 1  # 1980-01-01, the day ZIP begins with: no clock in the bytes
_LIMIT = 0xFFFFFFFF
_MOST_MEMBERS = 0xFFFF


@dataclass(frozen=True)
class _Member:
    """What the directory at the end says of one member."""

    name: bytes
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    offset: int

    def header(self) -> bytes:
        return struct.pack(
            "<4sHHHHHIIIHH", b"PK\x03\x04", _VERSION, self.flags, self.method, 0, _EARLIEST_DAY,
            self.checksum, self.packed, self.size, len(self.name), 0,
        ) + self.name  # fmt: skip

    def entry(self) -> bytes:
        return struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", _VERSION, _VERSION, self.flags, self.method, 0, _EARLIEST_DAY,
            self.checksum, self.packed, self.size, len(self.name), 0, 0, 0, 0, 0, self.offset,
        ) + self.name  # fmt: skip


class ZipStream:
    """Yields an archive piece by piece: `stored`, `deflated` in any order, then `end`, each once consumed in order.

    Members and archive stay below 4 GB and 65,536 members (no ZIP64): `OverflowError` beyond.
    """

    def __init__(self) -> None:
        self._members: list[_Member] = []
        self._position = 0

    def stored(self, name: str, data: bytes) -> Iterator[bytes]:
        """A member as it is, its size ahead of it, as ODF wants its first one and as suits what is packed already."""
        encoded = name.encode()
        member = _Member(encoded, _UTF8_NAMES, _STORED, zlib.crc32(data), len(data), len(data), self._position)
        yield from self._out(member.header(), data)
        self._members.append(member)

    def deflated(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """A member compressed as its pieces come, its size after it."""
        offset, encoded, flags = self._position, name.encode(), _UTF8_NAMES | _SIZES_FOLLOW
        yield from self._out(_Member(encoded, flags, _DEFLATED, 0, 0, 0, offset).header())
        start, checksum, size = self._position, 0, 0
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        for piece in pieces:
            checksum, size = zlib.crc32(piece, checksum), size + len(piece)
            yield from self._out(packer.compress(piece))
        yield from self._out(packer.flush())
        packed = self._position - start
        if size > _LIMIT:
            raise OverflowError("a member of the archive is larger than 4 GB")
        self._members.append(_Member(encoded, flags, _DEFLATED, checksum, packed, size, offset))
        yield from self._out(struct.pack("<4sIII", b"PK\x07\x08", checksum, packed, size))

    def end(self) -> Iterator[bytes]:
        """The directory that closes the archive."""
        count, start = len(self._members), self._position
        if count > _MOST_MEMBERS:
            raise OverflowError("an archive holds at most 65,535 members")
        yield from self._out(*(member.entry() for member in self._members))
        yield struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, self._position - start, start, 0)

    def _out(self, *pieces: bytes) -> Iterator[bytes]:
        for piece in pieces:
            if piece:
                self._position += len(piece)
                if self._position > _LIMIT:
                    raise OverflowError("an archive is at most 4 GB")
                yield piece
