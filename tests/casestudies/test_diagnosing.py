"""Diagnoses: what is refused, that one is current, and what stands beside it."""

from __future__ import annotations

from typing import Any

import pytest

from casestudies.diagnoses import similar_diagnoses
from casestudies.enums import Dimension
from casestudies.models import Diagnosis, TaxonomyEdition, TenderCase
from casestudies.services.diagnosing import current_diagnosis, diagnose
from casestudies.services.taxonomy import ensure_taxonomy
from casestudies.taxonomies import entries_of
from common.errors import DomainError
from library.enums import ProcurementKind
from tests.factories.accounts import UserFactory
from tests.factories.casestudies import (
    FailedNoticeFactory,
    TaxonomyEditionFactory,
    TaxonomyEntryFactory,
    TenderCaseFactory,
)

pytestmark = pytest.mark.django_db


def failed_case(**fields: Any) -> TenderCase:
    """A case that failed twice, with its notice."""
    case = TenderCaseFactory(failures=2, **fields)
    FailedNoticeFactory(case=case)
    return case


def chosen(case: TenderCase, edition: TaxonomyEdition | None = None, **others: Any) -> dict[str, Any]:
    """What a person would choose for `case`: the first entry of everything."""
    edition = edition or ensure_taxonomy()
    first = {dimension.value: entries_of(edition, dimension, case.kind)[0] for dimension in Dimension}
    return {
        "case": case, "category": first["category"], "stage": first["stage"], "pattern": first["pattern"],
        "cause": first["cause"], "measures": [first["measure"]], "explanation": "廠商表示預算不足",
        "evidence": case.notices.first(), "by": UserFactory(),
    } | others  # fmt: skip


def test_a_new_diagnosis_takes_the_place_of_the_earlier_one_which_stays_to_be_read() -> None:
    case = failed_case()
    first = diagnose(**chosen(case))
    second = diagnose(**chosen(case, explanation="工期不足"))
    assert current_diagnosis(case) == second
    assert list(case.diagnoses.values_list("pk", "is_current")) == [(second.pk, True), (first.pk, False)]
    assert second.edition == ensure_taxonomy()


def refuse(code: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refusal:
        diagnose(**arguments)
    assert refusal.value.code == code
    assert not Diagnosis.objects.exists()


def test_a_case_that_never_failed_is_not_diagnosed() -> None:
    case = failed_case()
    arguments = chosen(case)
    TenderCase.objects.filter(pk=case.pk).update(failures=0)
    refuse("not_failed", arguments)


def test_an_explanation_a_measure_and_evidence_are_needed() -> None:
    case = failed_case()
    refuse("explanation", chosen(case, explanation="  "))
    refuse("explanation", chosen(case, explanation="字" * 2001))
    refuse("measures", chosen(case, measures=[]))
    refuse("evidence", chosen(case, evidence=None))
    refuse("evidence", chosen(case, evidence=FailedNoticeFactory()))


def test_entries_are_of_the_edition_in_force_and_in_their_place() -> None:
    case = failed_case()
    edition = ensure_taxonomy()
    other = TaxonomyEntryFactory(edition=TaxonomyEditionFactory(published_at=None))
    refuse("edition", chosen(case, cause=other))
    refuse("dimension", chosen(case, pattern=entries_of(edition, Dimension.STAGE)[0]))
    refuse("dimension", chosen(case, measures=[entries_of(edition, Dimension.CAUSE)[0]]))
    goods = entries_of(edition, Dimension.CATEGORY, ProcurementKind.GOODS)[0]
    refuse("kind", chosen(case, category=goods))


def test_a_notice_of_the_case_before_is_evidence() -> None:
    """A tender renewed under a new number follows the old one, whose notices tell why."""
    old = failed_case()
    new = TenderCaseFactory(failures=1, follows=old)
    diagnosis = diagnose(**chosen(new, evidence=old.notices.get()))
    assert diagnosis.evidence == old.notices.get()
    refused = chosen(old, evidence=FailedNoticeFactory(case=new))
    with pytest.raises(DomainError) as refusal:
        diagnose(**refused)
    assert refusal.value.code == "evidence"


def test_similar_are_current_diagnoses_of_the_same_kind_and_pattern() -> None:
    edition = ensure_taxonomy()
    patterns = entries_of(edition, Dimension.PATTERN)
    alike = diagnose(**chosen(failed_case(), explanation="舊的"))
    alike = diagnose(**chosen(alike.case))
    diagnose(**chosen(failed_case(), pattern=patterns[1]))
    diagnose(**chosen(failed_case(kind=ProcurementKind.GOODS)))
    mine = diagnose(**chosen(failed_case()))
    assert similar_diagnoses(mine.case, pattern_code=patterns[0].code) == [alike]
