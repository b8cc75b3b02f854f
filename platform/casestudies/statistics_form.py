"""The parameters of the figures: what is counted, and what a row stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.enums import AgencyKind
from library.enums import Band, ProcurementKind
from reports.forms import AgencyField, DayField

from .models import TaxonomyEntry
from .statistics_counts import DIAGNOSED, NONE, NOT_FAILED, By, Scope
from .statistics_rows import LABELS, entry_names, without, word_of

ALL = ("", pgettext_lazy("any subject, channel, …", "all"))

BY_CHOICES = [
    ("pivot", gettext_lazy("kind of agency and band")),
    ("agency_kind", gettext_lazy("kind of agency")),
    ("band", pgettext_lazy("one row for each", "band")),
    ("failures", pgettext_lazy("one row for each", "number of failures")),
    ("kind", gettext_lazy("kind of procurement")),
    ("category", pgettext_lazy("one row for each", "category")),
    ("stage", pgettext_lazy("one row for each", "stage")),
    ("pattern", pgettext_lazy("one row for each", "pattern")),
    ("cause", pgettext_lazy("one row for each", "main cause")),
    ("year", gettext_lazy("year")),
    ("month", gettext_lazy("month")),
    ("agency", gettext_lazy("agency")),
]


class TendersForm(forms.Form):
    """The parameters of `failed-tenders`."""

    year = forms.IntegerField(
        label=LABELS[By.YEAR], required=False, min_value=80, max_value=200,
        help_text=gettext_lazy("Of the first notice; empty for all years."),
    )  # fmt: skip
    to_year = forms.IntegerField(
        label=gettext_lazy("Up to the ROC year"), required=False, min_value=80, max_value=200,
        help_text=gettext_lazy("For several years together; empty for one."),
    )  # fmt: skip
    by = forms.ChoiceField(
        label=gettext_lazy("One row for each"),
        required=False,
        choices=BY_CHOICES,
    )
    month = forms.IntegerField(
        label=LABELS[By.MONTH], required=False, min_value=1, max_value=12,
        help_text=gettext_lazy("1 to 12; empty for the whole year."),
    )  # fmt: skip
    agency_kind = forms.ChoiceField(
        label=LABELS[By.AGENCY_KIND], required=False,
        choices=[ALL, *AgencyKind.choices, (NONE, without(By.AGENCY_KIND, NONE))],
    )  # fmt: skip
    agency = AgencyField(label=LABELS[By.AGENCY], required=False, max_length=120)
    band = forms.ChoiceField(
        label=LABELS[By.BAND], required=False, choices=[ALL, *Band.choices, (NONE, without(By.BAND, NONE))]
    )
    kind = forms.ChoiceField(
        label=LABELS[By.KIND], required=False, choices=[ALL, *ProcurementKind.choices, (NONE, without(By.KIND, NONE))]
    )
    failures = forms.IntegerField(label=LABELS[By.FAILURES], required=False, min_value=0, max_value=99)
    category = forms.ChoiceField(label=LABELS[By.CATEGORY], required=False)
    stage = forms.ChoiceField(label=LABELS[By.STAGE], required=False)
    pattern = forms.ChoiceField(label=LABELS[By.PATTERN], required=False)
    cause = forms.ChoiceField(label=LABELS[By.CAUSE], required=False)
    as_of = DayField(
        label=gettext_lazy("As of"), required=False, help_text=gettext_lazy("Facts up to this day; empty for today.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = cache(lambda: entry_names(*DIAGNOSED))
        for by in DIAGNOSED:
            # asked for once, and only where they are shown or chosen from
            self.fields[by.value].choices = partial(_codes_of, by, names)  # type: ignore[attr-defined]  # they choose

    def clean(self) -> dict[str, Any]:
        """Refuse years that run backwards."""
        data = super().clean() or {}
        year, to_year = data.get("year"), data.get("to_year")
        if year is not None and to_year is not None and to_year < year:
            self.add_error(
                "to_year", ValidationError(_("The last year lies before the first one, %(year)d.") % {"year": year})
            )
        return data


def _codes_of(by: By, names: Callable[[], Mapping[By, Mapping[str, TaxonomyEntry]]]) -> list[tuple[str, Any]]:
    known = [(code, str(entry)) for code, entry in names()[by].items()]
    return [ALL, *known, *[(code, without(by, code)) for code in (NONE, NOT_FAILED)]]


class OutcomesForm(TendersForm):
    """The parameters of `failed-tenders-outcomes`: the same, first of all with a row for each number of failures."""

    by = forms.ChoiceField(
        label=gettext_lazy("One row for each"),
        required=False,
        choices=sorted(BY_CHOICES, key=lambda choice: choice[0] != By.FAILURES),
    )


def scope_of(data: Mapping[str, Any]) -> Scope:
    """Return what the cleaned data of the form ask for."""
    chosen = {name: data.get(name) or "" for name in ("agency_kind", "band", "kind", *DIAGNOSED)}
    return Scope(
        as_of=data.get("as_of") or timezone.localdate(),
        year=data.get("year"),
        to_year=data.get("to_year"),
        month=data.get("month"),
        failures=data.get("failures"),
        agency=data.get("agency"),
        **chosen,
    )


def parameters_of(data: Mapping[str, Any], by: By) -> dict[str, Any]:
    """Return the parameters that were given, as plain values."""
    given = {name: data.get(name) for name in TendersForm.base_fields if name not in ("as_of", "by")}
    agency = data.get("agency")
    given["agency"] = agency.name if agency is not None else None
    return {key: value for key, value in {**given, "by": by.value}.items() if value not in (None, "")}


def narrowed_to(data: Mapping[str, Any]) -> str:
    """Say in words what the figures are narrowed to: a document must tell it without its file name."""
    words = []
    for name, field in TendersForm.base_fields.items():
        value = data.get(name)
        if name in ("by", "as_of") or value in (None, ""):
            continue
        words.append(_("%(name)s: %(value)s") % {"name": field.label, "value": _word(name, value)})
    return pgettext("between parameters of a report", "; ").join(words)


def _word(name: str, value: Any) -> str | Promise:
    if name in DIAGNOSED:
        nobody: str | Promise | None = without(By(name), value)
        return nobody or str(entry_names(By(name))[By(name)][value])
    words = word_of(name) if name != "month" else None
    return str(words(value) if words is not None else value)
