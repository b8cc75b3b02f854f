"""An amount that a notice states in a sentence of its remarks: taken only where nothing can be meant but that."""

from __future__ import annotations

import re
import unicodedata

from common.amounts import parse_amount

# 「本案採購金額計新臺幣8,562萬2,593元整」: a verb or a colon, the amount, 元, and no 以上 or the like behind it
_STATED = re.compile(
    r"採購(?:總)?金額(?:總)?(?:共計|合計|總計|計|為|係|:)\s*(?:新[臺台]幣|NT\$|NTD)?\s*"
    r"(?P<amount>\d[\d,]*(?:\.\d+)?(?:億|萬|千)?(?:\d[\d,]*(?:億|萬|千)?)*)\s*元整?(?!\s*(?:以上|以下|以內|之|者|內))"
)


def stated_procurement_amount(note: str, budget: int | None) -> int | None:
    """Return the 採購金額 (whole NT$) that the remarks state; None unless it is unambiguous.

    Unambiguous: 採購金額, a verb and the amount follow each other; all such sentences state the same amount; and it is
    not below the budget, which it includes (採購法施行細則第 6 條). Anything else is left to a person.
    """
    if "採購" not in note:
        return None
    text = unicodedata.normalize("NFKC", note)
    try:
        stated = {parse_amount(found["amount"]) for found in _STATED.finditer(text)}
    except ValueError:
        return None
    if len(stated) != 1:
        return None
    (amount,) = stated
    return amount if amount > 0 and (budget is None or amount >= budget) else None
