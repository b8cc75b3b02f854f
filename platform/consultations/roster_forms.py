"""What the screens of the roster ask for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.templatetags.common_tags import shortdate
from reports.forms import DayField

from .models import Consultation, DutyShift, HotlineOfficer


class RangeForm(forms.Form):
    """The days to plan."""

    first = DayField(label=pgettext_lazy("of a range of days", "First day"))
    last = DayField(label=pgettext_lazy("of a range of days", "Last day"))


class ClearForm(RangeForm):
    """The days whose shifts are taken out of the roster."""

    is_sure = forms.BooleanField(
        label=_("Yes, take these shifts out of the roster and tell their officers"),
        error_messages={"required": _("Please confirm: the officers will be told that these shifts are gone.")},
    )


class ReassignForm(forms.Form):
    """Who takes over a shift."""

    officer = forms.ModelChoiceField(label=_("Officer"), queryset=HotlineOfficer.objects.none())

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = officers  # type: ignore[attr-defined]  # a ModelChoiceField has one


class SwapForm(forms.Form):
    """Whom to ask, and for which of their shifts, or as a favour: one choice holds both."""

    offer = forms.ChoiceField(label=_("Whom to ask, and what for"))
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Such as why; the other officer reads it.")
    )

    def __init__(
        self, *args: Any, officers: Iterable[HotlineOfficer], shifts: Iterable[DutyShift], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.officers = {officer.pk: officer for officer in officers}
        self.shifts = {shift.pk: shift for shift in shifts if shift.officer_id in self.officers}
        choices: list[Any] = [("", "---------")]
        for officer in self.officers.values():
            theirs = [shift for shift in self.shifts.values() if shift.officer_id == officer.pk]
            choices.append(
                (
                    officer.person.name,
                    [
                        (f"officer-{officer.pk}", _("%(name)s: as a favour") % {"name": officer.person.name}),
                        *[
                            (
                                f"shift-{shift.pk}",
                                _("%(name)s: for %(day)s %(part)s")
                                % {
                                    "name": officer.person.name,
                                    "day": shortdate(shift.day),
                                    "part": shift.get_part_display(),
                                },
                            )
                            for shift in theirs
                        ],
                    ],
                )
            )
        self.fields["offer"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField has them

    def asked(self) -> tuple[HotlineOfficer, DutyShift | None]:
        """Return whom the valid form asks, and for which shift."""
        kind, _dash, key = self.cleaned_data["offer"].partition("-")
        if kind == "shift":
            shift = self.shifts[int(key)]
            return self.officers[shift.officer_id], shift
        return self.officers[int(key)], None


class HandOverForm(forms.Form):
    """Which open cases go to whom."""

    cases = forms.ModelMultipleChoiceField(
        label=_("Open cases"),
        queryset=Consultation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one case.")},
    )
    to = forms.ModelChoiceField(label=pgettext_lazy("hand over", "To"), queryset=HotlineOfficer.objects.none())
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("What the other officer should know.")
    )

    def __init__(self, *args: Any, cases: Any, officers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cases"].queryset = cases  # type: ignore[attr-defined]  # as above
        self.fields["to"].queryset = officers  # type: ignore[attr-defined]  # as above


def month_of(text: str, today: date) -> date:
    """Return the first day of the month named as 2026-07; of this month for anything else."""
    year, _dash, month = text.partition("-")
    try:
        return date(int(year), int(month), 1)
    except ValueError:
        return today.replace(day=1)
