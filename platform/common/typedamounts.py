"""Amounts of money as people type them into forms: 1,500,000 or 150萬."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .amounts import parse_amount

_HIGHEST = 10**13
"""NT$; a purchase beyond it is a slip of the keyboard."""


class AmountField(forms.CharField):
    """An amount in whole NT$ as people type it: 1,500,000 or 150萬, full-width digits too."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> int | None:
        """Return the amount, None for an empty field that may be empty."""
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = parse_amount(text)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error
        if amount > _HIGHEST:
            raise ValidationError(_("This amount is too large."), code="too_large")
        return amount
