"""Names of people: whether two are the same, how they are found, and as strangers may see them."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import cache
from pathlib import Path

_FORMS_OF_ONE = Path(__file__).parent / "han" / "variants.txt"
_LOST = "?"
# what programs, forms and typists put where a character would not go: ? □ ○ ● 〇 〓 ＊ and U+FFFD
_PLACEHOLDERS = dict.fromkeys(
    map(ord, "?*\ufffd\u25a0\u25a1\u25ab\u25af\u25cb\u25cc\u25cf\u25ef\u2b1a\u2b1c\u3007\u3013"), _LOST
)
# signs between the parts of a name that Unicode counts as letters, or that NFKC would turn into a letter's accent
_LETTERLIKE_SIGNS = dict.fromkeys(
    map(
        ord,
        "\u00a8\u00af\u00b4\u00b8\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02d9\ua78b\ua78c\ua78f\u30fc\uff70",
    )
)
_SELECTORS = dict.fromkeys([*range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
_HAN_MASK = "○"
_LATIN_MASK = "*"


class Likeness(Enum):
    """How much two names agree."""

    SAME = "same"
    ALIKE = "alike"
    """Forms of one character (温, 溫) or a character that a file lost (蔡?安): a warning, where something else tells
    who is meant."""
    DIFFERENT = "different"


def fold_name(name: str) -> str:
    """Return what counts of a name: its letters, whatever their case, width, composition or variation selector.

    Spaces, dashes, apostrophes and every kind of middle dot are no part of it, nor are invisible marks; 台 is 臺. Any
    sign for a lost character becomes “?”, and self-made characters (private use) stay.
    """
    plain = name.translate(_LETTERLIKE_SIGNS).translate(_SELECTORS)
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
    plain = plain.translate(_PLACEHOLDERS).replace("台", "臺")
    return "".join(point for point in plain if point == _LOST or _counts(point))


def name_key(name: str) -> str:
    """Return the key by which people of this name are found: folded, and one form for all forms of a character."""
    return fold_name(name).translate(_one_form())


def compare_names(one: str, other: str) -> Likeness:
    """Return how much two names agree. A name without any letter agrees with nothing."""
    first, second = fold_name(one), fold_name(other)
    if first == second:
        return Likeness.SAME if first.strip(_LOST) else Likeness.DIFFERENT
    first, second = name_key(one), name_key(other)
    if first == second or _stands_for(first, second) or _stands_for(second, first):
        return Likeness.ALIKE
    return Likeness.DIFFERENT


def parts_that_are_sure(name: str) -> list[str]:
    """Return the pieces of `name_key` around lost and self-made characters, for a search."""
    return [part for part in re.split(r"[?\ue000-\uf8ff\U000f0000-\U0010fffd]+", name_key(name)) if part]


def without_invisible(text: str) -> str:
    """Return `text` in NFKC without blanks, variation selectors and marks that nobody sees."""
    plain = unicodedata.normalize("NFKC", text).translate(_SELECTORS)
    return "".join(point for point in plain if not point.isspace() and unicodedata.category(point) not in {"Cf", "Cc"})


def _counts(point: str) -> bool:
    category = unicodedata.category(point)
    return category[0] in "LMN" or category == "Co"


@cache
def _one_form() -> dict[int, str]:
    lines = _FORMS_OF_ONE.read_text("utf-8").splitlines()
    return {ord(form): line[0] for line in lines if not line.startswith("#") for form in line[1:]}


def _stands_for(damaged: str, whole: str) -> bool:
    """Whether `whole` is what `damaged` was before it lost characters: no more of them than it has left.

    Each lost or self-made character stands for one; two signs may stand for one beyond the first plane.
    """
    runs = [(run, run[0] == _LOST, unicodedata.category(run[0]) == "Co") for run in _runs(damaged)]
    left = sum(len(run) for run, is_lost, is_own in runs if not is_lost and not is_own)
    if left == len(damaged) or len(whole) - left > left:
        return False
    pattern = "".join(
        f".{{{(len(run) + 1) // 2},{len(run)}}}" if is_lost else f".{{{len(run)}}}" if is_own else re.escape(run)
        for run, is_lost, is_own in runs
    )
    return re.fullmatch(pattern, whole) is not None


def _runs(text: str) -> list[str]:
    return re.findall(r"\?+|[\ue000-\uf8ff\U000f0000-\U0010fffd]+|[^?\ue000-\uf8ff\U000f0000-\U0010fffd]+", text)


def mask_name(name: str) -> str:
    """Hide the middle of a name: 王小明 → 王○明, 王明 → 王○, John Smith → J**n S***h.

    The first and the last character stay, of a name (or a word of a Latin name) of three or more; of two only
    the first stays; a single one is hidden.
    """
    return " ".join(_mask_word(word) for word in name.split())


def _mask_word(word: str) -> str:
    characters = _characters(word)
    mask = _LATIN_MASK if characters[0].isascii() else _HAN_MASK
    if len(characters) == 1:
        return mask
    if len(characters) == 2:
        return characters[0] + mask
    return characters[0] + mask * (len(characters) - 2) + characters[-1]


def _characters(word: str) -> list[str]:
    """The characters as a reader counts them: accents and variation selectors belong to the one before."""
    found: list[str] = []
    for point in word:
        if found and (unicodedata.combining(point) or unicodedata.category(point) in {"Mn", "Me"}):
            found[-1] += point
        else:
            found.append(point)
    return found
