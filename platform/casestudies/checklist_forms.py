"""Forms of the checklist: which list, and the list itself with a question for each point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import AgencyKind
from common.typedamounts import AmountField
from library.enums import ProcurementKind

from .checklists import ChecklistItem
from .enums import ChecklistAnswer
from .models import Checklist
from .services.checklists import LONGEST, LONGEST_NOTE, Words

_ANSWERS = {str(number): answer for number, answer in enumerate(ChecklistAnswer, start=1)}
"""Numbers, not words: the page of an expired form carries choices along unseen, and words as text to look over."""


class _AboutForm(forms.Form):
    """What the purchase is; only its kind is asked for."""

    amount = AmountField(
        label=_("Amount with options, NT$"), required=False,
        help_text=_("For example 1,500,000 or 150萬. May stay empty: it only tells the band."),
    )  # fmt: skip
    agency_kind = forms.ChoiceField(
        label=_("Kind of agency"), required=False, choices=[("", _("any agency")), *AgencyKind.choices],
        help_text=_("What failed at agencies like yours comes first, where enough cases are known."),
    )  # fmt: skip

    def clean_amount(self) -> int | None:
        """Return the amount, which is more than 0 where it is given."""
        amount: int | None = self.cleaned_data["amount"]
        if amount is not None and amount <= 0:
            raise ValidationError(_("The amount must be more than 0."), code="amount")
        return amount


class ChooseForm(_AboutForm):
    """Which checklist is wanted."""

    field_order = ("kind", "amount", "agency_kind")

    kind = forms.ChoiceField(
        label=_("What is bought"), choices=ProcurementKind.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is bought: works, goods or services.")},
    )  # fmt: skip


@dataclass(frozen=True)
class Point:
    """A point with its two fields, as the page shows it."""

    item: ChecklistItem
    number: int
    answer: forms.BoundField
    note: forms.BoundField

    @property
    def has_errors(self) -> bool:
        """Whether what was given for this point is refused."""
        return bool(self.answer.errors or self.note.errors)


class ChecklistForm(_AboutForm):
    """A checklist to fill: what it is for, and an answer and a note for each point.

    With `is_part` only the fields that were sent are looked at: one answer is saved on its own.
    """

    field_order = ("title", "agency_name", "agency_kind", "amount")

    title = forms.CharField(
        label=pgettext_lazy("of a checklist", "Title of the tender"), required=False, max_length=LONGEST["title"],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    agency_name = forms.CharField(
        label=_("Agency"),
        required=False,
        max_length=LONGEST["agency_name"],
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    def __init__(
        self, data: Any = None, *, items: Sequence[ChecklistItem], is_part: bool = False, initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.items = items
        for item in items:
            self.fields[f"{item.code}-answer"] = forms.ChoiceField(
                label=item.asks, required=False, widget=forms.RadioSelect,
                choices=[(number, answer.label) for number, answer in _ANSWERS.items()],
                error_messages={"invalid_choice": _("Answer with yes, not yet, or does not apply.")},
            )  # fmt: skip
            self.fields[f"{item.code}-note"] = forms.CharField(
                label=_("Note"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 1})
            )
        if is_part:
            for name in [name for name in self.fields if name not in self.data]:
                del self.fields[name]

    def points(self) -> list[Point]:
        """Return the points in their order, each with its fields."""
        return [
            Point(item, number, self[f"{item.code}-answer"], self[f"{item.code}-note"])
            for number, item in enumerate(self.items, start=1)
        ]

    def words(self) -> Words:
        """Return what the list is for, of a form without errors."""
        named = {name: self.cleaned_data[name] for name in Words.__annotations__ if name in self.cleaned_data}
        return Words(**named)  # type: ignore[typeddict-item]  # the names are those of the dictionary

    def answers(self) -> dict[str, dict[str, str]]:
        """Return what was sent for the points: what was not sent is not there. Errors are left out."""
        given: dict[str, dict[str, str]] = {}
        for item in self.items:
            answer, note = f"{item.code}-answer", f"{item.code}-note"
            if answer in self.data and answer in self.cleaned_data:
                number = self.cleaned_data[answer]
                given.setdefault(item.code, {})["answer"] = _ANSWERS[number].value if number else ""
            if note in self.data and note in self.cleaned_data:
                given.setdefault(item.code, {})["note"] = self.cleaned_data[note]
        return given


def kept(checklist: Checklist) -> dict[str, Any]:
    """Return what the fields of `checklist` hold, as `initial` of its form."""
    numbers = {answer.value: number for number, answer in _ANSWERS.items()}
    fields: dict[str, Any] = {
        "title": checklist.title,
        "agency_name": checklist.agency_name,
        "agency_kind": checklist.agency_kind,
        "amount": f"{checklist.amount:,}" if checklist.amount else "",
    }
    for code, given in checklist.answers.items():
        fields[f"{code}-answer"] = numbers.get(given.get("answer", ""), "")
        fields[f"{code}-note"] = given.get("note", "")
    return fields
