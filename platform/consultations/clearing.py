"""Questions and answers are checked before they go live: which words they have, and where somebody decides."""

from website.privacy.registry import Actions, CheckedPages, check_pages

from .models import QuestionPage

check_pages(
    CheckedPages(
        page_type=QuestionPage,
        plain=("question",),
        rich=("answer",),
        slug_prefix="q",
        screens="consultations_publishing",
        actions=Actions(
            replaced="question_flag.replaced",
            cleared="question_flag.cleared",
            reopened="question_flag.reopened",
            held_back="question.held_back",
            submitted="question.submitted",
        ),
    )
)
