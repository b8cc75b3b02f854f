"""What the reader should look at in the characters of a table, each with its cell."""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from .problems import column_letters

_MOST_NOTES = 50
_LONGEST = 40
_SELF_MADE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_LOST = re.compile("\ufffd")

Rows = Sequence[tuple[int, Sequence[Any]]]


def character_notes(rows: Rows) -> list[str]:
    """Name the cells with characters that other computers show otherwise or not at all.

    Somebody made them for one computer (造字), or a program lost them before and put U+FFFD in their place.
    """
    return [
        *noted(rows, _SELF_MADE, _("“%(value)s” holds a self-made character (%(codes)s), which other computers lack.")),
        *noted(rows, _LOST, _("“%(value)s” holds a mark (U+FFFD) in place of a character that was lost before.")),
    ]


def noted(rows: Rows, pattern: re.Pattern[str], message: str) -> list[str]:
    """Say `message` of each cell in which `pattern` is found, with its place; past fifty only how many more."""
    found = [
        (number, column, cell)
        for number, row in rows
        for column, cell in enumerate(row)
        if isinstance(cell, str) and pattern.search(cell)
    ]
    notes = [
        _("Cell %(cell)s: %(message)s")
        % {"cell": f"{column_letters(column)}{number}", "message": message % _words(cell, pattern)}
        for number, column, cell in found[:_MOST_NOTES]
    ]
    if len(found) > _MOST_NOTES:
        notes.append(_("… and %(count)d more.") % {"count": len(found) - _MOST_NOTES})
    return notes


def _words(cell: str, pattern: re.Pattern[str]) -> dict[str, str]:
    characters = list(dict.fromkeys(pattern.findall(cell)))
    return {
        "value": cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}…",
        "characters": "".join(characters),
        "codes": ", ".join(f"U+{ord(each[0]):04X}" for each in characters),
    }
