"""Questions and answers for everybody are drafted from cases; what then happens to their words: `website.privacy`."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from website.privacy.richwords import paragraphs_of
from website.services import ensure_translations

from ..enums import ConsultationState
from ..models import Consultation, QuestionIndexPage, QuestionPage
from ..questions import page_of

_END_OF_SENTENCE = re.compile(r"(?<=[。？！?!])|\n")
_LONGEST_TITLE = 80


def draft_page(*, consultation: Consultation, by: User) -> QuestionPage:
    """Copy an answered case into a draft under the list of questions; a case that has a page keeps it.

    The copy holds nothing of who asked, and its passages that may give somebody away are flagged. Raises
    DomainError: `not_answered`, `no_index` where the list of questions has not been made.
    """
    with transaction.atomic():
        case = Consultation.objects.select_for_update().get(pk=consultation.pk)
        existing = page_of(case)
        if existing is not None:
            return existing
        if case.state != ConsultationState.ANSWERED:
            raise DomainError(_("Only a case that is answered can be published."), code="not_answered")
        index = QuestionIndexPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE, alias_of=None).first()
        if index is None:
            raise DomainError(
                _("The list of questions has not been made yet: an administrator adds it."), code="no_index"
            )
        page = QuestionPage(
            title=title_of(case.question),
            slug=_free_slug(index, case),
            question=Truncator(case.question).chars(2000),
            answer=paragraphs_of(case.answer),
            basis=[("article", article) for article in case.articles.select_related("law").order_by("law", "order")],
            subject=case.subject,
            error_pattern=case.error_pattern,
            effective_from=timezone.localdate(),
            consultation=case,
            owner=by,
            live=False,
        )
        index.add_child(instance=page)
        page.save_revision(user=by, log_action="wagtail.create")
        ensure_translations(page=page)
        # not the page itself: its title may still name somebody
        audit("question.drafted", by=by, page=page.pk, case=case.number)
    return page


def title_of(question: str) -> str:
    """Return the first sentence of `question`, cut where it is too long for a title."""
    sentences = (sentence.strip() for sentence in _END_OF_SENTENCE.split(question))
    first = next((sentence for sentence in sentences if sentence), "")
    return Truncator(first).chars(_LONGEST_TITLE).rstrip("。") or "…"


def _free_slug(index: QuestionIndexPage, case: Consultation) -> str:
    taken = set(index.get_children().filter(slug__startswith=f"q{case.pk}").values_list("slug", flat=True))
    candidates = (f"q{case.pk}{suffix}" for suffix in ("", *(f"-{number}" for number in range(2, 99))))
    return next(slug for slug in candidates if slug not in taken)
