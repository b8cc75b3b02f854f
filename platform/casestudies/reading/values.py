"""Single values as notices print them: days, amounts, yes and no, words with or without tags."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from common.amounts import parse_amount
from common.rocdates import parse_date
from common.unwritable import UNWRITABLE

_NOT_TOLD = re.compile(r"[\s\-－—–/／.。]*|無|免|不公開|未公開|不予公開|依招標文件|詳(見)?招標文件.*|未[填列定].*")
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_BREAK = re.compile(r"<br\s*/?>|</p>|</div>|</li>", re.IGNORECASE)
_SILENT = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)


def leaves(value: Any) -> Iterator[str]:
    """Yield the texts of a value that may be nested lists and tables, in their order; blank ones are left out."""
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def text_of(value: Any) -> str:
    """Return all that a value says, a line for each of its texts, without tags and outer spaces."""
    if isinstance(value, str):
        return plain(value)
    return "\n".join(plain(text) for text in leaves(value))


def line_of(value: Any) -> str:
    """Return what a value says in one line."""
    return " ".join(text_of(value).split())


def plain(text: str) -> str:
    """Return `text` without HTML tags and entities, each line without outer spaces.

    `<勞務類>82` is no tag and stays; what stands between script tags goes.
    """
    if "\x00" in text or not text.isprintable():
        text = UNWRITABLE.sub("", text)
    if "<" in text:
        text = _without_tags(text)
    if "&" in text:
        text = html.unescape(text)
        if "<" in text:
            text = _without_tags(text)
    if "\n" not in text and "\r" not in text:
        return text.strip()
    return "\n".join(line for line in (line.strip() for line in text.splitlines()) if line)


def _without_tags(text: str) -> str:
    if not _TAG.search(text):
        return text
    text = _BREAK.sub("\n", _SILENT.sub("", text))
    try:
        return strip_tags(text)
    except SuspiciousOperation:
        return _TAG.sub("", text)


def day_of(value: Any) -> date | None:
    """Return the day that a value tells (108/01/16, 20190116, 2019-01-16, also with a time behind it).

    None where nothing stands there. Raises ValueError, in words for the reader.
    """
    if isinstance(value, date):
        return parse_date(value)
    text = next(leaves(value), "").strip()
    return None if _NOT_TOLD.fullmatch(text) else parse_date(text)


def amount_of(value: Any, *, unit: int = 1) -> int | None:
    """Return the whole NT$ that a value tells; the amount in words on a second line is passed over.

    `unit` is in how many NT$ its table counts. None where nothing stands there, or that it is not made public. Raises
    ValueError, in words for the reader.
    """
    lines = [line.strip() for text in leaves(value) for line in text.splitlines() if line.strip()]
    if not lines or _NOT_TOLD.fullmatch(lines[0]):
        return None
    if re.match(r"(?:NT\$|新[臺台]幣)?\s*[-−▲△(]\s*(?:NT\$)?[\d,]+", unicodedata.normalize("NFKC", lines[0])):
        message = _("“%(value)s” is negative; expected an amount of 0 or more, such as 25,775,360元.")
        raise ValueError(message % {"value": lines[0]})
    return parse_amount(lines[0], unit=unit)


def count_of(value: Any) -> int | None:
    """Return the number that a value tells (3, 3家); None where nothing stands there. Raises ValueError, in words."""
    text = unicodedata.normalize("NFKC", next(leaves(value), "")).strip()
    if _NOT_TOLD.fullmatch(text):
        return None
    found = re.fullmatch(r"(\d{1,9})(?:\.0+)?\s*[家個]?", text)
    if found is None:
        raise ValueError(_("“%(value)s” is not a number; expected for example 3.") % {"value": text})
    return int(found[1])


def answer_of(value: Any) -> bool | None:
    """Return whether a value says yes (是, 有, Y …) or no (否, 無 …), also with words behind it; None: neither."""
    text = unicodedata.normalize("NFKC", next(leaves(value), "")).strip().lower()
    if re.match(r"是|有|yes|y$|true|v$|1$", text):
        return True
    return False if re.match(r"否|無|沒有|不|no|n$|false|0$", text) else None
