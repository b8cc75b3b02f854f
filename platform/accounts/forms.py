"""What people type about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .models import Agency, Person, User
from .privacy import PRIVACY_VERSION
from .selectors import agencies_by_kind, look_alikes
from .services import record_sign_up

NOT_LISTED = "not-listed"
_MOST_ALIKE = 10


class AgencySelect(forms.Select):
    """A list of agencies grouped by kind, with a search box above it for those who have JavaScript."""

    template_name = "accounts/agency_select.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the address that answers the search."""
        return {**super().get_context(name, value, attrs), "options_url": reverse("accounts:agency_options")}


class AgencyField(forms.ChoiceField):
    """One agency that exists today, or None for somebody whose agency is not in the list."""

    widget = AgencySelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_agency_choices, **kwargs)

    def clean(self, value: Any) -> Agency | None:
        """Return the agency. Raises ValidationError where nothing or nothing known was chosen."""
        key = super().clean(value)
        return None if key in ("", NOT_LISTED) else Agency.objects.get(pk=key)

    def prepare_value(self, value: Any) -> Any:
        """Show the agency as its key."""
        return value.pk if isinstance(value, Agency) else value


def _agency_choices() -> list[tuple[str, Any]]:
    groups = [(label, [(str(a.pk), a.name) for a in agencies]) for label, agencies in agencies_by_kind()]
    return [("", _("Choose your agency")), *groups, (NOT_LISTED, _("My agency is not in this list"))]


class LookAlikesMixin:
    """A form that records somebody new, and asks once where people of this name are on record (`alike`).

    The box that says it is another person appears only with that question.
    """

    alike: Sequence[Person] = ()

    def ask_about_look_alikes(self: Any, *, name: str, agency: Agency | None, email: str = "") -> None:
        """Find who may be meant, for `clean`: without the answer the form is not valid."""
        self.alike = look_alikes(name=name, agency=agency, email=email.strip())[:_MOST_ALIKE]
        if not self.alike:
            return
        box = forms.BooleanField(label=_("It is another person of the same name"), required=False)
        self.fields["is_another"] = box
        if not box.widget.value_from_datadict(self.data, {}, self.add_prefix("is_another")):
            known = [f"{person.name}（{person.agency or person.email or '–'}）" for person in self.alike]
            self.add_error(
                None,
                _("On record: %(people)s. Take the one who is meant, or say that it is another person.")
                % {"people": "、".join(known)},
            )


class SignupForm(forms.Form):
    """The part of the sign-up that is ours; allauth adds e-mail and password."""

    privacy_version = PRIVACY_VERSION
    field_order = ["name", "agency", "job_title", "email", "password1", "password2", "accept_privacy"]

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("As it should stand on your certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agency = AgencyField(
        label=_("Agency"),
        help_text=_("Its contact confirms later that you work there. Enrolling does not wait for that."),
    )
    job_title = forms.CharField(
        label=_("Job title"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    accept_privacy = forms.BooleanField(
        label=_("I have read the privacy notice and agree"),
        error_messages={"required": _("Please read the privacy notice and tick here; without it we may keep nothing.")},
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep what was typed until the e-mail is verified; allauth calls this once the account exists."""
        record_sign_up(
            user=user,
            name=self.cleaned_data["name"],
            job_title=self.cleaned_data["job_title"],
            agency=self.cleaned_data["agency"],
            privacy_version=PRIVACY_VERSION,
        )


class AccountForm(forms.Form):
    """What somebody may change about themselves."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Certificates that were issued keep the name they bear."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    job_title = forms.CharField(
        label=_("Job title"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    agency = AgencyField(
        label=_("Agency"), help_text=_("A new agency counts once its contact has confirmed that you work there.")
    )
