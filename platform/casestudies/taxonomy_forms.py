"""What is typed about the taxonomy: an edition, and an entry of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from common.typeddays import TypedDayField
from library.enums import ProcurementKind

from .enums import Dimension
from .models import TaxonomyEdition, TaxonomyEntry
from .review_forms import CapitalisedForm
from .taxonomies import entries_of


class EditionForm(CapitalisedForm, forms.Form):
    """An edition that is not published yet."""

    name = forms.CharField(label=_("name"), max_length=60)
    effective_from = TypedDayField(
        label=_("in force from"), help_text=_("Today or later, for example 116/1/1 or 2027-01-01.")
    )
    source = forms.CharField(
        label=_("source"), max_length=250, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who decided on it, when, under which number."),
    )  # fmt: skip


class EntryForm(CapitalisedForm, forms.ModelForm[TaxonomyEntry]):
    """An entry. Its code stays once it is there, since figures over years go by it; only causes have the last four."""

    kinds = forms.MultipleChoiceField(
        label=_("kinds of procurement"), choices=ProcurementKind.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None ticked: it speaks of all of them."),
    )  # fmt: skip

    class Meta:
        model = TaxonomyEntry
        fields = [
            "code", "name", "name_en", "order", "source", "kinds", "stage", "measures", "question", "question_en",
        ]  # fmt: skip
        widgets = {
            "source": forms.Textarea(attrs={"rows": 2}),
            "measures": forms.CheckboxSelectMultiple,
            "question": forms.Textarea(attrs={"rows": 2}),
            "question_en": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "source": _("The document or press report with its day; what the platform put together: 本平臺彙整."),
            "question": _("Asked in the checklist that a buyer fills before publishing."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        edition, dimension = self.instance.edition, self.instance.dimension
        if self.instance.pk:
            self.fields["code"].disabled = True
        else:
            highest = edition.entries.filter(dimension=dimension).aggregate(highest=Max("order"))["highest"]
            self.fields["order"].initial = (highest or 0) + 1
        if dimension != Dimension.CAUSE:
            for name in ("stage", "measures", "question", "question_en"):
                del self.fields[name]
            return
        for name, other in (("stage", Dimension.STAGE), ("measures", Dimension.MEASURE)):
            keys = [entry.pk for entry in entries_of(edition, other)]
            offered = TaxonomyEntry.objects.filter(pk__in=keys).order_by("order", "code")
            self.fields[name].queryset = offered  # type: ignore[attr-defined]  # a choice of rows


def next_edition_name() -> str:
    """Return what a revision may be called: the next number that no edition has."""
    taken = set(TaxonomyEdition.objects.values_list("name", flat=True))
    number = next(n for n in range(2, len(taken) + 3) if f"第{_numeral(n)}版" not in taken)
    return f"第{_numeral(number)}版"


def _numeral(number: int) -> str:
    ones = "一二三四五六七八九"
    if number < 10:
        return ones[number - 1]
    tens, one = divmod(number, 10)
    return f"{ones[tens - 1] if tens > 1 else ''}十{ones[one - 1] if one else ''}" if number < 100 else str(number)
