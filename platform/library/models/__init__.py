"""Subjects and laws, what waits for review after a change of law, amounts, documents, and the zone's pages."""

from .documents import (
    ControlPoint,
    DocumentFile,
    DocumentSubscription,
    DocumentVersion,
    LibraryDocument,
    ProcurementTask,
)
from .imports import LawImport
from .laws import Article, ArticleVersion, Citation, Law, LawAlias, LawVersion, Subject
from .pages import AnnouncementIndexPage, AnnouncementPage, ZonePage
from .reviews import CitationReview
from .thresholds import Threshold

__all__ = [
    "AnnouncementIndexPage",
    "AnnouncementPage",
    "Article",
    "ArticleVersion",
    "Citation",
    "CitationReview",
    "ControlPoint",
    "DocumentFile",
    "DocumentSubscription",
    "DocumentVersion",
    "Law",
    "LawAlias",
    "LawImport",
    "LawVersion",
    "LibraryDocument",
    "ProcurementTask",
    "Subject",
    "Threshold",
    "ZonePage",
]
