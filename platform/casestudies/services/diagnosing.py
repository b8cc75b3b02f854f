"""Saying why a case failed: category × stage × pattern × main cause × measures × evidence."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError

from ..diagnoses import case_and_predecessors, current_diagnosis
from ..enums import Dimension
from ..models import Diagnosis, TaxonomyEntry, TenderCase, TenderNotice
from ..taxonomies import current_edition

__all__ = ["current_diagnosis", "diagnose"]

MOST_WORDS = 2000


@transaction.atomic
def diagnose(
    *,
    case: TenderCase,
    category: TaxonomyEntry,
    stage: TaxonomyEntry,
    pattern: TaxonomyEntry,
    cause: TaxonomyEntry,
    measures: Iterable[TaxonomyEntry],
    explanation: str,
    evidence: TenderNotice | None,
    by: User,
) -> Diagnosis:
    """Record why a case failed. The diagnosis before it is kept, but is no longer the current one.

    Raises DomainError: `not_failed`, `no_edition` (none is in force), `edition` (an entry of another edition than
    the one in force), `dimension` (an entry in the wrong place), `kind` (a category or cause of another kind of
    procurement), `measures` (none), `explanation` (empty or too long), `evidence` (none, or a notice of a case that
    this one does not follow).
    """
    explanation, answers = explanation.strip(), list(measures)
    case = TenderCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not case.failures:
        raise DomainError(_("This case has not failed: there is nothing to diagnose."), code="not_failed")
    chosen = {
        Dimension.CATEGORY: [category],
        Dimension.STAGE: [stage],
        Dimension.PATTERN: [pattern],
        Dimension.CAUSE: [cause],
        Dimension.MEASURE: answers,
    }
    _check_entries(chosen, case)
    if not explanation:
        raise DomainError(_("Say what shows it: the notice, the minutes, what tenderers told."), code="explanation")
    if len(explanation) > MOST_WORDS:
        raise DomainError(
            _("The explanation is longer than %(most)s characters.") % {"most": MOST_WORDS}, code="explanation"
        )
    if evidence is None or evidence.case_id not in case_and_predecessors(case):
        raise DomainError(
            _("Choose a notice of this case, or of a case that it follows, as evidence."), code="evidence"
        )
    case.diagnoses.filter(is_current=True).update(is_current=False)
    diagnosis = Diagnosis.objects.create(
        case=case, edition=cause.edition, category=category, stage=stage, pattern=pattern, cause=cause,
        evidence=evidence, explanation=explanation, diagnosed_by=by,
    )  # fmt: skip
    diagnosis.measures.set(answers)
    audit(
        "case.diagnosed", obj=case, by=by, cause=cause.code, pattern=pattern.code, category=category.code,
        stage=stage.code, measures=[measure.code for measure in answers], edition=cause.edition.name,
    )  # fmt: skip
    return diagnosis


def _check_entries(chosen: dict[Dimension, list[TaxonomyEntry]], case: TenderCase) -> None:
    edition = current_edition()
    if edition is None:
        raise DomainError(_("No edition of the taxonomy is in force. Publish one first."), code="no_edition")
    if not chosen[Dimension.MEASURE]:
        raise DomainError(_("Choose at least one measure."), code="measures")
    for dimension, entries in chosen.items():
        for entry in entries:
            if entry.edition_id != edition.pk:
                raise DomainError(
                    _("“%(entry)s” is not of the edition in force (%(edition)s).")
                    % {"entry": entry, "edition": edition},
                    code="edition",
                )
            if entry.dimension != dimension:
                raise DomainError(
                    _("“%(entry)s” is not a %(dimension)s.") % {"entry": entry, "dimension": dimension.label},
                    code="dimension",
                )
    for entry in (*chosen[Dimension.CATEGORY], *chosen[Dimension.CAUSE]):
        if not entry.applies_to(case.kind):
            raise DomainError(
                _("“%(entry)s” is not meant for %(kind)s.") % {"entry": entry, "kind": case.get_kind_display()},
                code="kind",
            )
