"""Screens of reports: the list, one report, the people behind a number, and the documents of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from common.audit import audit
from common.charts import BarChart, bar_chart
from common.names import mask_name
from common.spreadsheets import write

from . import documents, registry
from .kpi import is_met, missed_words, read_kpi
from .permissions import can_export_people, can_see_names, can_view_people
from .registry import PeopleList, Report, ReportResult
from .tables import screen_table, text_of

PEOPLE_PER_PAGE = 50


def _report_or_404(request: HttpRequest, key: str) -> Report:
    """Return the report of this key: 404 where there is none, 403 for those who may not see it."""
    report = registry.get(key)
    if report is None:
        raise Http404
    if not report.may_view(request.user):
        raise PermissionDenied
    return report


def _form_of(request: HttpRequest, report: Report) -> forms.Form:
    """Return the bound form; a first visit begins with the report's own parameters."""
    if request.GET or report.initial is None:
        return report.form(request.GET)
    return report.form(report.initial())


def _query_of(form: forms.Form, **changes: Any) -> str:
    """Return the form's values as a query string, with `changes` on top and without empty ones."""
    values = {name: form[name].value() for name in form.fields} | changes
    return urlencode({key: value for key, value in values.items() if value not in (None, "")})


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the reports that this user may see."""
    reports = registry.reports_for(request.user)
    if not reports:
        raise PermissionDenied
    return render(request, "reports/index.html", {"reports": reports})


@require_safe
def report_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show one report: its figure against the target, its chart beside its table, its documents."""
    report = _report_or_404(request, key)
    form = _form_of(request, report)
    context: dict[str, Any] = {"report": report, "form": form}
    if form.is_valid():
        result = report.compute(form.cleaned_data)
        context |= _screen(request, report, form, result)
    return render(request, report.template, context)


def _screen(request: HttpRequest, report: Report, form: forms.Form, result: ReportResult) -> dict[str, Any]:
    """Return what the page shows of a result."""
    kpi = read_kpi(report, result)
    overall = kpi.achievement.target.value if kpi and kpi.achievement else None

    def link(measure: str, filters: Mapping[str, Any]) -> str:
        query = _query_of(form, measure=measure, **filters, as_of=result.as_of.isoformat())
        return f"{reverse('reports:people', args=[report.key])}?{query}"

    def misses(row: Mapping[str, Any]) -> bool:
        if report.kpi is None:
            return False
        rate, target = row.get(report.kpi.measure), row.get("target", overall)
        if rate is None or target is None:
            return False
        return not is_met(Decimal(str(rate)), Decimal(str(target)), lower_is_better=report.kpi.lower_is_better)

    extra = report.screen_context(request, result) if report.screen_context else {}
    return {
        "result": result,
        "kpi": kpi,
        "missed_words": missed_words(kpi) if kpi else "",
        "chart": _chart(report, result, overall),
        "table": screen_table(
            result,
            total_label=pgettext("last row of a table", "Total"),
            link=link if can_view_people(request.user, report) else None,
            misses=misses,
        ),
        "downloads": [
            (name, f"{reverse('reports:export', args=[report.key, name])}?{_query_of(form)}")
            for name in documents.FORMATS
        ],
        **extra,
    }


def _chart(report: Report, result: ReportResult, target: Decimal | None) -> BarChart | None:
    """Return the chart, or None where there is nothing to draw."""
    if report.chart is None or not result.rows:
        return None
    chart = report.chart(result) if callable(report.chart) else report.chart
    rows, title = result.rows, chart.title
    if chart.skips_zero:
        rows = [row for row in rows if row[chart.value]]
        if not rows:
            return None
    if chart.most is not None and len(rows) > chart.most:
        rows, title = sorted(rows, key=lambda row: -(row[chart.value] or 0))[: chart.most], chart.title_of_most
    is_rate = chart.unit == "%"
    is_kpi = report.kpi is not None and chart.value == report.kpi.measure
    return bar_chart(
        [(chart.label(row, result.rows), row[chart.value]) for row in rows],
        key=report.key,
        title=title,
        unit=chart.unit,
        decimals=1 if is_rate else 0,
        target=target if is_kpi else None,
        lower_is_better=report.kpi is not None and report.kpi.lower_is_better,
        maximum=chart.maximum if is_rate else None,
    )


