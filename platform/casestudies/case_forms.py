"""Forms about cases and notices: what narrows the list, a notice written by hand, and what a person says of a case."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.typedamounts import AmountField
from common.typeddays import TypedDayField
from library.enums import Band, ProcurementKind

from .enums import CaseScope, Failure, NoticeKind
from .models import Listing, TenderCase, TenderNotice
from .reading.notices import case_number
from .selectors import UNKNOWN_BAND, CaseFilter, years_of_cases

EVERYTHING = ("", pgettext_lazy("of a filter", "all"))
_UNIT = re.compile(r"[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*")
_FAILURES = tuple((str(number), _("%(number)d or more") % {"number": number}) for number in (1, 2, 3, 5))


class CaseFilterForm(forms.Form):
    """What the list of cases is narrowed by."""

    q = forms.CharField(
        label=_("Number, title or agency"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    scope = forms.ChoiceField(label=_("whose"), required=False)
    kind = forms.ChoiceField(label=_("kind of procurement"), required=False)
    band = forms.ChoiceField(label=_("band"), required=False)
    failures = forms.TypedChoiceField(label=_("times failed"), required=False, coerce=int, empty_value=None)
    awarded = forms.ChoiceField(label=_("Award"), required=False)
    year = forms.TypedChoiceField(label=_("year of the first notice"), required=False, coerce=int, empty_value=None)
    listed = forms.ChoiceField(label=_("Listing"), required=False)
    undiagnosed = forms.BooleanField(label=_("failed and not diagnosed"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = {
            "scope": CaseScope.choices,
            "kind": ProcurementKind.choices,
            "band": [*Band.choices, (UNKNOWN_BAND, _("band not known"))],
            "failures": _FAILURES,
            "awarded": [("yes", _("awarded")), ("no", _("not awarded"))],
            "year": [(str(year), str(year)) for year in years_of_cases()],
            "listed": [("open", _("followed")), ("closed", _("closed")), ("never", _("not listed"))],
        }
        fields: dict[str, Any] = self.fields
        for name, offered in choices.items():
            fields[name].choices = [EVERYTHING, *offered]

    def as_filter(self) -> CaseFilter:
        """Return what is asked for; what was typed into the address and is no choice narrows nothing."""
        self.is_valid()
        data = self.cleaned_data
        awarded = data.get("awarded", "")
        return CaseFilter(
            scope=data.get("scope", ""),
            kind=data.get("kind", ""),
            band=data.get("band", ""),
            failures=data.get("failures") or 0,
            is_awarded=awarded == "yes" if awarded else None,
            year=data.get("year"),
            listed=data.get("listed", ""),
            is_undiagnosed=data.get("undiagnosed", False),
            text=data.get("q", ""),
        )


class _YesNoField(forms.TypedChoiceField):
    """Yes, no, or not said."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", _("not said")), ("yes", _("yes")), ("no", _("no"))]
        super().__init__(choices=choices, coerce=lambda value: value == "yes", empty_value=None, **kwargs)


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> TypedDayField:
    return TypedDayField(
        label=label, required=required, max_length=20, help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class NoticeForm(forms.Form):
    """One notice as a person reads it off the page: everything that `ReadNotice` holds and a person can know.

    `case` is the case that it belongs to; its number, unit and agency stand fixed then. Amounts are NT$.
    """

    number = forms.CharField(label=pgettext_lazy("of a tender", "case number"), max_length=80)
    title = forms.CharField(label=_("title of the tender"), max_length=500)
    agency_name = forms.CharField(
        label=_("agency as printed"), max_length=120,
        help_text=_("As the notice prints it, also where the agency is called otherwise today."),
    )  # fmt: skip
    unit_id = forms.CharField(
        label=_("unit"), max_length=40, required=False,
        help_text=_("機關代碼 such as 3.87.14; empty where the notice does not tell."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=pgettext_lazy("of a notice", "kind"), choices=NoticeKind.choices, initial=NoticeKind.TENDER
    )
    printed_type = forms.CharField(
        label=_("type as printed"), max_length=80, required=False,
        help_text=_("Such as 公開招標公告; empty: named after its kind."),
    )  # fmt: skip
    published_on = _day(_("published on"), required=True, help_text=_("For example 115/3/2 or 2026-03-02."))
    original_on = _day(_("names a tender notice of"), help_text=_("Where a later notice names the day of the first."))
    url = forms.URLField(label=_("address"), max_length=300, required=False, assume_scheme="https")
    procurement_kind = forms.ChoiceField(
        label=_("kind of procurement"), required=False, choices=[("", _("not said")), *ProcurementKind.choices]
    )
    classification = forms.CharField(label=_("classification as printed"), max_length=120, required=False)
    method = forms.CharField(label=_("tender method as printed"), max_length=80, required=False)
    printed_band = forms.CharField(
        label=_("band as printed"), max_length=60, required=False, help_text=_("Such as 公告金額以上未達查核金額.")
    )
    budget = AmountField(label=_("budget, NT$"), required=False, help_text=_("For example 1,250萬 or 12,500,000."))
    has_options = _YesNoField(label=_("has options"), required=False)
    options_amount = AmountField(label=_("options, NT$"), required=False)
    procurement_amount = AmountField(
        label=_("amount with options, NT$"), required=False, help_text=_("採購金額, where the notice prints it.")
    )
    reason = forms.CharField(
        label=_("reason as printed"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("無法決標的理由 of a notice of no award; rules tell from it how the tender failed."),
    )  # fmt: skip
    will_continue = _YesNoField(label=_("goes on under this number"), required=False)
    tenders = forms.IntegerField(label=_("tenderers"), min_value=0, max_value=9999, required=False)
    awarded_on = _day(_("awarded on"))
    award_amount = AmountField(label=_("awarded for, NT$"), required=False)
    note = forms.CharField(
        label=_("additional remarks as printed"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Leave names, phones and addresses of persons out: they are not kept."),
    )  # fmt: skip

    PARTS = (
        (_("Which case"), ("number", "title", "agency_name", "unit_id")),
        (_("The notice"), ("kind", "printed_type", "published_on", "original_on", "url")),
        (_("What is bought"), ("procurement_kind", "classification", "method")),
        (_("Amounts"), ("budget", "has_options", "options_amount", "procurement_amount", "printed_band")),
        (_("Of a notice of no award"), ("reason", "will_continue")),
        (_("Of an award"), ("awarded_on", "award_amount", "tenders")),
        (_("Remarks"), ("note",)),
    )
    WIDE = frozenset({"title", "reason", "note", "url", "agency_name"})
    FIXED = ("number", "unit_id", "agency_name")

    def __init__(self, *args: Any, case: TenderCase | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        if case is not None:
            for name in self.FIXED:
                self.fields[name].disabled = True
                self.initial[name] = getattr(case, name)
            self.fields["agency_name"].help_text = self.fields["unit_id"].help_text = ""
            self.initial.setdefault("title", case.title)
            self.initial.setdefault("procurement_kind", case.kind)

    def parts(self) -> list[tuple[Any, list[tuple[forms.BoundField, bool]]]]:
        """Return the headings with their fields, each with whether it takes the whole width."""
        return [(heading, [(self[name], name in self.WIDE) for name in names]) for heading, names in self.PARTS]

    def clean_number(self) -> str:
        """Return the number as records write it, without blanks and full-width forms."""
        return case_number(self.cleaned_data["number"])

    def clean_unit_id(self) -> str:
        """Return the unit. Raises ValidationError for what is no unit."""
        unit = case_number(self.cleaned_data["unit_id"])
        if unit and not _UNIT.fullmatch(unit):
            raise ValidationError(_("A unit is written with dots, such as 3.87.14."), code="unit_id")
        return unit

    def clean(self) -> dict[str, Any]:
        """Refuse what contradicts itself; each refusal stands at its field."""
        data = super().clean() or self.cleaned_data
        self._check_days(data)
        self._check_amounts(data)
        kind = data.get("kind")
        if kind == NoticeKind.FAILED and "reason" in data and not data["reason"]:
            self.add_error("reason", _("Copy the printed reason: how the tender failed is told from it."))
        if kind == NoticeKind.AWARD and "awarded_on" in data and data["awarded_on"] is None:
            self.add_error("awarded_on", _("An award has a day."))
        if kind != NoticeKind.AWARD and data.get("kind"):
            for name in ("awarded_on", "award_amount"):
                if data.get(name) is not None:
                    self.add_error(name, _("Only an award has this. Choose the kind “award”, or leave it empty."))
        return data

    def _check_days(self, data: dict[str, Any]) -> None:
        published: date | None = data.get("published_on")
        if published is None:
            return
        if published > timezone.localdate():
            self.add_error("published_on", _("This day lies in the future."))
        for name in ("original_on", "awarded_on"):
            if data.get(name) is not None and data[name] > published:
                self.add_error(name, _("This day lies after the day of the notice."))

    def _check_amounts(self, data: dict[str, Any]) -> None:
        budget, options, whole = (data.get(name) for name in ("budget", "options_amount", "procurement_amount"))
        if data.get("has_options") is False and options:
            self.add_error("options_amount", _("You said that there are no options."))
        if budget is not None and whole is not None and whole < budget:
            self.add_error("procurement_amount", _("The amount with options is smaller than the budget."))
        for name in ("budget", "procurement_amount"):
            if data.get(name) == 0:
                self.add_error(name, _("The amount must be more than 0."))


class DescriptionForm(forms.ModelForm[TenderCase]):
    """What a person says of a case: what was changed before the award, and a remark."""

    class Meta:
        model = TenderCase
        fields = ("change_before_award", "remark")
        widgets = {"change_before_award": forms.Textarea(attrs={"rows": 4}), "remark": forms.TextInput()}
        help_texts = {
            "change_before_award": _("Such as: budget raised by a tenth, deadline extended by 60 days."),
        }


class ListingForm(forms.ModelForm[Listing]):
    """Why a case is listed that no rule lists."""

    class Meta:
        model = Listing
        fields = ("reason",)
        labels = {"reason": pgettext_lazy("of a tender", "Why it is listed")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True


DECISIONS = [(value, label) for value, label in Failure.choices if value != Failure.UNDECIDED]
"""What a person may say of a printed reason."""


class FailureForm(forms.Form):
    """How the tender of one notice failed, said by a person; the prefix tells it from others on the page."""

    failure = forms.ChoiceField(label=_("failed how"), choices=DECISIONS, widget=forms.RadioSelect)

    def __init__(self, *args: Any, notice: TenderNotice, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"notice-{notice.pk}")
        super().__init__(*args, **kwargs)
        self.notice = notice
        if notice.failure != Failure.UNDECIDED:
            self.initial.setdefault("failure", notice.failure)
