"""Listed cases (列管) as they are read: the list with its filters, and what came of a case."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import override

from common.rocdates import roc_year, to_gregorian_year

from .enums import CaseScope, MeetingState
from .models import AgendaItem, Diagnosis, Listing, TenderCase
from .reviewed import LANGUAGE, award_in_words
from .selectors import cases_saying


@dataclass(frozen=True)
class ListingFilter:
    """What the list of listed cases is narrowed by; `year` (ROC) is that of the day of listing."""

    state: str = "open"
    diagnosed: str = ""
    awarded: str = ""
    kind: str = ""
    band: str = ""
    year: int | None = None
    text: str = ""


@dataclass(frozen=True)
class ListingCounts:
    """How many listed cases are followed, and how many of them wait for what."""

    open: int
    undiagnosed: int
    awarded: int


def listed_cases(wanted: ListingFilter) -> QuerySet[Listing]:
    """Return the listings that `wanted` asks for, the newest first, with all that a line of the list says.

    Each has `is_diagnosed`, `meeting_name` and `meeting_at` of the next meeting that has the case on its agenda, and
    its case's current diagnosis in `case.current_diagnoses`. A constant number of queries.
    """
    listings = Listing.objects.all()
    if wanted.state in {"open", "closed"}:
        listings = listings.filter(closed_on__isnull=wanted.state == "open")
    if wanted.kind:
        listings = listings.filter(case__kind=wanted.kind)
    if wanted.band:
        listings = listings.filter(case__band=wanted.band)
    if wanted.year:
        listings = listings.filter(listed_on__year=to_gregorian_year(wanted.year))
    if wanted.awarded:
        listings = listings.filter(case__awarded_on__isnull=wanted.awarded != "yes")
    if wanted.text:
        listings = listings.filter(case__in=cases_saying(wanted.text).values("pk"))
    listings = listings.annotate(is_diagnosed=_is_diagnosed())
    if wanted.diagnosed:
        listings = listings.filter(is_diagnosed=wanted.diagnosed == "yes")
    coming = AgendaItem.objects.filter(case=OuterRef("case"), meeting__starts_at__gte=timezone.now())
    coming = coming.exclude(meeting__state=MeetingState.CLOSED).order_by("meeting__starts_at")
    told = Diagnosis.objects.filter(is_current=True).select_related("cause")
    return (
        listings.annotate(
            meeting_name=Subquery(coming.values("meeting__name")[:1]),
            meeting_at=Subquery(coming.values("meeting__starts_at")[:1]),
        )
        .select_related("case__agency", "rule")
        .prefetch_related(Prefetch("case__diagnoses", told, to_attr="current_diagnoses"))
        .order_by("-listed_on", "-pk")
    )


def listing_counts() -> ListingCounts:
    """Return how many are followed, not diagnosed yet, and awarded already so that they can be closed. One query."""
    counts = (
        Listing.objects.filter(closed_on__isnull=True)
        .annotate(is_diagnosed=_is_diagnosed())
        .aggregate(
            open=Count("pk"),
            undiagnosed=Count("pk", filter=Q(is_diagnosed=False)),
            awarded=Count("pk", filter=Q(case__awarded_on__isnull=False)),
        )
    )
    return ListingCounts(**counts)


def listing_years() -> list[int]:
    """Return the ROC years in which cases were listed, the newest first. One query."""
    return [roc_year(day) for day in Listing.objects.dates("listed_on", "year", order="DESC")]


def next_undiagnosed(after: TenderCase) -> TenderCase | None:
    """Return the case that was listed first among those that are followed and not diagnosed, other than `after`."""
    waiting = Listing.objects.filter(closed_on__isnull=True).annotate(is_diagnosed=_is_diagnosed())
    waiting = waiting.filter(is_diagnosed=False).exclude(case=after)
    listing = waiting.select_related("case").order_by("listed_on", "pk").first()
    return listing.case if listing else None


def cases_numbered(number: str) -> list[TenderCase]:
    """Return the city's cases of exactly this number; agencies number their tenders each for itself."""
    return list(TenderCase.objects.filter(scope=CaseScope.CITY, number=number.strip()).select_related("agency")[:20])


def proposed_outcome(listing: Listing) -> str:
    """Return what may be written as the outcome of a case that was awarded: when, for how much, after which change.

    In Chinese whatever the interface, since the words are kept and filed.
    """
    with override(LANGUAGE):
        return award_in_words(listing.case)[:500]


def _is_diagnosed() -> Exists:
    return Exists(Diagnosis.objects.filter(case=OuterRef("case"), is_current=True))
