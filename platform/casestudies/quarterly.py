"""The quarterly report of the review group to the quality committee (公共工程品質推動委員會).

Its figures are those of `statistics.quarter_figures`, its cases the very ones that these count; meetings and decisions
are counted here, up to the same day.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from common.odt import Block, Heading, Paragraph, Table
from common.rocdates import format_roc, roc_year

from .decisions import in_force, with_context
from .enums import MeetingState
from .models import Decision, Diagnosis, ReviewMeeting, TenderCase
from .papers import LANGUAGE, Paper, group_name, ordinal
from .reviewed import agency_in_words
from .statistics import QuarterFigures, quarter_figures
from .statistics_counts import Scope, cases_of, with_findings

QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class ListedCase:
    """A case listed in the quarter; `failures` and `diagnosis` are those known on the report's day."""

    case: TenderCase
    failures: int
    diagnosis: Diagnosis | None


@dataclass(frozen=True)
class QuarterlyReport:
    """A quarter up to `figures["as_of"]`: what was listed, met, decided, done, and awarded.

    `agencies` are the agencies of the listed cases with their numbers, the most first. `made` are decisions of the
    quarter's meetings whose minutes are closed, `done` those carried out in it, `overdue` those not done on its day.
    """

    figures: QuarterFigures
    listed: Sequence[ListedCase]
    agencies: Sequence[tuple[str, int]]
    meetings: Sequence[ReviewMeeting]
    made: Sequence[Decision]
    done: Sequence[Decision]
    overdue: Sequence[Decision]
    outcomes: Sequence[TenderCase]


def quarter_of(day: datetime.date) -> tuple[int, int]:
    """Return the ROC year and the quarter that `day` lies in."""
    return roc_year(day), (day.month + 2) // 3


def quarterly_report(year: int, quarter: int, *, today: datetime.date | None = None) -> QuarterlyReport:
    """Return the report of a quarter of the ROC year `year`, with the facts up to `today` or the quarter's end.

    Constant queries. Raises ValueError for another quarter than 1 to 4.
    """
    figures = quarter_figures(year, quarter, today or timezone.localdate())
    first, as_of = figures["first"], figures["as_of"]
    known = cases_of(Scope(as_of=as_of)).select_related("agency", "listing")
    listed = _listed_cases(Scope(as_of=as_of), first)
    outcomes = known.filter(listing__listed_on__lte=as_of, awarded_on__range=(first, as_of))
    decided = with_context(in_force()).order_by("due_on", "pk")
    held = ReviewMeeting.objects.filter(starts_at__date__range=(first, as_of), starts_at__lte=timezone.now())
    return QuarterlyReport(
        figures=figures,
        listed=listed,
        agencies=Counter(agency_in_words(row.case) for row in listed).most_common(),
        meetings=list(held.exclude(state=MeetingState.PLANNED).defer("minutes").order_by("starts_at", "pk")),
        made=list(decided.filter(meeting__starts_at__date__range=(first, as_of))),
        done=list(decided.filter(done_on__range=(first, as_of))),
        overdue=list(decided.filter(meeting__starts_at__date__lte=as_of, due_on__lt=as_of).exclude(done_on__lte=as_of)),
        outcomes=list(outcomes.order_by("awarded_on", "pk")),
    )


def _listed_cases(scope: Scope, first: datetime.date) -> list[ListedCase]:
    """Return the cases listed from `first` to the day of `scope`; the very ones that `quarter_figures` counts."""
    found = cases_of(scope).filter(listing__listed_on__range=(first, scope.as_of))
    annotated: Any = with_findings(found, scope)  # with what `cases_of` and it annotate, unknown to the model
    known = {row[0]: row[1:] for row in annotated.values_list("pk", "failed_times", "finding")}
    findings = [finding for _failures, finding in known.values() if finding is not None]
    diagnoses = Diagnosis.objects.select_related("cause").in_bulk(findings)
    cases = found.select_related("agency", "listing").order_by("listing__listed_on", "pk")
    return [ListedCase(case, known[case.pk][0], diagnoses.get(known[case.pk][1])) for case in cases]


def write(report: QuarterlyReport) -> Paper:
    """Return the report as a paper, in Chinese."""
    with override(LANGUAGE):
        figures = report.figures
        title = _("Report of the %(group)s for quarter %(quarter)s of ROC year %(year)d")
        subtitle = _("For the Committee on the Quality of Public Works. Facts up to %(day)s; by the %(organisation)s.")
        return Paper(
            title=title % {"group": group_name(), "quarter": ordinal(figures["quarter"]), "year": figures["year"]},
            subtitle=subtitle % {"day": format_roc(figures["as_of"]), "organisation": settings.ORGANISATION},
            blocks=list(_blocks(report)),
            dated=figures["as_of"],
        )


def file_name(report: QuarterlyReport, file_format: str) -> str:
    """Return the name of the file in ASCII."""
    return f"review-report-{report.figures['year']}Q{report.figures['quarter']}.{file_format}"


def rate_in_words(figures: QuarterFigures) -> str:
    """Say the accumulated share with its numerator and denominator; what is missing is said to be."""
    if figures["rate"] is None:
        return _("No works tender of the publication threshold or more has been announced this year.")
    return _(
        "%(listed)d listed cases ÷ %(tenders)d works tenders of the publication threshold or more announced this year "
        "= %(rate)s%% (lower is better; published as “流廢標下降率”, though it is a share)."
    ) % {"listed": figures["year_listed"], "tenders": figures["year_tenders"], "rate": figures["rate"]}


