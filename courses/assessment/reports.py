"""The pass-rate report (及格率): the city's published figure for basic classes, and its counterpart over examinees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.rocdates import roc_year
from common.templatetags.common_tags import percent, rocdate
from courses.catalogue.enums import KINDS_WITH_EXAM, CourseKind
from courses.catalogue.models import CourseRun
from courses.enrolment.models import Enrolment
from reports.forms import AgencyField, DayField
from reports.registry import Chart, Column, Kpi, PeopleList, Report, ReportResult, Subtotal, register
from reports.shaping import Ratio, shape

from .pass_rate import MEASURES, REMARKS, Scope, counts, latest_facts, people
from .permissions import can_view_pass_rate

KEY = "pass-rate"
RATIOS = [Ratio("certified_rate", "certified", "trained"), Ratio("pass_rate", "passed", "examined")]
EXAM_KINDS = [(kind.value, kind.label) for kind in CourseKind if kind in KINDS_WITH_EXAM]

GROUPS: dict[str, dict[str, str]] = {
    "run": {"roc_year": "run__roc_year", "kind": "run__course__kind", "term": "run__term", "run": "run__code"},
    "agency": {"agency": "agency__name", "agency_id": "agency_id"},
    "kind": {"kind": "run__course__kind"},
    "year": {"roc_year": "run__roc_year"},
}
"""What a row stands for: the names in the answer, with the fields of `Enrolment` they come from, in order."""

LABELS = {
    "run": gettext_lazy("Run"),
    "roc_year": gettext_lazy("ROC year"),
    "kind": gettext_lazy("Kind"),
    "term": gettext_lazy("Term"),
    "agency": gettext_lazy("Agency"),
    "trained": gettext_lazy("Trained"),
    "examined": gettext_lazy("Examined"),
    "passed": gettext_lazy("Passed"),
    "certified": gettext_lazy("Certified"),
    "certified_rate": gettext_lazy("Certified ÷ trained"),
    "pass_rate": gettext_lazy("Passed ÷ examined"),
    "not_finished": gettext_lazy("Not finished yet"),
    "unconfirmed": gettext_lazy("Agency unconfirmed"),
}
FINISHED_ONLY = gettext_lazy("Finished classes only")


WORDS: dict[str, Callable[[Any], Any]] = {"kind": lambda kind: CourseKind(kind).label}
"""How codes are shown to people."""


class PassRateForm(forms.Form):
    """The parameters of the report."""

    year = forms.IntegerField(
        label=gettext_lazy("ROC year"), required=False, min_value=80, max_value=200,
        help_text=gettext_lazy("Empty for all years."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("all with an exam")), *EXAM_KINDS]
    )
    run = forms.CharField(
        label=gettext_lazy("Run"), required=False, max_length=40, help_text=gettext_lazy("Its code, as in 107-basic-1.")
    )
    agency = AgencyField(
        label=gettext_lazy("Agency"), required=False, max_length=120,
        help_text=gettext_lazy("The agency on the day of enrolment."),
    )  # fmt: skip
    by = forms.ChoiceField(
        label=gettext_lazy("One row for each"),
        required=False,
        choices=[
            ("run", gettext_lazy("run")),
            ("agency", gettext_lazy("agency")),
            ("kind", gettext_lazy("kind of course")),
            ("year", gettext_lazy("year")),
        ],
    )
    as_of = DayField(
        label=gettext_lazy("As of"), required=False, help_text=gettext_lazy("Facts up to this day; empty for today.")
    )

    def clean_run(self) -> str:
        """Return the code, which must be one of a run."""
        code: str = self.cleaned_data["run"].strip().lower()
        if code and not CourseRun.objects.filter(code=code).exists():
            raise ValidationError(
                _("There is no run “%(code)s”; expected a code such as 107-basic-1.") % {"code": code}, code="unknown"
            )
        return code


def compute(data: Mapping[str, Any]) -> ReportResult:
    """Return the report for the cleaned data of `PassRateForm`."""
    scope = _scope(data)
    by = data.get("by") or "run"
    keys = GROUPS[by]
    records = counts(scope, {**keys, "is_finished": "is_finished"}, measures=(*MEASURES, *REMARKS))
    for record in records:
        record["not_finished"] = 0 if record["is_finished"] else record["trained"]
    sums = (*MEASURES, *REMARKS, "not_finished")
    shaped = shape(records, keys=list(keys), sums=sums, ratios=RATIOS)
    finished = shape([row for row in records if row["is_finished"]], keys=list(keys), sums=sums, ratios=RATIOS).totals
    shown = [key for key in LABELS if key in keys]
    said = [key for key in _worth_a_column(by) if shaped.totals[key]]
    return ReportResult(
        parameters=_parameters(scope, by),
        as_of=scope.as_of,
        columns=[*_columns(shown), *[Column(key, LABELS[key], "integer") for key in said]],
        rows=[_in_order(row, shown, said) for row in shaped.rows],
        totals=_in_order(shaped.totals, [], said),
        subtotals=[Subtotal("finished_only", FINISHED_ONLY, _in_order(finished, [], said))]
        if shaped.totals["not_finished"]
        else [],
        notes=_notes(shaped.totals, finished, scope, by),
        filters=[_filter_of(row) for row in shaped.rows],
        marks=[LABELS["not_finished"] if by == "run" and row["not_finished"] else "" for row in shaped.rows],
    )


def _worth_a_column(by: str) -> list[str]:
    """Return the remarks that stand beside the rows, where there is anything to remark."""
    return ["not_finished", "unconfirmed"] if by == "agency" else ["not_finished"]


def _notes(totals: Mapping[str, Any], finished: Mapping[str, Any], scope: Scope, by: str) -> list[str | Promise]:
    """Say what the figures must not be read without."""
    notes: list[str | Promise] = []
    if totals["not_finished"]:
        notes.append(
            ngettext(
                "%(number)s of those trained is in a class that is not finished yet: the figure will change.",
                "%(number)s of those trained are in classes that are not finished yet: the figure will change.",
                totals["not_finished"],
            )
            % {"number": totals["not_finished"]}
        )
        notes.append(
            _("Finished classes only: %(rate)s; %(trained)s trained, %(certified)s of them certified.")
            % {**finished, "rate": percent(finished["certified_rate"])}
        )
    if totals["lost"]:
        notes.append(
            ngettext(
                "%(number)s certificate that is counted was lost or cancelled later (Regulations Art. 10).",
                "%(number)s certificates that are counted were lost or cancelled later (Regulations Art. 10).",
                totals["lost"],
            )
            % {"number": totals["lost"]}
        )
    if totals["revoked"]:
        notes.append(
            ngettext(
                "%(number)s certificate is not counted: it was revoked (Regulations Art. 17).",
                "%(number)s certificates are not counted: they were revoked (Regulations Art. 17).",
                totals["revoked"],
            )
            % {"number": totals["revoked"]}
        )
    if totals["unconfirmed"] and (by == "agency" or scope.agency is not None):
        notes.append(
            ngettext(
                "%(number)s person is counted under an agency that has not confirmed it yet.",
                "%(number)s people are counted under an agency that has not confirmed it yet.",
                totals["unconfirmed"],
            )
            % {"number": totals["unconfirmed"]}
        )
    return notes


def _scope(data: Mapping[str, Any]) -> Scope:
    return Scope(
        as_of=data.get("as_of") or timezone.localdate(),
        year=data.get("year"),
        kind=data.get("kind") or "",
        run=data.get("run") or "",
        agency=data.get("agency"),
    )


def _parameters(scope: Scope, by: str) -> dict[str, Any]:
    """Return the parameters that were given, as plain values."""
    agency = scope.agency.name if scope.agency else None
    given = {"year": scope.year, "kind": scope.kind, "run": scope.run, "agency": agency, "by": by}
    return {key: value for key, value in given.items() if value not in (None, "")}


def _columns(keys: Sequence[str]) -> list[Column]:
    kinds = {"roc_year": "integer", "term": "integer"}
    said_by_the_code = {"roc_year", "kind", "term"} if "run" in keys else set()
    return [
        *[
            Column(
                key, LABELS[key], kinds.get(key, "text"), words=WORDS.get(key), on_screen=key not in said_by_the_code
            )
            for key in keys
        ],
        *[Column(measure, LABELS[measure], "integer", people=measure) for measure in MEASURES],
        Column("certified_rate", LABELS["certified_rate"], "percent", people="certified"),
        Column("pass_rate", LABELS["pass_rate"], "percent", people="passed"),
    ]


def _in_order(row: Mapping[str, Any], keys: Sequence[str], said: Sequence[str]) -> dict[str, Any]:
    """Return the row with its keys first and its remarks last, without the numbers that only serve links.

    A row with people in classes that are not finished is held against no target yet.
    """
    ordered = {key: row[key] for key in (*keys, *MEASURES, *[ratio.key for ratio in RATIOS], *said)}
    return {**ordered, "target": None} if keys and row["not_finished"] else ordered


def _filter_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that narrow the report to `row`."""
    if "run" in row:
        return {"run": row["run"]}
    if "agency_id" in row:
        return {"agency": row["agency_id"]} if row["agency_id"] is not None else {}
    return {"kind": row["kind"]} if "kind" in row else {"year": row["roc_year"]}


