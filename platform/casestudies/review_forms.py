"""What is typed about listing: filters, a case listed by hand, an outcome, a rule with its dry run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.rocdates import roc_year
from common.typeddays import TypedDayField
from library.enums import Band, ProcurementKind

from .listings import ListingFilter, listing_years
from .models import Listing, ListingRule

_ALL = ("", pgettext_lazy("of a filter", "all"))


class CapitalisedForm(forms.BaseForm):
    """Labels begin with a capital, as Django has them in forms of models; each is written once, in small letters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(str(field.label))


class ListingFilterForm(forms.Form):
    """What the list of listed cases is narrowed by. Cases are public: what is searched for stands in the address."""

    q = forms.CharField(label=_("case number, title or agency"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("state"),
        required=False,
        choices=[("", _("followed")), ("closed", pgettext_lazy("of a listing", "closed")), ("all", _ALL[1])],
    )
    diagnosed = forms.ChoiceField(
        label=pgettext_lazy("of a filter", "diagnosis"),
        required=False,
        choices=[_ALL, ("yes", _("diagnosed")), ("no", _("not diagnosed yet"))],
    )
    awarded = forms.ChoiceField(
        label=pgettext_lazy("of a filter", "award"),
        required=False,
        choices=[_ALL, ("yes", _("awarded")), ("no", _("not awarded"))],
    )
    kind = forms.ChoiceField(label=_("kind of procurement"), required=False, choices=[_ALL, *ProcurementKind.choices])
    band = forms.ChoiceField(label=_("band"), required=False, choices=[_ALL, *Band.choices])
    year = forms.TypedChoiceField(label=_("listed in the year"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [_ALL, *((year, str(year)) for year in listing_years())]  # type: ignore[attr-defined]  # a choice field

    def as_filter(self) -> ListingFilter:
        """Return what is asked for; what was not understood narrows nothing."""
        self.is_valid()
        data = self.cleaned_data
        return ListingFilter(
            state=data.get("state") or "open",
            diagnosed=data.get("diagnosed", ""),
            awarded=data.get("awarded", ""),
            kind=data.get("kind", ""),
            band=data.get("band", ""),
            year=data.get("year"),
            text=data.get("q", ""),
        )


class ListByHandForm(CapitalisedForm, forms.Form):
    """A case to be listed though no rule lists it."""

    number = forms.CharField(
        label=pgettext_lazy("of a tender", "case number"),
        max_length=80,
        help_text=_("As printed in the notices, for example 115D0012."),
    )
    agency_name = forms.CharField(
        label=_("agency"), max_length=120, required=False,
        help_text=_("Only where several agencies use this number: a part of its name."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("why it is listed"), max_length=250, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: the council asked about it on 10 March."),
    )  # fmt: skip


class OutcomeForm(forms.ModelForm[Listing]):
    """What came of a listed case."""

    class Meta:
        model = Listing
        fields = ["outcome"]
        widgets = {"outcome": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "outcome": _("Awarded after which change, at what price, after how many days; or why it ended without."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].required = True


class ListingRuleForm(CapitalisedForm, forms.ModelForm[ListingRule]):
    """A rule for listing. The year of the dry run belongs to no rule: it only asks what the rule would do."""

    effective_from = TypedDayField(label=_("in force from"), help_text=_("For example 112/1/1 or 2023-01-01."))
    effective_to = TypedDayField(
        label=_("in force until"), required=False, help_text=_("This day included; empty while it has no end.")
    )
    dry_run_year = forms.IntegerField(
        label=_("year of the dry run (ROC)"), min_value=88, max_value=999, required=False,
        help_text=_("“Try it” counts the cases that this rule would list of the year, and saves nothing."),
    )  # fmt: skip

    class Meta:
        model = ListingRule
        fields = ["name", "kind", "at_least", "failures", "effective_from", "effective_to", "source"]
        widgets = {"source": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "kind": _("Empty: works, goods and services alike."),
            "at_least": _("Empty: every band, also where it is unknown. With a band, unknown ones are not listed."),
            "source": _("Who decided on it, when, under which number."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dry_run_year"].initial = roc_year(timezone.localdate())
