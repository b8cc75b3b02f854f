"""The counts behind the hotline's statistics: cases, answers, minutes, and what the askers said, in one query.

Counted are cases that are no drafts (`ConsultationQuerySet.counted`), each in the month and year in which it was asked,
in Taipei's time. Answered are those whose answer came by `as_of`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, ExtractMonth, ExtractYear
from django.utils import timezone

from common.moments import end_of_day, first_moment
from common.rocdates import ROC_OFFSET, to_gregorian_year
from library.models import Article, Subject

from .enums import Channel, ConsultationState
from .models import Consultation, ErrorPattern
from .models.log import ConsultationQuerySet

MEASURES = ("cases", "answered", "minutes", "timed", "helped", "not_helped")
LISTED = ("cases", "answered", "helped", "not_helped")
"""The measures whose cases can be listed."""

NONE = "none"
"""Stands for what a case has not: no subject, no agency, no error pattern, no article."""


class By(StrEnum):
    """What a row stands for."""

    MONTH = "month"
    SUBJECT = "subject"
    ARTICLE = "article"
    AGENCY_KIND = "agency_kind"
    ERROR_PATTERN = "error_pattern"
    CHANNEL = "channel"
    YEAR = "year"


GROUPS: dict[By, tuple[str, ...]] = {
    By.MONTH: ("year", "month"),
    By.SUBJECT: ("subject",),
    By.ARTICLE: ("articles",),
    By.AGENCY_KIND: ("agency__kind",),
    By.ERROR_PATTERN: ("error_pattern",),
    By.CHANNEL: ("channel",),
    By.YEAR: ("year",),
}
"""The fields of `Consultation` by which each is grouped; `year` and `month` are of the day it was asked."""


@dataclass(frozen=True)
class Scope:
    """What is counted: cases asked up to `as_of`, narrowed by whatever is given; `NONE` means those without."""

    as_of: datetime.date
    year: int | None = None  # ROC
    month: int | None = None
    subject: Subject | str | None = None
    error_pattern: ErrorPattern | str | None = None
    article: Article | str | None = None
    channel: Channel | str = ""
    agency_kind: str = ""


def counts(scope: Scope, by: By) -> list[dict[str, Any]]:
    """Return the measures for each group, in one query; the group's fields under the names of `GROUPS`.

    A case that names several articles is counted with each of them: the rows of `By.ARTICLE` overlap.
    """
    fields = GROUPS[by]
    rows = _of(scope).order_by()
    dates = {"year": ExtractYear("asked_at"), "month": ExtractMonth("asked_at")}
    rows = rows.annotate(**{name: dates[name] for name in fields if name in dates})
    return list(rows.values(*fields).annotate(**_measures(scope)).order_by(*fields))


def totals(scope: Scope) -> dict[str, Any]:
    """Return the measures over everything, each case once, in one query."""
    return _of(scope).order_by().aggregate(**_measures(scope))


def cases(scope: Scope, measure: str) -> ConsultationQuerySet:
    """Return the cases that `measure` counts: exactly as many as `counts` says. Raises KeyError for another one."""
    if measure not in LISTED:
        raise KeyError(measure)
    counted = _counted(scope)[measure]
    return _of(scope).filter(counted) if counted is not None else _of(scope)


def newest_year() -> int | None:
    """Return the ROC year of the newest case that counts, or None before the first one."""
    newest = Consultation.objects.counted().order_by("-asked_at").values_list("asked_at", flat=True).first()
    return None if newest is None else timezone.localtime(newest).year - ROC_OFFSET


def _measures(scope: Scope) -> dict[str, Any]:
    listed = {measure: Count("pk", filter=counted) for measure, counted in _counted(scope).items()}
    # "minutes" last: it takes the field's name
    return {**listed, "timed": Count("minutes"), "minutes": Coalesce(Sum("minutes"), 0)}


def _counted(scope: Scope) -> dict[str, Q | None]:
    """Return what each listed measure counts; None for every case."""
    by_then = Q(state=ConsultationState.ANSWERED, answered_at__lt=end_of_day(scope.as_of))
    return {"cases": None, "answered": by_then, "helped": Q(has_helped=True), "not_helped": Q(has_helped=False)}


def _of(scope: Scope) -> ConsultationQuerySet:
    found = Consultation.objects.counted().filter(asked_at__lt=end_of_day(scope.as_of))
    if scope.year is not None:
        year = to_gregorian_year(scope.year)
        first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        if scope.month is not None:
            first = first.replace(month=scope.month)
            last = (first + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
        found = found.filter(asked_at__gte=first_moment(first), asked_at__lt=end_of_day(last))
    elif scope.month is not None:
        found = found.filter(asked_at__month=scope.month)
    for name, wanted in (
        ("subject", scope.subject), ("error_pattern", scope.error_pattern), ("articles", scope.article),
        ("agency__kind", scope.agency_kind), ("channel", scope.channel),
    ):  # fmt: skip
        if wanted == NONE:
            found = found.filter(**{f"{name}__isnull": True})
        elif wanted:
            found = found.filter(**{name: wanted})
    return found