def list_people(data: Mapping[str, Any], measure: str) -> PeopleList:
    """Return the people that `measure` counts, by run and number."""
    scope = _scope(data)
    enrolments = (
        people(scope, measure).select_related("person", "agency", "run__course").order_by("run__code", "number", "pk")
    )
    columns = [
        Column("run", LABELS["run"]),
        Column("number", gettext_lazy("Number"), "integer"),
        Column("name", gettext_lazy("Name")),
        Column("agency", LABELS["agency"]),
        Column("total", gettext_lazy("Best total"), "integer"),
        Column("passed_on", gettext_lazy("Passed on"), "date"),
        Column("certified_on", gettext_lazy("Certified on"), "date"),
    ]
    return PeopleList(
        title=str(LABELS[measure]),
        columns=columns,
        queryset=enrolments,
        to_rows=lambda page: _people_rows(page, scope),
        names=frozenset({"name"}),
    )


def _people_rows(page: Sequence[Enrolment], scope: Scope) -> list[dict[str, Any]]:
    facts = latest_facts(page, scope.as_of)
    return [
        {
            "run": enrolment.run.code,
            "number": enrolment.number,
            "name": enrolment.person.name,
            "agency": enrolment.agency.name if enrolment.agency else "",
            **facts[enrolment.pk],
        }
        for enrolment in page
    ]


