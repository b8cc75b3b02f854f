"""What is left out of a notice: who may be called, who sat on a jury, where people live, and every number of theirs.

Two sieves. The first goes by keys: what stands under 聯絡人, 電話, 評選委員 … is dropped, and the names found there are
taken out of everything else that the notice says. The second goes by form, over every text that is left: phones,
mails, identity numbers, what stands behind 「聯絡人：」 or 「地址：」, and names before 先生, 小姐 or 女士.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

MASK = "＊＊"
"""What stands where something was taken out."""

PERSONAL_KEYS = (
    r"聯[絡繫]|連[絡繫]|承辦(人|窗口)|洽詢|窗口|經辦人",
    r"電話|手機|行動|傳真|分機",
    r"電子郵件|信箱|e-?mail",
    r"地址|住址|住所|通訊處",
    r"評選委員|評審委員|審查委員|姓名|代表人|負責人|主持人",
    r"身[分份]證|統一證號|護照|出生|生日|性別|證照號碼",
)
"""Keys, or parts of keys, under which people stand; they are dropped with everything below them."""

DEEPEST = 40
"""How deep what was published may be nested: real notices reach six."""

_PERSONAL = re.compile("|".join(PERSONAL_KEYS), re.IGNORECASE)
_NAMED = re.compile(r"聯[絡繫]|連[絡繫]|承辦|窗口|經辦|委員|姓名|代表人|負責人|主持人")
# what a field of names may hold beside names
_NO_NAME = re.compile(
    r".*(科|處|室|局|組|課|股|所|會|校|隊|部|署|院|中心|單位|公司|機關|人員|大學|學院|教授|工程司|先生|小姐|女士)$|.*[\d０-９○〇].*"
)
_CODE = "廠商代碼"
_PERSONAL_ID = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ][1-2１２89８９A-Da-d]\d{8}")
_PARTS = re.compile(r"[\s、，,;；/／()（）:：。]+|先生|小姐|女士|君(?=\W|$)")

_DASH = r"[\-－—–‐ 　]"
_ZERO = "[0０]"
_EXTENSION = r"(?:\s*(?:轉|分機|ext\.?|[#＃])\s*(?:分機)?\s*[:：]?\s*\d{1,6}(?:\s?[、,，/]\s?\d{2,6})*)?"


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


_SWEEPS: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (("@", "＠"), _pattern(r"[a-z0-9._%+\-]{1,64}\s?[@＠]\s?[a-z0-9\-]+(?:\s?[.．]\s?[a-z0-9\-]+)+")),
    (
        ("電話", "手機", "傳真", "專線", "分機", "TEL", "Tel", "tel", "FAX", "Fax", "fax", "Phone", "PHONE"),
        _pattern(
            r"""(?:電話|手機|傳真|專線|分機|TEL|FAX|PHONE)\s?(?:號碼)?\s?[:：.為]?\s?
                (?:[(（]\s?\d{1,4}\s?[)）])?[#＃]?\d[\d\-－—–‐#＃轉分機 ]{2,24}"""
        ),
    ),
    (("地址", "住址"), _pattern(r"(?<=[地住]址)\s?[:：]\s?[^、，,;；)）\n。]{2,80}")),
    (
        ("絡人", "繫人", "辦人", "洽詢人", "窗口", "負責人", "委員", "姓名"),
        _pattern(
            r"""(?:(?<=[絡繫辦]人)|(?<=辦人員)|(?<=洽詢人)|(?<=窗口)|(?<=負責人)|(?<=委員)|(?<=姓名))
                \s?[:：]\s?[^，,;；()（）\n。:：\d]{1,40}"""
        ),
    ),
    (("先生", "小姐", "女士"), _pattern(r"[\u4e00-\u9fff○〇]{1,3}(?=先生|小姐|女士)")),
)
"""What gives people away in a text, each with the words without which it need not be looked for."""

_NUMBERS = _pattern(
    rf"""
      \+\s?886[\-－\d() ]{{8,14}}                                                      # phones: from abroad,
    | [(（]\s?{_ZERO}\d{{1,3}}\s?[)）]{_DASH}?\d{{3,4}}{_DASH}?\d{{3,4}}{_EXTENSION}       # area in brackets,
    | (?<![\d.,/\-－]){_ZERO}[2-9２-９]\d{{0,2}}{_DASH}\d{{3,4}}{_DASH}?\d{{3,4}}(?![\d,]){_EXTENSION}  # dashes,
    | (?<![\dA-Za-z.,/\-－]){_ZERO}[2-9２-９]\d{{7,8}}(?![\dA-Za-z,]){_EXTENSION}          # in one piece
    | (?<![A-Za-zＡ-Ｚａ-ｚ\d])[A-Za-zＡ-Ｚａ-ｚ][A-Da-d1289１２８９]\d{{8}}(?!\d)            # identity numbers
    """
)
_HAS_NUMBER = re.compile(r"\d[\d\-－—–‐ 　()（）]{4}\d")
_SHORTEST = 3
_SHORT = 40


