"""What a case says is computed from its notices, all of it, whenever one of them comes or changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields

from django.db import transaction

from library.thresholds import KnownThresholds

from ..chain import Chain, Link, chain_of
from ..models import TenderCase, TenderNotice
from .matching import place_cases

CHUNK = 1000
"""So many cases are computed at a time."""

_WRITTEN = [*(each.name for each in fields(Chain)), "scope", "agency"]


def refresh_cases(case_ids: Iterable[int]) -> None:
    """Compute anew everything that these cases say from their notices, band and scope included.

    What a person decided stays: which case it follows, what was changed, and whose it is once that is known. Six
    queries for each thousand cases, and two for what all share.
    """
    wanted = sorted(set(case_ids))
    thresholds = KnownThresholds()
    for start in range(0, len(wanted), CHUNK):
        _refresh(wanted[start : start + CHUNK], thresholds)


@transaction.atomic
def _refresh(case_ids: Sequence[int], thresholds: KnownThresholds) -> None:
    rows = TenderCase.objects.select_for_update(of=("self",)).filter(pk__in=case_ids).order_by("pk")
    cases = list(rows)
    links: dict[int, list[Link]] = defaultdict(list)
    notices = TenderNotice.objects.filter(case_id__in=case_ids).order_by()
    for case_id, *values in notices.values_list("case_id", *Link._fields):
        links[case_id].append(Link(*values))
    before = {case.pk: _state(case) for case in cases}
    for case in cases:
        lay_chain(case, links[case.pk], thresholds)
    place_cases(cases)
    changed = [case for case in cases if _state(case) != before[case.pk]]
    # one INSERT … ON CONFLICT DO UPDATE: thirty times faster than bulk_update's CASE for each field
    TenderCase.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["id"], update_fields=_WRITTEN, batch_size=CHUNK
    )


def lay_chain(case: TenderCase, links: Iterable[Link], thresholds: KnownThresholds) -> None:
    """Set on `case`, without saving it, what its notices say together; a case keeps its title where they have none."""
    chain = asdict(chain_of(links, thresholds))
    chain["title"] = chain["title"] or case.title
    for name, value in chain.items():
        setattr(case, name, value)


def _state(case: TenderCase) -> tuple[object, ...]:
    return tuple(getattr(case, "agency_id" if name == "agency" else name) for name in _WRITTEN)
