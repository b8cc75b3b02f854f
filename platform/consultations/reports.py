"""The statistics of the hotline: how many cases, about what, from whom, and how long they took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.enums import AgencyKind
from library.models import Article, Subject
from reports.forms import DayField
from reports.registry import Chart, Column, PeopleList, Report, ReportResult, register
from reports.shaping import Ratio, shape

from .enums import Channel
from .models import Consultation, ErrorPattern
from .naming import parse_articles, short_label
from .permissions import can_log_consultations, can_view_statistics
from .statistics import MEASURES, NONE, By, Scope, cases, counts, newest_year, totals
from .statistics_rows import LABELS, WITHOUT, groups_of, word_of

KEY = "consultations"
MEAN = Ratio("mean_minutes", "minutes", "timed", scale=1)
MOST_BARS = 15
QUESTION_CHARS = 40

MEASURE_LABELS = {
    "cases": gettext_lazy("Cases"),
    "answered": pgettext_lazy("column", "Answered"),
    "minutes": gettext_lazy("Minutes"),
    "mean_minutes": gettext_lazy("Minutes a case"),
    "helped": pgettext_lazy("column", "Helped"),
    "not_helped": pgettext_lazy("column", "Did not help"),
}


class _OrNone(ModelChoiceIterator):
    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield from super().__iter__()
        yield NONE, self.field.label_of_none  # type: ignore[attr-defined]  # only `OrNoneField` uses it


class OrNoneField(forms.ModelChoiceField):
    """One of the rows of a model by its code, or `NONE` for the cases that have none."""

    iterator = _OrNone

    def __init__(self, *args: Any, label_of_none: Any, **kwargs: Any) -> None:
        self.label_of_none = label_of_none
        super().__init__(*args, to_field_name="code", required=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the row, `NONE`, or None where nothing was chosen."""
        return NONE if value == NONE else super().to_python(value)


class ArticleField(forms.CharField):
    """An article as officers name it (採購法 22), or `NONE` for the cases that name none."""

    def clean(self, value: Any) -> Article | str | None:
        """Return the article."""
        text = super().clean(value)
        if not text or text == NONE:
            return text or None
        named = parse_articles(text)
        if len(named.article_ids) != 1 or named.not_found:
            raise ValidationError(_("Name one article, as in 採購法 22."), code="unknown")
        return Article.objects.select_related("law").get(pk=named.article_ids[0])


class ConsultationsForm(forms.Form):
    """The parameters of the report."""

    year = forms.IntegerField(
        label=gettext_lazy("ROC year"), required=False, min_value=80, max_value=200,
        help_text=gettext_lazy("Empty for all years."),
    )  # fmt: skip
    by = forms.ChoiceField(
        label=gettext_lazy("One row for each"),
        required=False,
        choices=[
            ("month", gettext_lazy("month")),
            ("subject", gettext_lazy("subject")),
            ("article", gettext_lazy("article")),
            ("agency_kind", gettext_lazy("kind of agency")),
            ("error_pattern", gettext_lazy("error pattern")),
            ("channel", gettext_lazy("channel")),
            ("year", gettext_lazy("year")),
        ],
    )
    month = forms.IntegerField(
        label=gettext_lazy("Month"), required=False, min_value=1, max_value=12,
        help_text=gettext_lazy("1 to 12; empty for the whole year."),
    )  # fmt: skip
    subject = OrNoneField(
        queryset=Subject.objects.all(), label=LABELS[By.SUBJECT], label_of_none=WITHOUT[By.SUBJECT],
        empty_label=pgettext_lazy("any subject, channel, …", "all"),
    )  # fmt: skip
    error_pattern = OrNoneField(
        queryset=ErrorPattern.objects.all(), label=LABELS[By.ERROR_PATTERN], label_of_none=WITHOUT[By.ERROR_PATTERN],
        empty_label=pgettext_lazy("any subject, channel, …", "all"),
    )  # fmt: skip
    article = ArticleField(
        label=LABELS[By.ARTICLE], required=False, max_length=40, help_text=gettext_lazy("As in 採購法 22.")
    )
    channel = forms.ChoiceField(
        label=LABELS[By.CHANNEL], required=False,
        choices=[("", pgettext_lazy("any subject, channel, …", "all")), *Channel.choices],
    )  # fmt: skip
    agency_kind = forms.ChoiceField(
        label=LABELS[By.AGENCY_KIND], required=False,
        choices=[
            ("", pgettext_lazy("any subject, channel, …", "all")), *AgencyKind.choices, (NONE, WITHOUT[By.AGENCY_KIND]),
        ],
    )  # fmt: skip
    as_of = DayField(
        label=gettext_lazy("As of"), required=False, help_text=gettext_lazy("Cases up to this day; empty for today.")
    )


def compute(data: Mapping[str, Any]) -> ReportResult:
    """Return the report for the cleaned data of `ConsultationsForm`."""
    scope, by = _scope(data), By(data.get("by") or By.MONTH)
    groups = groups_of(by, counts(scope, by))
    keys = list(groups[0].keys) if groups else [by.value]
    records = [{**group.keys, **{measure: group.measures[measure] for measure in MEASURES}} for group in groups]
    shaped = shape(records, keys=keys, sums=MEASURES, ratios=[MEAN])
    overall = shaped.totals
    notes: list[str | Promise] = _said(data)
    if by == By.ARTICLE:
        overall = shape([{"all": NONE, **totals(scope)}], keys=["all"], sums=MEASURES, ratios=[MEAN]).totals
        notes.append(_("A case that names several articles stands in several rows; the totals count it once."))
    columns = _columns(keys, by)
    return ReportResult(
        parameters=_parameters(data, by),
        as_of=scope.as_of,
        columns=columns,
        rows=[{column.key: row[column.key] for column in columns} for row in shaped.rows],
        totals={key: value for key, value in overall.items() if key != "timed"},
        notes=notes,
        filters=[group.filters for group in groups],
    )


