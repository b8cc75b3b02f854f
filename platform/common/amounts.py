"""Amounts of money as people type them: 1,500,000, 150萬, 1.5 億, full-width digits too."""

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


def parse_amount(value: str) -> int:
    """Return whole NT$ of an amount as typed: 1,500,000; NT$1,500,000 元; 150萬; 1億5000萬; １５０萬.

    Raises ValueError, in words for the reader, for anything else and for parts of a dollar.
    """
    text = unicodedata.normalize("NFKC", value)
    text = re.sub(r"[\s,、_]", "", text)
    text = _AROUND.sub("", _AROUND.sub("", text))
    pieces = [(Decimal(number), _UNITS[unit]) for number, unit in _PIECE.findall(text)]
    units = [unit for _number, unit in pieces]
    if not pieces or _PIECE.sub("", text) or units != sorted(set(units), reverse=True):
        raise ValueError(
            _("“%(value)s” is not an amount; expected for example 1,500,000 or 150萬.") % {"value": value.strip()}
        )
    total = sum((number * unit for number, unit in pieces), Decimal(0))
    if total != total.to_integral_value():
        raise ValueError(_("An amount is in whole dollars."))
    return int(total)
