"""The taxonomy of failed tenders (類別、態樣、原因、精進措施): its first edition, and how editions follow."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError

from ..enums import Dimension
from ..models import TaxonomyEdition, TaxonomyEntry
from ..taxonomies import current_edition

_FILE = Path(__file__).resolve().parent.parent / "data" / "taxonomy.json"


@transaction.atomic
def ensure_taxonomy() -> TaxonomyEdition:
    """Lay the first edition out of `data/taxonomy.json` where there is none, and return the edition in force.

    Idempotent: whatever editions there are stay as they are. The first one is published, in force from its day on,
    and every entry names where it was taken from; what the platform put together itself says so (本平臺彙整).
    """
    edition = current_edition() or TaxonomyEdition.objects.order_by("effective_from", "pk").first()
    if edition is not None:
        return edition
    content = json.loads(_FILE.read_text(encoding="utf-8"))
    facts = content["edition"]
    edition = TaxonomyEdition.objects.create(
        name=facts["name"],
        effective_from=date.fromisoformat(facts["effective_from"]),
        source=facts["source"],
        published_at=timezone.now(),
    )
    laid: dict[tuple[str, str], TaxonomyEntry] = {}
    # stages and measures first: causes name them
    for dimension in (Dimension.CATEGORY, Dimension.STAGE, Dimension.PATTERN, Dimension.MEASURE, Dimension.CAUSE):
        for order, row in enumerate(content[dimension.value], 1):
            laid[dimension, row["code"]] = _lay_entry(edition, dimension, order, row, laid)
    audit("taxonomy.laid", obj=edition, number=len(laid))
    return edition


def _lay_entry(
    edition: TaxonomyEdition,
    dimension: Dimension,
    order: int,
    row: dict[str, Any],
    laid: dict[tuple[str, str], TaxonomyEntry],
) -> TaxonomyEntry:
    entry = TaxonomyEntry.objects.create(
        edition=edition,
        dimension=dimension,
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        order=order,
        source=row["source"],
        kinds=row.get("kinds", []),
        stage=laid[Dimension.STAGE, row["stage"]] if "stage" in row else None,
        question=row.get("question", ""),
        question_en=row.get("question_en", ""),
    )
    if "measures" in row:
        entry.measures.set([laid[Dimension.MEASURE, code] for code in row["measures"]])
    return entry


@transaction.atomic
def revise(*, edition: TaxonomyEdition, name: str, effective_from: date, source: str, by: User) -> TaxonomyEdition:
    """Copy an edition into a new one that is not published yet: entries with their codes, stages and measures.

    Raises DomainError: `name` (empty, or taken), `source` (empty), `effective_from` (not after the edition copied).
    """
    name, source = name.strip(), source.strip()
    _check_edition(None, name, source)
    if effective_from <= edition.effective_from:
        raise DomainError(
            _("A revision takes effect later than the edition that it is made from."), code="effective_from"
        )
    copy = TaxonomyEdition.objects.create(name=name, effective_from=effective_from, source=source)
    old = list(edition.entries.prefetch_related("measures").order_by("pk"))
    new: dict[int, TaxonomyEntry] = {}
    for entry in old:
        new[entry.pk] = TaxonomyEntry(
            edition=copy, dimension=entry.dimension, code=entry.code, name=entry.name, name_en=entry.name_en,
            order=entry.order, source=entry.source, kinds=entry.kinds, question=entry.question,
            question_en=entry.question_en,
        )  # fmt: skip
    TaxonomyEntry.objects.bulk_create(new.values())
    staged = [entry for entry in old if entry.stage_id is not None]
    for entry in staged:
        new[entry.pk].stage = new[entry.stage_id or 0]
    TaxonomyEntry.objects.bulk_update([new[entry.pk] for entry in staged], ["stage"])
    answers = TaxonomyEntry.measures.through
    answers.objects.bulk_create(
        answers(from_taxonomyentry_id=new[entry.pk].pk, to_taxonomyentry_id=new[measure.pk].pk)
        for entry in old
        for measure in entry.measures.all()
    )
    audit("taxonomy.revised", obj=copy, by=by, edition=edition.name)
    return copy


@transaction.atomic
def change_edition(
    *, edition: TaxonomyEdition, name: str, effective_from: date, source: str, by: User
) -> TaxonomyEdition:
    """Change the name, day and source of an edition that is not published yet.

    Raises DomainError: `published`, `name` (empty, or taken), `source` (empty).
    """
    edition = _unpublished(edition)
    name, source = name.strip(), source.strip()
    _check_edition(edition, name, source)
    edition.name, edition.effective_from, edition.source = name, effective_from, source
    edition.save(update_fields=["name", "effective_from", "source"])
    audit("taxonomy.changed", obj=edition, by=by)
    return edition


@transaction.atomic
def publish_edition(*, edition: TaxonomyEdition, by: User) -> TaxonomyEdition:
    """Let an edition be used from its day on; from now on it never changes.

    Raises DomainError: `published` (already), `past` (its day is over: what was diagnosed by another edition would
    seem to have been diagnosed by this one), `empty` (a dimension without entries), `incomplete` (a cause without a
    stage or without measures; the words name them).
    """
    edition = _unpublished(edition)
    if edition.effective_from < timezone.localdate():
        raise DomainError(
            _("The day from which it is in force is over. Set today or a later day before publishing."), code="past"
        )
    entries = list(edition.entries.prefetch_related("measures"))
    lacking = [dimension.label for dimension in Dimension if dimension not in {entry.dimension for entry in entries}]
    if lacking:
        raise DomainError(
            _("These dimensions have no entry yet: %(dimensions)s") % {"dimensions": "、".join(map(str, lacking))},
            code="empty",
        )
    loose = [
        entry.code
        for entry in entries
        if entry.dimension == Dimension.CAUSE and (entry.stage_id is None or not entry.measures.all())
    ]
    if loose:
        raise DomainError(
            _("These causes have no stage or no measure yet: %(codes)s") % {"codes": ", ".join(sorted(loose))},
            code="incomplete",
        )
    edition.published_at = timezone.now()
    edition.save(update_fields=["published_at"])
    audit("taxonomy.published", obj=edition, by=by, effective_from=edition.effective_from.isoformat())
    return edition


@transaction.atomic
def discard_edition(*, edition: TaxonomyEdition, by: User) -> None:
    """Throw an edition away that is not published. Raises DomainError `published`."""
    edition = _unpublished(edition)
    audit("taxonomy.discarded", obj=edition, by=by)
    edition.entries.filter(dimension=Dimension.CAUSE).delete()  # they protect their stages
    edition.delete()


@transaction.atomic
def save_entry(*, entry: TaxonomyEntry, measures: Iterable[TaxonomyEntry] = (), by: User) -> TaxonomyEntry:
    """Save a new or edited entry of an unpublished edition, as the form left it in memory, with its measures.

    Only causes have a stage, measures and a question; of other dimensions these are emptied. Raises DomainError:
    `published`, `code` (taken in its dimension), `stage` and `measures` (of another edition or dimension).
    """
    _unpublished(entry.edition)
    answers = list(measures)
    twins = TaxonomyEntry.objects.filter(edition=entry.edition, dimension=entry.dimension, code=entry.code)
    if twins.exclude(pk=entry.pk).exists():
        raise DomainError(_("This edition already has an entry of this code."), code="code")
    if entry.dimension != Dimension.CAUSE:
        entry.stage, entry.question, entry.question_en, answers = None, "", "", []
    if entry.stage is not None and not _belongs(entry.stage, entry.edition, Dimension.STAGE):
        raise DomainError(_("The stage is not one of this edition."), code="stage")
    if not all(_belongs(measure, entry.edition, Dimension.MEASURE) for measure in answers):
        raise DomainError(_("The measures are not those of this edition."), code="measures")
    is_new = entry.pk is None
    entry.save()
    entry.measures.set(answers)
    audit("taxonomy_entry.added" if is_new else "taxonomy_entry.changed", obj=entry, by=by, edition=entry.edition.name)
    return entry


@transaction.atomic
def delete_entry(*, entry: TaxonomyEntry, by: User) -> None:
    """Take an entry out of an unpublished edition.

    Raises DomainError: `published`, `in_use` (a stage that causes name).
    """
    _unpublished(entry.edition)
    audit("taxonomy_entry.deleted", obj=entry, by=by, edition=entry.edition.name)
    try:
        entry.delete()
    except ProtectedError as error:
        raise DomainError(_("Causes name this stage. Give them another one first."), code="in_use") from error


def _unpublished(edition: TaxonomyEdition) -> TaxonomyEdition:
    """Lock an edition and return it as it is now. Raises DomainError `published`."""
    edition = TaxonomyEdition.objects.select_for_update().get(pk=edition.pk)
    if edition.published_at is not None:
        raise DomainError(
            _("This edition is published and stays as it is. Make a revision of it to change something."),
            code="published",
        )
    return edition


def _check_edition(edition: TaxonomyEdition | None, name: str, source: str) -> None:
    if not name:
        raise DomainError(_("Give the edition a name."), code="name")
    others = TaxonomyEdition.objects.filter(name=name)
    if edition is not None:
        others = others.exclude(pk=edition.pk)
    if others.exists():
        raise DomainError(_("There is already an edition of this name."), code="name")
    if not source:
        raise DomainError(_("Say who decided on this edition, and when."), code="source")


def _belongs(entry: TaxonomyEntry, edition: TaxonomyEdition, dimension: Dimension) -> bool:
    return entry.edition_id == edition.pk and entry.dimension == dimension
