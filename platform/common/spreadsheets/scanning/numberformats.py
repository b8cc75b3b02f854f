"""What the number formats of an .xlsx show: the number itself, a day, a time, a length of time, or something else."""

import re
from enum import StrEnum


class NumberFormat(StrEnum):
    """What a cell shows of the number that it holds."""

    PLAIN = "plain"  # its own digits
    WHOLE = "whole"  # its own digits where it is whole
    DAY = "day"
    TIME = "time"
    LENGTH = "length"
    OTHER = "other"  # other digits than its own: 0000012, 3.10, 1E+05, 1,234


# The ones that every program knows by number alone (ECMA-376, 18.8.30), those of zh-TW included: days by ROC years,
# weekdays, 上午/下午.
_PLAIN_NUMBERS = {0, 49}
_DAYS = {*range(14, 18), 22, *range(27, 32), 36, 50, 51, 54, 57, 58}
_TIMES = {*range(18, 22), *range(32, 36), 45, 47, 52, 53, 55, 56}
_LENGTHS = {46}
_WHOLE = 1

# What is shown as it stands, colours and conditions in brackets, an exponent, General by its names
_BESIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|E[+-]|General|G/[^;]*格式|上午/下午|AM/PM|A/P', re.IGNORECASE)
_ROOM = re.compile(r"[_*].")
_LENGTH = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")
# years, months or minutes, days; e and g are years and the era, aaa and bbb weekdays and other years
_DAY = re.compile(r"[ydeg]|aaa|bb", re.IGNORECASE)
_TIME = re.compile(r"[hs]", re.IGNORECASE)
_MONTH = re.compile(r"m", re.IGNORECASE)


def meaning_of(number: int, code: str | None) -> NumberFormat:
    """What the format with this number shows; `code` where the file spells it out."""
    if code is None:
        for known, meaning in (
            (_PLAIN_NUMBERS, NumberFormat.PLAIN),
            ({_WHOLE}, NumberFormat.WHOLE),
            (_DAYS, NumberFormat.DAY),
            (_TIMES, NumberFormat.TIME),
            (_LENGTHS, NumberFormat.LENGTH),
        ):
            if number in known:
                return meaning
        return NumberFormat.OTHER
    if code.strip().lower() in {"", "general", "@", "g/通用格式"}:
        return NumberFormat.PLAIN
    first = code.split(";", 1)[0]
    if _ROOM.sub("", first).strip() in {"0", "#", "#0"}:
        return NumberFormat.WHOLE
    bare = _BESIDE.sub("", first)
    if _LENGTH.search(bare):
        return NumberFormat.LENGTH
    bare = _BRACKETS.sub("", bare)
    if _DAY.search(bare):
        return NumberFormat.DAY
    if _TIME.search(bare):
        return NumberFormat.TIME
    return NumberFormat.DAY if _MONTH.search(bare) else NumberFormat.OTHER
