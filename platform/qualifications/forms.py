"""Forms of the back office."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from .enums import QualificationState


class ChangeStateForm(forms.Form):
    """What has become of a certificate, since when, by which document."""

    state = forms.ChoiceField(
        label=_("State"), choices=QualificationState.choices,
        help_text=_("Lost and cancelled follow a judgment (Art. 10), revoked a deception (Art. 17)."),
    )  # fmt: skip
    since = forms.DateField(label=_("Since"), widget=AdminDateInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=250, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("With the number and date of the document."),
    )  # fmt: skip