@require_safe
def export(request: HttpRequest, key: str, document_format: str) -> HttpResponseBase:
    """Send the report as a document."""
    report = _report_or_404(request, key)
    if document_format not in documents.FORMATS:
        raise Http404
    form = report.form(request.GET)
    if not form.is_valid():
        return render(request, report.template, {"report": report, "form": form}, status=400)
    result = report.compute(form.cleaned_data)
    parts = [report.key, *[str(value) for key, value in result.parameters.items() if key != "by"]]
    name = "-".join([*parts, result.as_of.isoformat()])
    return _document(documents.render(report, result, document_format), name, document_format)


def _document(pieces: Iterator[bytes], name: str, document_format: str) -> StreamingHttpResponse:
    """Return a download; its name is plain ASCII or encoded, whatever the parameters were."""
    response = StreamingHttpResponse(pieces, content_type=documents.FORMATS[document_format])
    file_name = re.sub(r"[^\w.-]+", "_", name)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{file_name}.{document_format}"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def people(request: HttpRequest, key: str) -> HttpResponse:
    """Show who is counted by one number. Audited: these are personal data."""
    report, form, found, measure = _people_or_404(request, key)
    if found is None:
        return render(request, "reports/people.html", {"report": report, "form": form}, status=400)
    page = Paginator(found.queryset, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        [(column, text_of(column, row[column.key]), row.get(column.link, "")) for column in found.columns]
        for row in _visible(request, found, list(page.object_list))
    ]
    _audit("reports.people_viewed", request, report, form, measure=measure, people=len(rows))
    query = _query_of(form)
    exports = documents.SHEETS if can_export_people(request.user) else ()
    return render(
        request,
        "reports/people.html",
        {
            "report": report,
            "form": form,
            "people": found,
            "counted": found.counted(page.paginator.count) if found.counted else "",
            "page_obj": page,
            "rows": rows,
            "names_masked": not can_see_names(request.user),
            "report_url": f"{reverse('reports:report', args=[report.key])}?{query}",
            "downloads": [
                (
                    name,
                    f"{reverse('reports:people_export', args=[report.key, name])}?{_query_of(form, measure=measure)}",
                )
                for name in exports
            ],
        },
    )


@require_safe
def people_export(request: HttpRequest, key: str, document_format: str) -> HttpResponseBase:
    """Send the people behind a number as a file: administrators only, audited."""
    report, form, found, measure = _people_or_404(request, key)
    if not can_export_people(request.user):
        raise PermissionDenied
    if document_format not in documents.SHEETS:
        raise Http404
    if found is None:
        return render(request, "reports/people.html", {"report": report, "form": form}, status=400)
    _audit("reports.people_exported", request, report, form, measure=measure, people=found.queryset.count())
    sheet = documents.people_sheet(found, _all_rows(request, found))
    return _document(write(document_format, sheet), f"{report.key}-{measure}", document_format)


def _audit(action: str, request: HttpRequest, report: Report, form: forms.Form, **data: Any) -> None:
    """Record who saw the people behind which number; the parameters as they were typed."""
    given: dict[str, Any] = {
        name: str(form[name].value()) for name in form.fields if form[name].value() not in (None, "")
    }
    if "by" in given:  # to `audit` this is who did it
        given["rows_by"] = given.pop("by")
    audit(action, by=request.user, report=report.key, **given, **data)  # type: ignore[arg-type]  # signed in


def _people_or_404(request: HttpRequest, key: str) -> tuple[Report, forms.Form, PeopleList | None, str]:
    """Return report, form, people (None where the form is wrong) and measure; 403 or 404 where due."""
    report = _report_or_404(request, key)
    if not can_view_people(request.user, report) or report.people is None:
        raise PermissionDenied
    form = report.form(request.GET)
    measure = request.GET.get("measure", "")
    if not form.is_valid():
        return report, form, None, measure
    try:
        return report, form, report.people(form.cleaned_data, measure), measure
    except KeyError:
        raise Http404 from None


def _visible(request: HttpRequest, found: PeopleList, page: list[Any]) -> list[dict[str, Any]]:
    """Return rows with the names as this user may see them."""
    rows = found.to_rows(page)
    if can_see_names(request.user):
        return rows
    return [{key: mask_name(value) if key in found.names else value for key, value in row.items()} for row in rows]


def _all_rows(request: HttpRequest, found: PeopleList) -> Iterator[dict[str, Any]]:
    """Yield every row, page by page, so that memory does not grow with the list."""
    paginator = Paginator(found.queryset, documents.PAGE)
    for number in paginator.page_range:
        yield from _visible(request, found, list(paginator.page(number).object_list))
