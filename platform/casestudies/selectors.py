"""Reads of cases that more than one screen needs."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Replace

from common.rocdates import roc_year, to_gregorian_year

from .enums import MeetingState
from .models import AgendaItem, Diagnosis, TenderCase, TenderNotice
from .models.cases import TenderCaseQuerySet
from .permissions import can_view_cases, member_of

UNKNOWN_BAND = "unknown"
"""Stands in an address for cases whose band is not known."""

MOST_CANDIDATES = 10
"""Cases offered where one is looked for by its number."""


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list shows; what is None, 0 or empty does not narrow it.

    `year` is the ROC year of the first notice, `failures` the least number of times failed, `band` a `Band` or
    `UNKNOWN_BAND`, `listed` one of open, closed, never. `is_undiagnosed`: failed, and nobody has said why.
    """

    scope: str = ""
    kind: str = ""
    band: str = ""
    failures: int = 0
    is_awarded: bool | None = None
    year: int | None = None
    listed: str = ""
    is_undiagnosed: bool = False
    text: str = ""


_LISTED = {
    "open": Q(listing__isnull=False, listing__closed_on__isnull=True),
    "closed": Q(listing__closed_on__isnull=False),
    "never": Q(listing__isnull=True),
}


def filtered_cases(wanted: CaseFilter) -> TenderCaseQuerySet:
    """Return the cases that `wanted` asks for with what a line of a list says, the newest first."""
    cases = TenderCase.objects.all()
    if wanted.scope:
        cases = cases.filter(scope=wanted.scope)
    if wanted.kind:
        cases = cases.filter(kind=wanted.kind)
    if wanted.band:
        cases = cases.filter(band="" if wanted.band == UNKNOWN_BAND else wanted.band)
    if wanted.failures:
        cases = cases.filter(failures__gte=wanted.failures)
    if wanted.is_awarded is not None:
        cases = cases.filter(awarded_on__isnull=not wanted.is_awarded)
    if wanted.year:
        cases = cases.filter(first_notice_on__year=to_gregorian_year(wanted.year))
    if wanted.listed in _LISTED:
        cases = cases.filter(_LISTED[wanted.listed])
    if wanted.is_undiagnosed:
        cases = undiagnosed(cases)
    return with_what_lists_show(cases_saying(wanted.text, cases))


def with_what_lists_show(cases: TenderCaseQuerySet) -> TenderCaseQuerySet:
    """Fetch with the cases what a line of a list says: agency, listing, how many notices, whether it is diagnosed."""
    notices = TenderNotice.objects.filter(case=OuterRef("pk")).order_by().values("case")
    newest_first = (F("first_notice_on").desc(nulls_last=True), "-pk")
    return (
        cases.select_related("agency", "listing")
        .annotate(
            notice_count=Subquery(notices.annotate(count=Count("pk")).values("count")),
            is_diagnosed=_is_diagnosed(),
        )
        .order_by(*newest_first)
    )


def undiagnosed(cases: TenderCaseQuerySet) -> TenderCaseQuerySet:
    """Return those of `cases` that failed and have no current diagnosis."""
    return cases.failed().filter(~_is_diagnosed())


def _is_diagnosed() -> Exists:
    return Exists(Diagnosis.objects.filter(case=OuterRef("pk"), is_current=True))


def cases_saying(text: str, cases: TenderCaseQuerySet | None = None) -> TenderCaseQuerySet:
    """Return the cases in whose number, title or agency every word of `text` stands; 臺 and 台 are alike.

    The agency is looked for by its printed name and by its name of today. No words narrow nothing.
    """
    found = TenderCase.objects.all() if cases is None else cases
    words = unicodedata.normalize("NFKC", text).replace("台", "臺").split()
    if not words:
        return found
    found = found.alias(_title=_one_tai("title"), _agency_name=_one_tai("agency_name"))
    for word in words:
        found = found.filter(
            Q(number__icontains=word)
            | Q(_title__icontains=word)
            | Q(_agency_name__icontains=word)
            | Q(agency__name__icontains=word)
        )
    return found


def _one_tai(field: str) -> Replace:
    return Replace(field, Value("台"), Value("臺"))


def count_notices(cases: TenderCaseQuerySet) -> int:
    """Return how many notices `cases` have together. One query."""
    return TenderNotice.objects.filter(case__in=cases.order_by().values("pk")).count()


def years_of_cases() -> list[int]:
    """Return the ROC years from the newest first notice back to the oldest. One query."""
    ends = TenderCase.objects.order_by().aggregate(first=Min("first_notice_on"), last=Max("first_notice_on"))
    first, last = ends["first"], ends["last"]
    if not isinstance(first, date) or not isinstance(last, date):
        return []
    return list(range(roc_year(last), roc_year(first) - 1, -1))


def cases_visible_to(user: Any) -> TenderCaseQuerySet:
    """Return the cases that `user` may open (`permissions.can_view_case`): members those of their own meetings."""
    if can_view_cases(user):
        return TenderCase.objects.all()
    member = member_of(user)
    if member is None:
        return TenderCase.objects.none()
    invited = AgendaItem.objects.filter(meeting__members__member=member).exclude(meeting__state=MeetingState.PLANNED)
    return TenderCase.objects.filter(pk__in=invited.values("case"))


def candidates_to_follow(case: TenderCase, text: str) -> list[TenderCase]:
    """Return the cases that `case` may be set to follow, found by number, title or agency.

    Those of the same agency come first, then the newest; at most `MOST_CANDIDATES`. One query.
    """
    if not text.strip():
        return []
    found = cases_saying(text).exclude(pk=case.pk).select_related("agency")
    same = Q(agency_id=case.agency_id) if case.agency_id else Q(agency_name=case.agency_name)
    ours = found.annotate(is_ours=Exists(TenderCase.objects.filter(same, pk=OuterRef("pk"))))
    return list(ours.order_by("-is_ours", F("first_notice_on").desc(nulls_last=True), "-pk")[:MOST_CANDIDATES])