def _scope(data: Mapping[str, Any]) -> Scope:
    return Scope(
        as_of=data.get("as_of") or timezone.localdate(),
        year=data.get("year"),
        month=data.get("month"),
        subject=data.get("subject"),
        error_pattern=data.get("error_pattern"),
        article=data.get("article"),
        channel=data.get("channel") or "",
        agency_kind=data.get("agency_kind") or "",
    )


def _said(data: Mapping[str, Any]) -> list[str | Promise]:
    """Say in words what the figures are narrowed to: a document must tell it without its file name."""
    words = []
    for name, field in ConsultationsForm.base_fields.items():
        value = data.get(name)
        if name in ("by", "as_of") or value in (None, ""):
            continue
        if value == NONE:
            words.append(str(WITHOUT[By(name)]))
            continue
        if name == "article":
            value = short_label(value)
        elif name in ("channel", "agency_kind"):
            value = Channel(value).label if name == "channel" else AgencyKind(value).label
        words.append(_("%(name)s: %(value)s") % {"name": field.label, "value": value})
    return [pgettext("between parameters of a report", "; ").join(words)] if words else []


def _parameters(data: Mapping[str, Any], by: By) -> dict[str, Any]:
    """Return the parameters that were given, as plain values."""
    given = {name: data.get(name) for name in ("year", "month", "channel", "agency_kind")}
    for name in ("subject", "error_pattern"):
        row = data.get(name)
        given[name] = getattr(row, "code", row)
    article = data.get("article")
    given["article"] = short_label(article) if isinstance(article, Article) else article
    return {key: value for key, value in {**given, "by": by.value}.items() if value not in (None, "")}


def _columns(keys: Sequence[str], by: By) -> list[Column]:
    """Return the columns; the code of a subject or pattern stands beside its name only where machines read."""
    firsts = [
        Column(
            key,
            LABELS[by] if key == "name" or "name" not in keys else gettext_lazy("Number"),
            "integer" if by == By.YEAR else "text",
            words=word_of(by) if key != "name" else None,
            on_screen=key == "name" or "name" not in keys,
        )
        for key in keys
    ]
    return [
        *firsts,
        *[Column(key, MEASURE_LABELS[key], "integer", people=key) for key in ("cases", "answered")],
        Column("minutes", MEASURE_LABELS["minutes"], "integer", people="cases"),
        Column(MEAN.key, MEASURE_LABELS[MEAN.key], "decimal", people="cases"),
        *[Column(key, MEASURE_LABELS[key], "integer", people=key) for key in ("helped", "not_helped")],
    ]


def list_cases(data: Mapping[str, Any], measure: str) -> PeopleList:
    """Return the cases that `measure` counts, the newest first. Raises KeyError for an unknown measure."""
    found = cases(_scope(data), measure).select_related("subject", "agency")
    columns = [
        Column("number", gettext_lazy("Case number")),
        Column("asked_on", gettext_lazy("Asked on"), "date"),
        Column("question", gettext_lazy("Question")),
        Column("subject", LABELS[By.SUBJECT]),
        Column("agency", gettext_lazy("Agency")),
        Column("caller", gettext_lazy("Caller")),
        Column("channel", LABELS[By.CHANNEL]),
        Column("minutes", MEASURE_LABELS["minutes"], "integer"),
    ]
    return PeopleList(
        title=str(MEASURE_LABELS[measure]),
        columns=columns,
        queryset=found.order_by("-asked_at", "-pk"),
        to_rows=_case_rows,
        names=frozenset({"caller"}),
        counted=_say_count,
    )


def _say_count(number: int) -> str:
    return ngettext(
        "%(number)d case is counted by this number of the report.",
        "%(number)d cases are counted by this number of the report.",
        number,
    ) % {"number": number}


def _case_rows(page: Sequence[Consultation]) -> list[dict[str, Any]]:
    return [
        {
            "number": case.number,
            "asked_on": timezone.localtime(case.asked_at).date(),
            "question": Truncator(case.question).chars(QUESTION_CHARS),
            "subject": str(case.subject) if case.subject else "",
            "agency": case.agency.name if case.agency else "",
            "caller": case.caller_name,
            "channel": case.get_channel_display(),
            "minutes": case.minutes,
        }
        for case in page
    ]


def _bar_label(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what stands under a bar: the row's first words."""
    key = "name" if "name" in row else next(iter(row))
    by = By(next(iter(row)))
    words = word_of(by)
    return str(row[key] if words is None or key == "name" else words(row[key]))


def initial_parameters() -> dict[str, Any]:
    """Return what the screen begins with: the months of the newest year that has a case, else all years."""
    year = newest_year()
    return {"year": year, "by": By.MONTH.value} if year is not None else {"by": By.YEAR.value}


register(
    Report(
        key=KEY,
        title=gettext_lazy("Hotline cases"),
        description=gettext_lazy("How many questions came, about what and from whom, and how long they took."),
        form=ConsultationsForm,
        compute=compute,
        may_view=can_view_statistics,
        chart=Chart(
            title=MEASURE_LABELS["cases"],
            value="cases",
            label=_bar_label,
            unit="",
            most=MOST_BARS,
            title_of_most=gettext_lazy("Cases: the fifteen highest"),
        ),
        people=list_cases,
        may_view_people=can_log_consultations,
        initial=initial_parameters,
        template="consultations/statistics.html",
        empty_title=gettext_lazy("No case is counted here yet"),
        empty_text=gettext_lazy("Rows appear with the first case. Choose another year or other conditions below."),
    )
)
