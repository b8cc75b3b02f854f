"""Forms of the library's front pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.amounts import parse_amount
from common.typeddays import TypedDayField

from .enums import DocumentKind, ProcurementKind

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


class BandForm(forms.Form):
    """Which purchase, and on which day."""

    kind = forms.ChoiceField(label=_("What is bought"), choices=ProcurementKind.choices, widget=forms.RadioSelect)
    amount = AmountField(label=_("Amount of the purchase, NT$"), help_text=_("For example 1,500,000 or 150萬."))
    options = AmountField(
        label=_("What may be bought later on, NT$"), required=False,
        help_text=_("Options and extensions (後續擴充) named in the tender documents; empty if there are none."),
    )  # fmt: skip
    day = TypedDayField(
        label=_("Day of the tender notice"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For example 112/1/1 or 2023-01-01; empty is today."),
    )  # fmt: skip

    def clean_amount(self) -> int:
        """Return the amount, which is more than 0."""
        amount: int = self.cleaned_data["amount"]
        if amount <= 0:
            raise ValidationError(_("The amount must be more than 0."), code="amount")
        return amount


class DocumentFilterForm(forms.Form):
    """What narrows the list of documents."""

    q = forms.CharField(label=_("Search the documents"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *DocumentKind.choices])
