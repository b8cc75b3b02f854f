"""Editions of the taxonomy as they are read: which is in force, what stands in it, and what changed since the last."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from .enums import Dimension
from .models import Diagnosis, TaxonomyEdition, TaxonomyEntry

COMPARED = ("name", "name_en", "order", "source", "kinds", "stage", "measures", "question", "question_en")
"""What two editions are compared by, apart from the code, by which an entry is known."""


@dataclass(frozen=True)
class EntryChange:
    """One entry that two editions do not agree about: `before` is None where it is new, `after` where it is gone.

    `fields` are the names out of `COMPARED` that differ, each with both values as text.
    """

    before: TaxonomyEntry | None
    after: TaxonomyEntry | None
    fields: tuple[tuple[str, str, str], ...] = ()

    @property
    def entry(self) -> TaxonomyEntry:
        """The entry as it is now, or as it was."""
        entry = self.after or self.before
        if entry is None:
            raise ValueError("a change has a side")
        return entry


def current_edition(day: date | None = None) -> TaxonomyEdition | None:
    """Return the edition in force on `day` (today): the newest of those published that have begun by then."""
    begun = TaxonomyEdition.objects.filter(published_at__isnull=False, effective_from__lte=day or timezone.localdate())
    return begun.order_by("-effective_from", "-pk").first()


def entries_of(edition: TaxonomyEdition, dimension: str, kind: str = "") -> list[TaxonomyEntry]:
    """Return the entries of one dimension that speak of a kind of procurement (empty: of any), in their order.

    Causes come with their stage and their measures. One query, for causes two.
    """
    entries = TaxonomyEntry.objects.filter(edition=edition, dimension=dimension).order_by("order", "code")
    if dimension == Dimension.CAUSE:
        entries = entries.select_related("stage").prefetch_related("measures")
    return [entry for entry in entries if entry.applies_to(kind)]


def editions() -> QuerySet[TaxonomyEdition]:
    """Return all editions, the newest first, with `entries_count` and whether diagnoses use them (`is_used`)."""
    used = Diagnosis.objects.filter(edition=OuterRef("pk"))
    return TaxonomyEdition.objects.annotate(entries_count=Count("entries"), is_used=Exists(used))


def edition_before(edition: TaxonomyEdition) -> TaxonomyEdition | None:
    """Return the published edition whose place `edition` takes."""
    earlier = TaxonomyEdition.objects.filter(published_at__isnull=False, effective_from__lt=edition.effective_from)
    return earlier.order_by("-effective_from", "-pk").first()


def changes_between(before: TaxonomyEdition, after: TaxonomyEdition) -> list[EntryChange]:
    """Return the entries on which two editions differ, by dimension and code. A constant number of queries."""
    old, new = _by_code(before), _by_code(after)
    changes = []
    for key in sorted(old.keys() | new.keys(), key=_place):
        if key not in old or key not in new:
            changes.append(EntryChange(old.get(key), new.get(key)))
            continue
        fields = tuple(
            (name, was, now)
            for name in COMPARED
            if (was := _as_text(old[key], name)) != (now := _as_text(new[key], name))
        )
        if fields:
            changes.append(EntryChange(old[key], new[key], fields))
    return changes


def by_dimension(edition: TaxonomyEdition) -> list[tuple[Dimension, list[TaxonomyEntry]]]:
    """Return all entries of an edition, parted by dimension in the order in which they are read. Two queries."""
    parts: dict[str, list[TaxonomyEntry]] = defaultdict(list)
    for entry in edition.entries.select_related("stage").prefetch_related("measures").order_by("order", "code"):
        parts[entry.dimension].append(entry)
    return [(dimension, parts[dimension]) for dimension in Dimension]


def _by_code(edition: TaxonomyEdition) -> dict[tuple[str, str], TaxonomyEntry]:
    entries = edition.entries.select_related("stage").prefetch_related("measures")
    return {(entry.dimension, entry.code): entry for entry in entries}


def _place(key: tuple[str, str]) -> tuple[int, str]:
    return Dimension.values.index(key[0]), key[1]


def _as_text(entry: TaxonomyEntry, name: str) -> str:
    """Return a field as it is compared: others' entries by their codes, which stay from edition to edition."""
    if name == "measures":
        return ", ".join(sorted(measure.code for measure in entry.measures.all()))
    if name == "stage":
        return entry.stage.code if entry.stage else ""
    value: Any = getattr(entry, name)
    return ", ".join(value) if isinstance(value, list) else str(value)
