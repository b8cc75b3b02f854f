"""Days as people type them into forms: 112/1/1, 1120101 or 2023-01-01."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from .rocdates import parse_date, roc_year


def clean_day(value: Any) -> datetime.date:
    """Return the day that was typed. Raises ValidationError saying what was expected."""
    try:
        return parse_date(value)
    except ValueError as error:
        raise ValidationError(str(error), code="invalid") from error


def typed_day(day: datetime.date | None) -> str:
    """Return `day` as it would be typed in the calendar of the reader's language; nothing for no day."""
    if day is None:
        return ""
    if get_language() == "en":
        return day.isoformat()
    return f"{roc_year(day)}/{day.month}/{day.day}"


class TypedDayField(forms.CharField):
    """A day typed in either calendar; shown in that of the reader's language."""

    def prepare_value(self, value: Any) -> Any:
        """Return the day as it would be typed."""
        return typed_day(value) if isinstance(value, datetime.date) else value

    def clean(self, value: Any) -> datetime.date | None:
        """Return the day, None for an empty field that may be empty."""
        text = super().clean(value)
        return clean_day(text) if text else None
