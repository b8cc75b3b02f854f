"""Cases and notices, taxonomy and diagnoses, review, imports, checklists and pages."""

from .cases import FailureRule, TenderCase, TenderNotice
from .checklists import Checklist
from .imports import NoticeImport
from .pages import CaseStudyIndexPage, CaseStudyPage
from .review import (
    AgendaItem,
    CommitteeMember,
    Decision,
    Listing,
    ListingRule,
    MeetingMember,
    Opinion,
    ReviewMeeting,
)
from .taxonomy import Diagnosis, TaxonomyEdition, TaxonomyEntry

__all__ = [
    "AgendaItem",
    "CaseStudyIndexPage",
    "CaseStudyPage",
    "Checklist",
    "CommitteeMember",
    "Decision",
    "Diagnosis",
    "FailureRule",
    "Listing",
    "ListingRule",
    "MeetingMember",
    "NoticeImport",
    "Opinion",
    "ReviewMeeting",
    "TaxonomyEdition",
    "TaxonomyEntry",
    "TenderCase",
    "TenderNotice",
]
