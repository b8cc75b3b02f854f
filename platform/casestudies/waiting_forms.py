"""What a person says of an agency that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency
from accounts.selectors import agency_by_name

from .waiting import Suggestion

REFERENCE, OTHER = "reference", "other"


class AgencyMatchForm(forms.Form):
    """Which agency a printed name means: one that resembles it, another by name, or none of the city's.

    `case_id` names the fields apart from others' on the page. After validation `agency` and `is_reference` hold the
    answer.
    """

    whose = forms.ChoiceField(
        label=gettext_lazy("Whose it is"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of these.")},
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name of the agency"), required=False, max_length=100)

    def __init__(self, *args: Any, case_id: int, suggestions: Sequence[Suggestion] = (), **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"case-{case_id}")
        super().__init__(*args, **kwargs)
        self.case_id = case_id
        self.agency: Agency | None = None
        self._suggested = {str(each.agency.pk): each.agency for each in suggestions}
        labels = [(str(each.agency.pk), _suggestion_label(each)) for each in suggestions]
        whose: Any = self.fields["whose"]
        others = [(OTHER, _("another agency of the city")), (REFERENCE, _("not the city’s: a reference"))]
        whose.choices = [*labels, *others]
        self.fields["name"].widget.attrs |= {"list": "agency-names", "data-combobox": "", "autocomplete": "off"}

    @property
    def is_reference(self) -> bool:
        """Whether it is not the city's."""
        return bool(self.cleaned_data.get("whose") == REFERENCE)

    def clean(self) -> dict[str, Any]:
        """Find the agency; a name that nobody bears is refused at its field."""
        data = super().clean() or self.cleaned_data
        whose = data.get("whose")
        if whose == OTHER:
            name = data.get("name", "").strip()
            self.agency = agency_by_name(name) if name else None
            if not name:
                self.add_error("name", _("Type the name of the agency, or choose it from the list."))
            elif self.agency is None:
                self.add_error("name", _("No agency of the city bears this name, now or formerly."))
        elif whose in self._suggested:
            self.agency = self._suggested[whose]
        return data


def _suggestion_label(suggestion: Suggestion) -> str:
    if not suggestion.through:
        return str(suggestion.agency)
    return _("%(agency)s (formerly %(name)s)") % {"agency": suggestion.agency, "name": suggestion.through}
