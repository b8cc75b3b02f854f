"""Diagnoses as they are read: the current one of a case, its evidence, and similar cases."""

from __future__ import annotations

from django.db.models import QuerySet

from .models import Diagnosis, TenderCase, TenderNotice

_SIMILAR = 5
_LONGEST_CHAIN = 50  # longer than any chain of renewed tenders; only a circle would reach it


def current_diagnosis(case: TenderCase) -> Diagnosis | None:
    """Return what was found of a case, with its entries; None where nobody has said so yet."""
    return told_diagnoses().filter(case=case, is_current=True).first()


def told_diagnoses() -> QuerySet[Diagnosis]:
    """Return diagnoses with all that they tell, in a constant number of queries. The raw notice stays where it is."""
    return (
        Diagnosis.objects.select_related(
            "case__agency", "edition", "category", "stage", "pattern", "cause", "evidence", "diagnosed_by__person"
        )
        .prefetch_related("measures")
        .defer("evidence__raw")
    )


def case_and_predecessors(case: TenderCase) -> list[int]:
    """Return the keys of a case and of those that it follows, the case first. One query for each that it follows."""
    keys = [case.pk]
    follows = case.follows_id
    while follows is not None and follows not in keys and len(keys) < _LONGEST_CHAIN:
        keys.append(follows)
        follows = TenderCase.objects.values_list("follows", flat=True).get(pk=follows)
    return keys


def notices_for_evidence(case: TenderCase) -> QuerySet[TenderNotice]:
    """Return the notices of a case and of those that it follows, the earliest first, without what was published raw."""
    notices = TenderNotice.objects.filter(case__in=case_and_predecessors(case))
    return notices.select_related("case").defer("raw").order_by("published_on", "pk")


def similar_diagnoses(case: TenderCase, *, pattern_code: str = "") -> list[Diagnosis]:
    """Return the newest current diagnoses of other cases of the same kind, and of the same pattern where one is given.

    Patterns are compared by code, which stays from edition to edition. At most five.
    """
    similar = told_diagnoses().filter(is_current=True, case__kind=case.kind).exclude(case=case)
    if pattern_code:
        similar = similar.filter(pattern__code=pattern_code)
    return list(similar.order_by("-diagnosed_on", "-pk")[:_SIMILAR])
