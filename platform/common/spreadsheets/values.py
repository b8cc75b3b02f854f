"""Values on their way into a file, made of the kind that their column declares."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone

from common.unwritable import UNWRITABLE

Number = int | Decimal

_PLACES = Decimal("0.000001")


def as_text(value: Any) -> str:
    """The text without characters that a file cannot hold; they come from pasted text and mean nothing."""
    return UNWRITABLE.sub("", str(value))


def as_number(value: Any) -> Number:
    """An exact number; fractions are rounded to six decimals. Raises `TypeError` for what is none, bool included."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Fraction):
        raise TypeError(f"not a number: {value!r}")
    if isinstance(value, int):
        return value
    if isinstance(value, Fraction):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        value = exact.quantize(_PLACES, rounding=ROUND_HALF_UP)
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        raise TypeError(f"not a finite number: {value!r}")
    return number


def plain(number: Number) -> str:
    """The number without exponent and without zeros that say nothing: 31.50 → 31.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_date(value: Any) -> date:
    """The day, of an aware datetime in the site's time zone. Raises `TypeError` for what is no date."""
    if isinstance(value, datetime):
        return as_datetime(value).date()
    if not isinstance(value, date):
        raise TypeError(f"not a date: {value!r}")
    return value


def as_datetime(value: Any) -> datetime:
    """A naive datetime in the site's time zone, to the second. Raises `TypeError` for what is none."""
    if not isinstance(value, datetime):
        raise TypeError(f"not a datetime: {value!r}")
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return local.replace(tzinfo=None, microsecond=0)
