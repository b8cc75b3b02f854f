"""Big5 as Windows writes it (code page 950), with the characters that people make themselves (造字, EUDC).

Python's own `cp950` knows none of those, and reads the numbers in circles of the ETEN system as kana; its `big5hkscs`
takes self-made characters for other people's characters of Hong Kong.
"""

import re
from collections.abc import Iterator

# Where Windows keeps room for self-made characters, in its order: first and last lead byte, first trail byte, and the
# code point that the first one gets (Microsoft's table of code page 950). 157 trail bytes a lead: 40–7E and A1–FE.
_SELF_MADE = (
    (0xFA, 0xFE, 0x40, 0xE000),
    (0x8E, 0xA0, 0x40, 0xE311),
    (0x81, 0x8D, 0x40, 0xEEB8),
    (0xC6, 0xC8, 0xA1, 0xF6B1),
)
_TRAILS = 157

_PIECES = re.compile(
    rb"(?P<plain>(?:[\x00-\x7f]|[\xa1-\xc5\xc9-\xf9][\x40-\x7e\xa1-\xfe]|\xc6[\x40-\x7e]){1,4000})"
    rb"|(?P<beside>[\x81-\xfe][\x40-\x7e\xa1-\xfe])"
)
# In most systems the first of those in C6 and C7 are not self-made, but what ETEN put there: ①, ⑴, ⅰ, radicals, kana.
# Hong Kong's Big5 took them over.
_FIRST_OF_ETEN, _LAST_OF_ETEN = b"\xc6\xa1", b"\xc7\xf2"


def _eten() -> dict[bytes, str]:
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    pairs = [bytes((lead, trail)) for lead in (0xC6, 0xC7) for trail in trails]
    read = {pair: pair.decode("big5hkscs", "ignore") for pair in pairs if _FIRST_OF_ETEN <= pair <= _LAST_OF_ETEN}
    return {pair: character for pair, character in read.items() if character}


_ETEN = _eten()
ETEN_CHARACTERS = frozenset(_ETEN.values())
"""What comes of bytes that may also stand for a self-made character; no other Big5 bytes give these."""


def decode_big5(data: bytes) -> str:
    """The text; self-made characters become the code points for private use that Windows gives them.

    Raises `ValueError` where the bytes are no Big5, or rather the Chinese of the mainland (GBK): room for self-made
    characters makes nearly any bytes into Big5.
    """
    is_beside = False
    lines = []
    for line in data.split(b"\n"):  # no second byte of Big5 is a line feed
        text, has_beside = _decode_line(line)
        lines.append(text)
        is_beside = is_beside or has_beside
    if is_beside and _is_rather_gbk(data):
        raise ValueError("GBK")
    return "\n".join(lines)


def _decode_line(line: bytes) -> tuple[str, bool]:
    """The text of a line, and whether any of it lies beside the common characters."""
    if line.isascii():
        return line.decode("ascii"), False
    pieces = []
    place, is_beside = 0, False
    while place < len(line):
        found = _PIECES.match(line, place)
        if found is None:
            raise ValueError(f"byte {line[place]:#x}")
        place = found.end()
        if found["plain"] is not None:
            pieces.append(found["plain"].decode("cp950"))  # UnicodeDecodeError is a ValueError
        else:
            is_beside = True
            pieces.append(_ETEN.get(found["beside"]) or _self_made(*found["beside"]))
    return "".join(pieces), is_beside


def _self_made(lead: int, trail: int) -> str:
    for first, last, first_trail, code_point in _SELF_MADE:
        if first <= lead <= last and (lead > first or trail >= first_trail):
            place = (lead - first) * _TRAILS + _place(trail) - _place(first_trail)
            return chr(code_point + place)
    raise ValueError(f"bytes {lead:#x} {trail:#x}")


def _place(trail: int) -> int:
    return trail - 0x40 if trail < 0x80 else trail - 0x62


def _is_rather_gbk(data: bytes) -> bool:
    """Whether more characters are common ones when read as GBK (leads B0–D7) than as Big5 (leads A4–C6).

    What ETEN put between those of Big5 speaks for neither.
    """
    big5 = gbk = 0
    for lead, trail in _pairs(data):
        big5 += 0xA4 <= lead <= 0xC5 or (lead == 0xC6 and trail <= 0x7E)
        gbk += 0xB0 <= lead <= 0xD7 and trail >= 0xA1 and lead not in (0xC6, 0xC7)
    return gbk > big5


def _pairs(data: bytes) -> Iterator[tuple[int, int]]:
    for pair in re.findall(rb"[\x81-\xfe][\x40-\xfe]", data[:1_000_000]):
        yield pair[0], pair[1]
