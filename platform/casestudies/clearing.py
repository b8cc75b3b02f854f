"""Case studies are checked before they go live: which words they have, and what may be decided together."""

from website.privacy.enums import FlagKind
from website.privacy.registry import Actions, CheckedPages, check_pages

from .models import CaseStudyPage

check_pages(
    CheckedPages(
        page_type=CaseStudyPage,
        plain=("summary",),
        rich=("facts", "went_wrong", "helped"),
        stream={"timeline": ("label",), "questions": ("question", "answer"), "sources": ("title",)},
        slug_prefix="case-",
        # cases that were published name agencies, numbers and places lawfully, and often; people never so
        together=frozenset({FlagKind.AGENCY, FlagKind.CASE_NUMBER, FlagKind.ADDRESS}),
        actions=Actions(
            replaced="case_study_flag.replaced",
            cleared="case_study_flag.cleared",
            reopened="case_study_flag.reopened",
            held_back="case_study.held_back",
            submitted="case_study.submitted",
        ),
    )
)
