"""The teaching sheet of a case study: facts, timeline and questions on A4, with lines to write on or the answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
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
_PLAIN_MARKS = str.maketrans("‘’“”", "''\"\"")
_LINKS = re.compile(r"</?a\b[^>]*>")
_LISTS = re.compile(r"<(ul|ol|li)\b[^>]*>", re.IGNORECASE)
_ENDS = re.compile(r"</(ul|ol|li)>", re.IGNORECASE)


@dataclass(frozen=True)
class SheetEvent:
    """A row of the timeline; on paper, too, its kind has a shape and a word."""

    event: TimelineEvent
    shape: str


def study_sheet(page: CaseStudyPage, *, with_answers: bool, url: str) -> bytes:
    """Return the sheet as PDF, in the language of the interface. The caller has asked who may see the answers.

    With answers it also tells what went wrong and what helped, which a class finds out by itself. Raises PdfError.
    """
    drawn = _straight if page.content_language == "en" else str
    questions = class_questions(page, with_answers=with_answers)
    context: dict[str, Any] = {
        "page": page,
        "title": drawn(page.title),
        "summary": drawn(page.summary),
        "kind": page.get_kind_display() if page.kind else "",
        "subjects": list(page.subjects.all()),
        "facts": on_paper(drawn(page.facts)),
        "rows": [
            SheetEvent(replace(event, label=drawn(event.label)), _SHAPES.get(event.kind, "□"))
            for event in events_of_stream(page.timeline)
        ],
        "went_wrong": on_paper(drawn(page.went_wrong)) if with_answers else "",
        "helped": on_paper(drawn(page.helped)) if with_answers else "",
        "questions": [
            (drawn(item.question), on_paper(drawn(item.answer.source)) if item.answer is not None else "")
            for item in questions
        ],
        "with_answers": with_answers,
        "lines": range(LINES),
        "articles": articles_of(page),
        "sources": [(drawn(block.value["title"]), block.value) for block in page.sources],
        "url": url,
        "organisation": str(settings.ORGANISATION),
        "heading": _("Teaching sheet with model answers") if with_answers else _("Teaching sheet"),
    }
    return render_pdf("pdf/study_sheet.html", context, dated=page.law_as_of)


def _straight(text: str) -> str:
    """Return English `text` with plain quotation marks: the typeface of the documents has the others as wide as 中."""
    return text.translate(_PLAIN_MARKS)


def on_paper(html: str) -> SafeString:
    """Return rich text (cleaned by Wagtail) for paper: without links, and lists as paragraphs with their marks.

    The renderer would draw the marks of lists in a font that it does not embed.
    """
    number = 0

    def marked(found: re.Match[str]) -> str:
        nonlocal number
        tag = found[1].lower()
        if tag == "li":
            number += 1 if number else 0
            return f'<p class="item">{number - 1}. ' if number else '<p class="item">• '
        number = 1 if tag == "ol" else 0
        return ""

    text = _LISTS.sub(marked, _LINKS.sub("", html or ""))
    text = _ENDS.sub(lambda end: "</p>" if end[1].lower() == "li" else "", text)
    return mark_safe(text)  # noqa: S308  cleaned when it was saved
