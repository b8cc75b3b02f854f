"""Where case studies are written and who reviews them: laid by code, as roles are."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from library.services import ensure_zone
from website.privacy.reviewing import ensure_review
from website.services import ensure_page

from ..models import CaseStudyIndexPage

REVIEW_NAME = "案例審核"


def ensure_case_studies() -> CaseStudyIndexPage:
    """Make sure that the list of case studies stands below the zone in every language; return it. Idempotent.

    Administrators write and review there, as everywhere; nobody else does.
    """
    index = ensure_page(
        parent=ensure_zone(),
        page_type=CaseStudyIndexPage,
        slug="case-studies",
        words={
            "title": _("Case studies of failed tenders"),
            "introduction": _("Why nobody bid, what helped, and what a class can learn from it."),
        },
    )
    ensure_study_review()
    return index


def ensure_study_review() -> None:
    """Let administrators review what is submitted below the lists of case studies. Idempotent."""
    ensure_review(index_model=CaseStudyIndexPage, name=REVIEW_NAME)
