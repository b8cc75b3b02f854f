"""Forms of this app."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .selectors import looks_like_public_id, normalise_public_id


class VerifyForm(forms.Form):
    """The public number of a certificate, however it is typed: spaces, dashes, lower case, full width."""

    number = forms.CharField(
        label=_("Number of the certificate"),
        max_length=80,
        help_text=_("The 16 letters and figures beside the QR code, for example 7KQ2 M9XW TR4H B3VC."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Please enter the number that is printed beside the QR code.")},
    )

    def clean_number(self) -> str:
        """Return the number as it is written; refuse what cannot be one."""
        number = normalise_public_id(self.cleaned_data["number"])
        if not looks_like_public_id(number):
            raise forms.ValidationError(
                _("That is not a number of ours: it has 16 letters and figures, and never 0, O, 1, I or L."),
                code="malformed",
            )
        return number


class KeepForm(forms.Form):
    """Why a certificate stays although its ground has fallen away."""

    reason = forms.CharField(
        label=_("why it is kept"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the decision. The certificate is not asked about again until its ground changes."),
    )  # fmt: skip


class RevokeForm(forms.Form):
    """Why a certificate is taken back."""

    reason = forms.CharField(
        label=_("reason of revocation"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the certificate; the public page only says that it was revoked, and when."),
    )  # fmt: skip
    may_be_replaced = forms.BooleanField(
        label=_("a corrected one may be issued"), required=False,
        help_text=_("Tick this where the certificate only had a mistake; otherwise none is issued again."),
    )  # fmt: skip
