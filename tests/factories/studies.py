"""The zone with its list of case studies, published case studies, and diagnosed cases to make them of."""

import datetime
from typing import Any

from casestudies.enums import Dimension
from casestudies.models import CaseStudyIndexPage, CaseStudyPage, Diagnosis, TaxonomyEdition, TaxonomyEntry, TenderCase
from casestudies.services.places import ensure_case_studies
from library.models import Subject
from tests.factories.casestudies import (
    FailedNoticeFactory,
    TaxonomyEditionFactory,
    TaxonomyEntryFactory,
    TenderCaseFactory,
    TenderNoticeFactory,
)
from tests.factories.website import publish
from website.services import ensure_translations


def study_index() -> CaseStudyIndexPage:
    """The list of case studies below the zone, in both languages."""
    found = CaseStudyIndexPage.objects.filter(locale__language_code="zh-hant").first()
    return found or ensure_case_studies()


def case_study(
    title: str = "校舍工程三度流標", *, subjects: list[Subject] | None = None, **fields: Any
) -> CaseStudyPage:
    """A live case study with one question and its model answer, and its alias in English."""
    defaults: dict[str, Any] = {
        "summary": "預算偏低，三次無人投標。",
        "kind": "works",
        "facts": "<p>某校辦理校舍修繕。</p>",
        "went_wrong": "<p>預算編列偏低。</p>",
        "helped": "<p>重新訪價。</p>",
        "questions": [("question", {"question": "底價何時訂定？", "answer": "<p>開標前定之，這是參考答案。</p>"})],
    }
    page = CaseStudyPage(title=title, **{**defaults, **fields})
    page.subjects = subjects or []
    published = publish(study_index(), page)
    ensure_translations(page=published)
    return CaseStudyPage.objects.get(pk=published.pk)


def diagnosed_case(**fields: Any) -> TenderCase:
    """A works case of the city that failed twice, with its notices and a current diagnosis."""
    case = TenderCaseFactory(
        failures=2, last_failed_on=datetime.date(2026, 4, 20), first_failed_on=datetime.date(2026, 3, 20), **fields
    )
    TenderNoticeFactory(case=case)
    FailedNoticeFactory(case=case)
    evidence = FailedNoticeFactory(case=case, published_on=datetime.date(2026, 4, 20))
    diagnosis = Diagnosis.objects.create(
        case=case,
        edition=edition(),
        category=_entry(Dimension.CATEGORY, "A02", "校舍修繕工程"),
        stage=_entry(Dimension.STAGE, "S1", "預算編列"),
        pattern=_entry(Dimension.PATTERN, "T01", "流標：無廠商投標", source="政府採購法第 48 條"),
        cause=_cause(),
        evidence=evidence,
        explanation=f"{case.agency_name}的預算依前年單價編列。\n案號 {case.number} 無人領標。",
    )
    diagnosis.measures.set([_entry(Dimension.MEASURE, "M01", "訪查市場行情核實編列預算")])
    return case


def edition() -> TaxonomyEdition:
    """The edition that these cases are diagnosed by."""
    return TaxonomyEdition.objects.filter(name="測試版").first() or TaxonomyEditionFactory(name="測試版")


def _entry(dimension: str, code: str, name: str, **fields: Any) -> TaxonomyEntry:
    found = TaxonomyEntry.objects.filter(edition=edition(), dimension=dimension, code=code).first()
    return found or TaxonomyEntryFactory(edition=edition(), dimension=dimension, code=code, name=name, **fields)


def _cause() -> TaxonomyEntry:
    return _entry(
        Dimension.CAUSE, "B01", "預算偏低", stage=_entry(Dimension.STAGE, "S1", "預算編列"), question="預算是否已訪價？"
    )
