"""Amounts of money as people type them: 1,500,000, 150萬, 1.5 億, full-width digits too; and the unit of a table."""

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

_UNITS = {
    "": 1, "千": 10**3, "萬": 10**4, "万": 10**4, "十萬": 10**5, "百萬": 10**6, "千萬": 10**7, "億": 10**8,
    "十億": 10**9, "百億": 10**10, "千億": 10**11, "兆": 10**12,
}  # fmt: skip
_PIECE = re.compile(rf"(\d+(?:\.\d+)?)({'|'.join(sorted(filter(None, _UNITS), key=len, reverse=True))})?")
_AROUND = re.compile(r"^(?:新[臺台]幣|NT\$|NTD|TWD|\$)|(?:元整?)$", re.IGNORECASE)


_FORMAL = str.maketrans({"仟": "千", "佰": "百", "拾": "十", "圓": "元", "圆": "元"})
# 千元; a number, or a sign without 元, only where brackets or 單位 say that it is a unit: 單位:1,000元, (千)
_SIGNS = "[十百千萬万億兆]"
_DIGITS = "0-9,.零一二三四五六七八九壹貳參肆伍陸柒捌玖"
_UNIT_OF_TABLE = re.compile(
    rf"(?<![{_DIGITS}十百千萬万億兆])(?P<sign>{_SIGNS}*)元"
    rf"|(?:\(|單位:?)(?:新[臺台]幣)?(?:(?P<number>1(?:,?000)+)元|(?P<bare>{_SIGNS}+)(?=\)|$|[,、;]))"
)
_ENGLISH_UNITS = {"thousand": 10**3, "million": 10**6}
_OTHER_MONEY = re.compile(r"[美歐日港]元|美金|人民幣|外幣|USD|EUR|JPY|RMB|CNY", re.IGNORECASE)


def unit_of(text: str) -> int | None:
    """Return in how many NT$ a heading, or a line above a table, says that amounts are: 1,000 for 預算金額(仟元).

    None where it says nothing of a unit. Raises ValueError, in words for the reader, where it names several units, one
    that is none, or other money.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).translate(_FORMAL)
    found = set()
    for unit in _UNIT_OF_TABLE.finditer(plain):
        number, sign = unit["number"], unit["bare"] or unit["sign"] or ""
        found.add(int(number.replace(",", "")) if number else _UNITS.get(sign, 0))
    found |= {unit for word, unit in _ENGLISH_UNITS.items() if re.search(rf"{word}s?\b", text, re.IGNORECASE)}
    if len(found) > 1 or 0 in found or _OTHER_MONEY.search(plain):
        message = _("“%(value)s” leaves open in which unit the amounts are; expected for example 千元 or 元.")
        raise ValueError(message % {"value": text.strip()})
    return found.pop() if found else None


def parse_amount(value: str, *, unit: int = 1) -> int:
    """Return whole NT$ of an amount as typed: 1,500,000; NT$1,500,000 元; 150萬; 1億5000萬; 1,000仟元; １５０萬.

    `unit` is in how many NT$ its table counts; an amount with a sign of its own (150萬) counts by that. Raises
    ValueError, in words for the reader, for anything else and for parts of a dollar.
    """
    text = unicodedata.normalize("NFKC", value).translate(_FORMAL)
    text = re.sub(r"[\s,、_]", "", text)
    if unit != 1 and re.search(r"\d元", text):
        message = _("“%(value)s” says 元, but its column counts in %(unit)s NT$; which of them holds?")
        raise ValueError(message % {"value": value.strip(), "unit": f"{unit:,}"})
    text = _AROUND.sub("", _AROUND.sub("", text))
    pieces = [(Decimal(number), _UNITS[sign]) for number, sign in _PIECE.findall(text)]
    units = [sign for _number, sign in pieces]
    if not pieces or _PIECE.sub("", text) or units != sorted(set(units), reverse=True):
        raise ValueError(
            _("“%(value)s” is not an amount; expected for example 1,500,000 or 150萬.") % {"value": value.strip()}
        )
    total = sum((number * sign for number, sign in pieces), Decimal(0)) * (unit if units == [1] else 1)
    if total != total.to_integral_value():
        raise ValueError(_("An amount is in whole dollars."))
    return int(total)
