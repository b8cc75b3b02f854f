"""Names of people as strangers may see them."""

import unicodedata

_HAN_MASK = "○"
_LATIN_MASK = "*"


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