def _blocks(report: QuarterlyReport) -> Iterator[Block]:
    yield Heading(_section(1, _("At a glance")))
    yield Table(rows=_glance(report), widths=(2, 5), is_form=True)
    yield Heading(_section(2, _("Newly listed cases")))
    yield from _listed(report)
    yield Heading(_section(3, _("Meetings held")))
    yield from _meetings(report)
    yield Heading(_section(4, _("What became of the decisions")))
    yield from _decisions(report)
    yield Heading(_section(5, _("Listed cases awarded in the quarter")))
    yield from _outcomes(report)
    yield Heading(_section(6, _("Accumulated share")))
    yield Paragraph(rate_in_words(report.figures))


def _section(number: int, title: str) -> str:
    return f"{ordinal(number, formal=True)}、{title}"


def _nothing() -> Paragraph:
    return Paragraph(pgettext("in minutes", "None."))


def _glance(report: QuarterlyReport) -> list[tuple[str, str]]:
    figures = report.figures
    decisions = _("%(made)d made, %(done)d done, %(overdue)d overdue on the day of this report") % {
        "made": len(report.made), "done": len(report.done), "overdue": len(report.overdue),
    }  # fmt: skip
    return [
        (_("Newly listed"), _("%(count)d cases") % {"count": figures["listed"]}),
        (_("Meetings held"), _("%(count)d meetings") % {"count": len(report.meetings)}),
        (_("Decisions"), decisions),
        (_("Awarded"), _("%(count)d listed cases") % {"count": figures["awarded"]}),
        (_("Accumulated share"), f"{figures['rate']}%" if figures["rate"] is not None else "—"),
    ]


def _listed(report: QuarterlyReport) -> Iterator[Block]:
    if not report.listed:
        yield _nothing()
        return
    yield Table(
        caption=_("Newly listed cases"),
        headings=(
            _("Listed on"),
            _("Agency"),
            pgettext("of a tender", "Case"),
            pgettext("of a tender", "Times failed"),
            _("Main cause"),
        ),
        rows=[
            (
                format_roc(row.case.listing.listed_on),
                agency_in_words(row.case),
                f"{row.case.number}\n{row.case.title}",
                str(row.failures),
                str(row.diagnosis.cause) if row.diagnosis is not None else _("not diagnosed yet"),
            )
            for row in report.listed
        ],
        widths=(2.1, 2.2, 3, 1, 2),
    )
    counted = _("%(count)d cases")
    groups = (
        (_("By agency"), list(report.agencies)),
        (_("By main cause"), [(group["name"], group["cases"]) for group in report.figures["by_cause"]]),
        (_("By kind of agency"), [(group["name"], group["cases"]) for group in report.figures["by_agency_kind"]]),
    )
    for caption, rows in groups:
        yield Table(
            caption=caption, rows=[(name, counted % {"count": number}) for name, number in rows], widths=(5, 1.2)
        )  # fmt: skip


def _meetings(report: QuarterlyReport) -> Iterator[Block]:
    if not report.meetings:
        yield _nothing()
        return
    closed, draft = _("minutes closed"), _("minutes not closed yet")
    yield Table(
        headings=(_("Day"), _("Meeting"), _("Place"), pgettext("of a meeting", "Minutes")),
        rows=[
            (
                format_roc(timezone.localdate(meeting.starts_at)),
                meeting.name,
                meeting.place or "—",
                closed if meeting.state == MeetingState.CLOSED else draft,
            )
            for meeting in report.meetings
        ],
        widths=(2.1, 3.1, 2.4, 1.5),
    )


def _decisions(report: QuarterlyReport) -> Iterator[Block]:
    rows = {decision.pk: decision for decision in (*report.overdue, *report.made, *report.done)}
    if not rows:
        yield _nothing()
        return
    overdue = {decision.pk for decision in report.overdue}
    as_of = report.figures["as_of"]
    yield Table(
        headings=(
            pgettext("of the review group", "Decision"),
            _("Agency that does it"),
            _("Due on"),
            _("What became of it"),
        ),
        rows=[
            (decision.text, decision.owner.name, format_roc(decision.due_on), _fate(decision, as_of, overdue))
            for decision in sorted(rows.values(), key=lambda row: (row.pk not in overdue, row.due_on, row.pk))
        ],
        widths=(3.3, 1.9, 2.1, 2.4),
    )


def _fate(decision: Decision, as_of: datetime.date, overdue: set[int]) -> str:
    if decision.done_on is not None and decision.done_on <= as_of:
        return _("Done on %(day)s: %(note)s") % {"day": format_roc(decision.done_on), "note": decision.done_note}
    return pgettext("of a decision", "Overdue") if decision.pk in overdue else pgettext("of a decision", "Under way")


def _outcomes(report: QuarterlyReport) -> Iterator[Block]:
    if not report.outcomes:
        yield _nothing()
        return
    yield Table(
        headings=(
            pgettext("of a tender", "Case"),
            _("Changed before the award"),
            _("Awarded for, NT$"),
            _("Awarded on"),
            pgettext("until the award", "Days"),
        ),
        rows=[
            (
                f"{agency_in_words(case)}\n{case.number} {case.title}",
                case.change_before_award or _("not recorded"),
                f"{case.award_amount:,}" if case.award_amount is not None else "—",
                format_roc(case.awarded_on) if case.awarded_on else "—",
                str(case.days_to_award) if case.has_first_notice and case.days_to_award is not None else "—",
            )
            for case in report.outcomes
        ],
        widths=(3, 2.4, 1.7, 2.1, 0.9),
    )
    yield Paragraph(_("Days are counted from the first notice to the award."), is_quiet=True)
