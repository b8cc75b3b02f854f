"""Forms of the library's front pages."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.typedamounts import AmountField
from common.typeddays import TypedDayField

from .enums import DocumentKind, ProcurementKind


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
