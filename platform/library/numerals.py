"""Numbers as laws write them: 48, ４８, 四十八, 一百零一; and the numbers of articles, 11-1."""

from __future__ import annotations

import re
import unicodedata

DIGITS = "0-9０-９"
CHINESE = "〇零一二三四五六七八九十百千廿卅"
NUMBER = rf"(?:[{DIGITS}]{{1,4}}|[{CHINESE}]{{1,9}})"

_UNITS = {"十": 10, "百": 100, "千": 1000}
_VALUES = {"〇": 0, "零": 0, **{character: value for value, character in enumerate("一二三四五六七八九", start=1)}}
_CONTRACTIONS = str.maketrans({"廿": "二十", "卅": "三十"})
_ARTICLE = re.compile(r"^第\s*(\d{1,4})(?:\s*-\s*(\d{1,3}))?\s*條$")


def parse_number(text: str) -> int:
    """Return the value of a number in Arabic (half or full width) or Chinese digits.

    Raises ValueError when `text` is no such number.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if text.isascii() and text.isdigit():
        return int(text)
    text = text.translate(_CONTRACTIONS)
    if not text or any(character not in _VALUES and character not in _UNITS for character in text):
        raise ValueError(f"not a number: {text!r}")
    if not any(character in _UNITS for character in text):  # 一〇一: digit by digit
        return int("".join(str(_VALUES[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _VALUES[character]
    return total + digit


def parse_article_number(text: str) -> str:
    """Return the number of an article from the law database's 第 11-1 條: `11-1`. Raises ValueError."""
    match = _ARTICLE.match(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise ValueError(f"not an article's number: {text!r}")
    main, branch = match.groups()
    return f"{int(main)}-{int(branch)}" if branch else str(int(main))


def article_order(number: str) -> int:
    """Return where article `number` stands in its law: 11 before 11-1 before 12."""
    main, _, branch = number.partition("-")
    return int(main) * 1000 + int(branch or 0)
