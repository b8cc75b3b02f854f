"""What waits for a person: agencies that are not known, reasons that no rule decides; and what should be looked at.

Each list is counted and shown in pages; the number of queries does not grow with its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery

from accounts.models import Agency, AgencyFormerName
from accounts.selectors import canonical_name

from .enums import CaseScope, Failure, NoticeImportState
from .models import NoticeImport, TenderCase, TenderNotice
from .models.cases import TenderCaseQuerySet
from .printed_bands import differing_cases

_ALIKE = 0.5
"""How similar a name must be to be suggested, from 0 to 1."""
_MOST_SUGGESTED = 3
# what nearly all names begin with says nothing about which of them is meant
_OPENINGS = ("臺中市政府", "臺中市立", "臺中市", "中市")


def cases_of_unknown_agencies() -> TenderCaseQuerySet:
    """Return the cases whose agency a person has to say: unclear whose, or only that they are the city's."""
    return TenderCase.objects.filter(Q(scope=CaseScope.UNCLEAR) | Q(scope=CaseScope.CITY, agency=None))


def unknown_agencies() -> QuerySet[TenderCase, Any]:
    """Return each unit with its printed name once: `cases` they have, the key of the `first`; the most cases first."""
    return (
        cases_of_unknown_agencies()
        .order_by()
        .values("unit_id", "agency_name")
        .annotate(cases=Count("pk"), first=Min("pk"), example=Min("title"))
        .order_by("-cases", "agency_name", "unit_id")
    )


@dataclass(frozen=True)
class Suggestion:
    """An agency whose name, of today or a former one (`through`), resembles a printed one."""

    agency: Agency
    through: str
    likeness: float


def similar_agencies(names: Iterable[str]) -> dict[str, list[Suggestion]]:
    """Return for each of `names` the existing agencies of the most similar names, the best first. Two queries."""
    agencies = {agency.pk: agency for agency in Agency.objects.filter(ceased_on__isnull=True)}
    known = [(agency.name, agency.pk) for agency in agencies.values()]
    formers = AgencyFormerName.objects.values_list("name", "agency_id")
    known += [(name, pk) for name, pk in formers if pk in agencies]
    return {name: _most_similar(name, known, agencies) for name in set(names)}


def _most_similar(printed: str, known: Sequence[tuple[str, int]], agencies: dict[int, Agency]) -> list[Suggestion]:
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(_core(printed))
    best: dict[int, Suggestion] = {}
    for name, pk in known:
        matcher.set_seq1(_core(name))
        # two quick upper bounds spare the full comparison of nearly all
        if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
            continue
        likeness = matcher.ratio()
        if likeness >= _ALIKE and (pk not in best or likeness > best[pk].likeness):
            agency = agencies[pk]
            best[pk] = Suggestion(agency, name if name != agency.name else "", likeness)
    return sorted(best.values(), key=lambda found: (-found.likeness, found.agency.name))[:_MOST_SUGGESTED]


def _core(name: str) -> str:
    text = canonical_name(name)
    opening = next((opening for opening in _OPENINGS if text.startswith(opening)), "")
    return text.removeprefix(opening) or text


def undecided_notices() -> QuerySet[TenderNotice]:
    """Return the failed notices whose printed reason no rule decides, with their cases; the newest first.

    `alike` counts the undecided notices of exactly the same words, this one among them.
    """
    undecided = TenderNotice.objects.filter(failure=Failure.UNDECIDED)
    alike = undecided.filter(reason=OuterRef("reason")).order_by().values("reason").annotate(count=Count("pk"))
    return (
        undecided.defer("raw", "note")
        .select_related("case__agency")
        .annotate(alike=Subquery(alike.values("count")))
        .order_by("-published_on", "-pk")
    )


def notices_alike(notice: TenderNotice) -> QuerySet[TenderNotice]:
    """Return the undecided notices that print the same words as `notice`; only itself where it prints none."""
    undecided = TenderNotice.objects.filter(failure=Failure.UNDECIDED).defer("raw")
    if not notice.reason.strip():
        return undecided.filter(pk=notice.pk)
    return undecided.filter(reason=notice.reason)


def differing_bands() -> TenderCaseQuerySet:
    """Return the cases whose printed band is not ours, the newest first."""
    return _newest_first(differing_cases())


def awards_without_tender() -> TenderCaseQuerySet:
    """Return the city's cases with an award of which no tender notice is on record, the newest award first.

    Their first day, and so the thresholds they are judged by, is only what later notices tell.
    """
    found = TenderCase.objects.awarded().filter(has_first_notice=False).exclude(scope=CaseScope.REFERENCE)
    return found.select_related("agency").order_by("-awarded_on", "-pk")


def _newest_first(cases: TenderCaseQuerySet) -> TenderCaseQuerySet:
    return cases.select_related("agency").order_by(F("first_notice_on").desc(nulls_last=True), "-pk")


@dataclass(frozen=True)
class Waiting:
    """How much waits: agencies to match with their cases, reasons to decide, files that were read but not applied."""

    agencies: int
    cases: int
    reasons: int
    imports: int

    def __bool__(self) -> bool:
        return bool(self.agencies or self.reasons or self.imports)


def what_waits() -> Waiting:
    """Return the counts for the Desk. Four queries."""
    return Waiting(
        agencies=unknown_agencies().count(),
        cases=cases_of_unknown_agencies().count(),
        reasons=TenderNotice.objects.filter(failure=Failure.UNDECIDED).count(),
        imports=NoticeImport.objects.filter(state__in=[NoticeImportState.UPLOADED, NoticeImportState.READ]).count(),
    )
