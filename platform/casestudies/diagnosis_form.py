"""What is chosen and written about one case to say why it failed, and what a chosen cause proposes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from common.templatetags.common_tags import rocdate

from .diagnoses import notices_for_evidence
from .enums import Dimension, NoticeKind
from .models import Diagnosis, TaxonomyEdition, TaxonomyEntry, TenderCase, TenderNotice
from .review_forms import CapitalisedForm
from .services.diagnosing import MOST_WORDS
from .taxonomies import entries_of

FIELD_OF_CODE = {"measures": "measures", "explanation": "explanation", "evidence": "evidence"}
"""At which field the screen shows a refusal of `services.diagnosing`."""

_CHOSEN = ("category", "stage", "pattern", "cause")


class EntryChoiceField(forms.ChoiceField):
    """One entry of a dimension, out of a list that was fetched once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.entries: dict[str, TaxonomyEntry] = {}

    def offer(self, entries: Iterable[TaxonomyEntry], *, by_stage: bool = False) -> None:
        """Offer these entries; causes may stand under their stages."""
        self.entries = {str(entry.pk): entry for entry in entries}
        choices: list[Any] = [("", "—")]
        if by_stage:
            groups: dict[str, list[tuple[str, str]]] = {}
            for key, entry in self.entries.items():
                groups.setdefault(str(entry.stage or ""), []).append((key, str(entry)))
            choices.extend(groups.items())
        else:
            choices.extend((key, str(entry)) for key, entry in self.entries.items())
        self.choices = choices

    def clean(self, value: Any) -> TaxonomyEntry | None:
        """Return the entry; not by `coerce`, which stays bound to the field of the class and knows no entries."""
        return self.entries.get(super().clean(value))


class MeasuresField(forms.MultipleChoiceField):
    """The measures that answer the cause, at least one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple, **kwargs)
        self.entries: dict[str, TaxonomyEntry] = {}

    def offer(self, entries: Iterable[TaxonomyEntry]) -> None:
        """Offer these measures."""
        self.entries = {str(entry.pk): entry for entry in entries}
        self.choices = [(key, str(entry)) for key, entry in self.entries.items()]

    def clean(self, value: Any) -> list[TaxonomyEntry]:
        """Return the measures."""
        return [self.entries[key] for key in super().clean(value)]


class DiagnosisForm(CapitalisedForm, forms.Form):
    """Category × pattern × main cause × stage × measures × evidence × explanation, by one edition, for one case."""

    category = EntryChoiceField(label=_("category (類別)"))
    pattern = EntryChoiceField(label=_("pattern (態樣)"))
    cause = EntryChoiceField(
        label=_("main cause (主因)"), help_text=_("The one without which it would most likely not have failed.")
    )
    stage = EntryChoiceField(
        label=_("stage (階段)"), help_text=_("Where a buyer could still have done something about it.")
    )
    measures = MeasuresField(label=_("measures (精進措施)"))
    evidence = forms.TypedChoiceField(
        label=_("evidence: the notice"), coerce=int, empty_value=None,
        help_text=_("A notice of this case, or of a case that it follows."),
    )  # fmt: skip
    explanation = forms.CharField(
        label=_("what shows it"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What the notice, the minutes or the tenderers say. No names of persons."),
    )  # fmt: skip
    proposed = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: TenderCase, edition: TaxonomyEdition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notices: list[TenderNotice] = list(notices_for_evidence(case))
        self.causes = entries_of(edition, Dimension.CAUSE, case.kind)
        for name in _CHOSEN:
            entries = self.causes if name == "cause" else entries_of(edition, name, case.kind)
            self._field(name).offer(entries, by_stage=name == "cause")
        measures = self.fields["measures"]
        if isinstance(measures, MeasuresField):
            measures.offer(entries_of(edition, Dimension.MEASURE, case.kind))
        evidence = self.fields["evidence"]
        if isinstance(evidence, forms.ChoiceField):
            evidence.choices = [("", "—"), *((notice.pk, _in_words(notice, case)) for notice in self.notices)]

    def _field(self, name: str) -> EntryChoiceField:
        field = self.fields[name]
        if not isinstance(field, EntryChoiceField):
            raise TypeError(name)
        return field

    def clean_evidence(self) -> TenderNotice | None:
        """Return the notice that was chosen."""
        chosen = self.cleaned_data["evidence"]
        return next((notice for notice in self.notices if notice.pk == chosen), None)

    @property
    def proposals(self) -> dict[str, dict[str, Any]]:
        """What each cause proposes: its stage, and those of its measures that are offered for this kind."""
        offered = set(dict(self.fields["measures"].choices))  # type: ignore[attr-defined]  # a choice field
        return {
            str(cause.pk): {
                "stage": str(cause.stage_id or ""),
                "measures": [str(m.pk) for m in cause.measures.all() if str(m.pk) in offered],
            }
            for cause in self.causes
        }

    @property
    def entry_of_pattern(self) -> TaxonomyEntry | None:
        """The pattern that is chosen so far, whether or not the rest is right."""
        return self._field("pattern").entries.get(str(self["pattern"].value() or ""))


def typed_with_proposals(data: QueryDict, proposals: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what was typed as initial values, with the stage and the measures that the chosen cause proposes.

    Measures ticked by hand stay; those that another cause had proposed before go.
    """
    typed: dict[str, Any] = {name: data.get(name, "") for name in (*_CHOSEN, "evidence", "explanation")}
    ticked, before = data.getlist("measures"), set(data.get("proposed", "").split(","))
    proposal = proposals.get(str(typed["cause"]))
    if proposal is None:
        return {**typed, "measures": ticked, "proposed": data.get("proposed", "")}
    kept = [key for key in ticked if key not in before and key not in proposal["measures"]]
    return {
        **typed,
        "stage": proposal["stage"],
        "measures": [*kept, *proposal["measures"]],
        "proposed": ",".join(proposal["measures"]),
    }


def values_before(diagnosis: Diagnosis | None, form: DiagnosisForm) -> dict[str, Any]:
    """Return a diagnosis as initial values in the words of the form's edition: entries by their codes."""
    if diagnosis is None:
        failed = [notice.pk for notice in form.notices if notice.kind == NoticeKind.FAILED]
        return {"evidence": failed[-1] if failed else ""}
    values: dict[str, Any] = {
        name: _key_of(getattr(diagnosis, name), form.fields[name].entries)  # type: ignore[attr-defined]  # ours
        for name in _CHOSEN
    }
    measures = form.fields["measures"].entries  # type: ignore[attr-defined]  # ours
    keys = [_key_of(measure, measures) for measure in diagnosis.measures.all()]
    return {
        **values,
        "measures": [key for key in keys if key],
        "evidence": diagnosis.evidence_id or "",
        "explanation": diagnosis.explanation,
    }


def _key_of(entry: TaxonomyEntry, offered: dict[str, TaxonomyEntry]) -> str:
    return next((key for key, other in offered.items() if other.code == entry.code), "")


def _in_words(notice: TenderNotice, case: TenderCase) -> str:
    words = f"{rocdate(notice.published_on)} {notice.printed_type}"
    return words if notice.case_id == case.pk else f"{words} ({notice.case.number})"
