"""The teaching sheet of a case study: facts, timeline and questions on A4, with lines to write on or the answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from common.pdf import render_pdf

from .enums import NoticeKind
from .models import CaseStudyPage
from .studies import articles_of, class_questions
from .timeline import CHANGE, TimelineEvent, events_of_stream

LINES = 6
"""Lines to write on under each question."""

_SHAPES = {
    NoticeKind.TENDER: "○", NoticeKind.CORRECTION: "◎", NoticeKind.FAILED: "×", NoticeKind.AWARD: "●", CHANGE: "◆",
}  # fmt: skip
_LINKS = re.compile(r"</?a\b[^>]*>")


@dataclass(frozen=True)
class SheetEvent:
    """A row of the timeline; on paper, too, its kind has a shape and a word."""

    event: TimelineEvent
    shape: str


def study_sheet(page: CaseStudyPage, *, with_answers: bool, url: str) -> bytes:
    """Return the sheet as PDF, in the language of the interface. The caller has asked who may see the answers.

    With answers it also tells what went wrong and what helped, which a class finds out by itself. Raises PdfError.
    """
    questions = class_questions(page, with_answers=with_answers)
    context: dict[str, Any] = {
        "page": page,
        "language": page.content_language,
        "kind": page.get_kind_display() if page.kind else "",
        "subjects": list(page.subjects.all()),
        "facts": on_paper(page.facts),
        "rows": [SheetEvent(event, _SHAPES.get(event.kind, "□")) for event in events_of_stream(page.timeline)],
        "went_wrong": on_paper(page.went_wrong) if with_answers else "",
        "helped": on_paper(page.helped) if with_answers else "",
        "questions": [
            (item.question, on_paper(item.answer.source) if item.answer is not None else "") for item in questions
        ],
        "with_answers": with_answers,
        "lines": range(LINES),
        "articles": articles_of(page),
        "sources": [block.value for block in page.sources],
        "url": url,
        "organisation": str(settings.ORGANISATION),
        "heading": _("Teaching sheet with model answers") if with_answers else _("Teaching sheet"),
    }
    return render_pdf("pdf/study_sheet.html", context, dated=page.law_as_of)


def on_paper(html: str) -> SafeString:
    """Return rich text (cleaned by Wagtail) without its links, which lead nowhere on paper."""
    return mark_safe(_LINKS.sub("", html or ""))  # noqa: S308  cleaned when it was saved
