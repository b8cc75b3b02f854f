"""What a cell held before it became text: a program may have made a number or a day of a number that was typed."""

import re
from collections.abc import Sequence
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .problems import column_letters
from .rawsheet import FormattedNumber


class Held(StrEnum):
    """What a cell held, in one letter."""

    TEXT = "t"
    NUMBER = "n"
    FORMATTED = "f"
    DAY = "d"
    TIME = "c"
    TRUTH = "b"


# 1.15E+10: how spreadsheet programs show a long number, and save it as .csv; its last digits are gone.
_EXPONENT = re.compile(r"-?\d(?:\.\d+)?E\+\d+")


def held_by(value: Any) -> Held:
    """What a cell with this value held; a blank one counts as text."""
    if isinstance(value, str):
        return Held.FORMATTED if "E+" in value and _EXPONENT.fullmatch(value.strip()) else Held.TEXT
    if isinstance(value, FormattedNumber):
        return Held.FORMATTED
    if isinstance(value, bool):
        return Held.TRUTH
    if isinstance(value, int | float):
        return Held.NUMBER
    if isinstance(value, date):
        return Held.DAY
    return Held.TIME if isinstance(value, time | timedelta) else Held.TEXT


_NOT_TEXT: dict[str, Promise] = {
    Held.FORMATTED: gettext_lazy("The cell holds a number that shows other digits than it has."),
    Held.DAY: gettext_lazy("The cell holds a day, made by the program of what was typed."),
    Held.TIME: gettext_lazy("The cell holds a time, made by the program of what was typed."),
    Held.TRUTH: gettext_lazy("The cell holds TRUE or FALSE, not text."),
}


def not_text(held: str) -> str | None:
    """Why a cell that should hold text, such as a case number, cannot be taken; None where it can.

    `held` is the letter of what it holds. Nobody can tell what was typed: 107-03-1 becomes a day, 0012 or 3.10 a number
    with a format.
    """
    message = _NOT_TEXT.get(held)
    if message is None:
        return None
    return _("%(what)s Format the column as text and type the value again.") % {"what": message}


def numbers_note(heading: str, column: int, rows: Sequence[int]) -> str:
    """Say that numbers stand in these rows of a column for text: zeros at their ends are gone where there were any."""
    shown = ", ".join(f"{column_letters(column)}{row}" for row in rows[:3]) + (", …" if len(rows) > 3 else "")
    return ngettext(
        "“%(heading)s”: the cell %(cells)s holds a number, not text. Zeros at its beginning would be lost.",
        "“%(heading)s”: %(count)d cells hold numbers, not text (%(cells)s). Zeros at their beginning would be lost.",
        len(rows),
    ) % {"heading": heading, "cells": shown, "count": len(rows)}