def _sentence(result: ReportResult) -> str:
    """Say the reported figure in words."""
    return _("%(trained)s trained, %(certified)s of them certified, as of %(day)s.") % {
        "trained": result.totals["trained"],
        "certified": result.totals["certified"],
        "day": rocdate(result.as_of),
    }


def _target_scopes(result: ReportResult) -> list[str]:
    """A target is set for a kind of course, or for all; a figure over one kind alone is held against that kind's."""
    if {"run", "agency"} & set(result.parameters):
        return []
    kind = result.parameters.get("kind")
    kinds = {kind} if kind else {row["kind"] for row in result.rows if "kind" in row}
    return [*kinds, ""] if len(kinds) == 1 else [""]


def _bar_label(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what stands under a bar: the term where all are of one year and kind, else the row's first key."""
    if "run" in row and len({(other["roc_year"], other["kind"]) for other in rows}) == 1:
        return _("Term %(number)d") % {"number": row["term"]}
    key = next(key for key in LABELS if key in row)
    return str(WORDS[key](row[key]) if key in WORDS else row[key] or "–")


def _marked_bar_label(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what stands under a bar, and whether the figure is still to change."""
    label = _bar_label(row, rows)
    if not row.get("not_finished"):
        return label
    return _("%(row)s (not finished)") % {"row": label}


def initial_parameters() -> dict[str, Any]:
    """Return what the screen begins with: the current year, with a target or without."""
    return {"year": roc_year(timezone.localdate())}


register(
    Report(
        key=KEY,
        title=gettext_lazy("Pass rate"),
        description=gettext_lazy("How many of those trained hold the national certificate, and how many passed."),
        form=PassRateForm,
        compute=compute,
        may_view=can_view_pass_rate,
        kpi=Kpi(
            measure="certified_rate",
            label=gettext_lazy("Pass rate as reported"),
            sentence=_sentence,
            definition=gettext_lazy(
                "Certified ÷ trained. Trained are all who did not withdraw before the first session, the barred and"
                " the absent included; who was enrolled after it and withdrew without attending is not. Certified are"
                " those who hold the national certificate from that run: one revoked for deception (Regulations Art."
                " 17) counts no more from that day on, one lost or cancelled later (Art. 10) still counts. Make-ups are"
                " unlimited, so the figure depends on the day."
            ),
            scopes=_target_scopes,
            scope_choices=[(kind.value, kind.label) for kind in KINDS_WITH_EXAM],
        ),
        chart=Chart(title=gettext_lazy("Certified ÷ trained"), value="certified_rate", label=_marked_bar_label),
        people=list_people,
        initial=initial_parameters,
    )
)