def without_personal_data(text: str, names: Iterable[str] = ()) -> str:
    """Return `text` with phones, mails, identity numbers, labelled names and addresses, and these `names`, masked."""
    if len(text) < _SHORTEST:
        return text if text not in names else MASK
    for name in names:
        if name in text:
            text = text.replace(name, MASK)
    return _swept_short(text) if len(text) <= _SHORT else _swept(text)


def _swept(text: str) -> str:
    for words, pattern in _SWEEPS:
        for word in words:
            if word in text:
                text = pattern.sub(MASK, text)
                break
    return _NUMBERS.sub(MASK, text) if _HAS_NUMBER.search(text) else text


# notices say the same short things again and again: 否, 公開招標, 第一次公開招標
_swept_short = lru_cache(maxsize=20_000)(_swept)


@lru_cache(maxsize=20_000)
def is_personal(key: str) -> bool:
    """Whether people stand under this key. A question (是否…) is answered by yes or no and never about a person."""
    last = key.rpartition(":")[2]
    return _PERSONAL.search(key) is not None and not last.startswith("是否")


@lru_cache(maxsize=20_000)
def _names_people(key: str) -> bool:
    return _NAMED.search(key) is not None and is_personal(key)


class PersonalData:
    """What one published notice tells of people, found by its keys: to be taken out of all that is kept of it."""

    def __init__(self, published: dict[str, Any]) -> None:
        self.names: list[str] = sorted(_names(published), key=len, reverse=True)

    def clean(self, text: str) -> str:
        """Return `text` without anything personal."""
        return without_personal_data(text, self.names)

    def clean_title(self, text: str) -> str:
        """The same for titles; names of two characters stay, since they are also those of schools and roads (林森)."""
        return without_personal_data(text, [name for name in self.names if len(name) > 2])

    def kept(self, value: Any, depth: int = 0) -> Any:
        """Return what is kept of a published value: personal keys dropped, every text cleaned.

        Raises ValueError where it is nested deeper than `DEEPEST`.
        """
        if isinstance(value, str):
            return self.clean(value)
        if depth > DEEPEST:
            raise ValueError("nested too deep")
        if isinstance(value, list):
            return [self.kept(each, depth + 1) for each in value]
        if not isinstance(value, dict):
            return value
        kept = {}
        for key, each in value.items():
            if is_personal(key):
                continue
            if isinstance(each, str):
                each = self.clean_title(each) if key.endswith(_TITLES) else self.clean(each)  # noqa: PLW2901  cleaned
            else:
                each = self.kept(each, depth + 1)  # noqa: PLW2901  cleaned
            kept[self._clean_key(key)] = each
        return kept

    def _clean_key(self, key: str) -> str:
        """Companies stand as keys too, and with them suppliers who are persons."""
        for name in self.names:
            if name in key:
                key = key.replace(name, MASK)
        return without_personal_data(key)


_TITLES = ("title", "標案名稱", "機關名稱", "單位名稱", "品項名稱", "unit_name", "標案案號", "job_number")


def _names(published: dict[str, Any]) -> set[str]:
    """The names of people that stand under their keys, and of suppliers who are persons: their code is an identity."""
    found: set[str] = set()
    _collect(published, 0, found)
    return found


def _collect(value: Any, depth: int, found: set[str]) -> None:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, list):
        for each in value:
            if not isinstance(each, str):
                _collect(each, depth + 1, found)
        return
    if not isinstance(value, dict):
        return
    for key, each in value.items():
        if _names_people(key):
            for text in _listed(each):
                found.update(_people_in(text))
        elif key.endswith(_CODE) and isinstance(each, str) and _PERSONAL_ID.search(each):
            name = value.get(key.removesuffix(_CODE) + "廠商名稱")
            if isinstance(name, str) and len(name.strip()) > 1:
                found.add(name.strip())
        if not isinstance(each, str):
            _collect(each, depth + 1, found)


def _listed(value: Any) -> Iterator[str]:
    """The texts of a value and of lists in it; what stands in a table has keys of its own."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _listed(each)


def _people_in(text: str) -> Iterator[str]:
    for part in _PARTS.split(unicodedata.normalize("NFKC", text)):
        if 2 <= len(part) <= 20 and not _NO_NAME.fullmatch(part):
            yield part
