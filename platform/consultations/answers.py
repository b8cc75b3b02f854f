"""Published questions that may already answer what somebody is about to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelsearch.query import Or, PlainText
from wagtail.models import Page

from website.segmentation import query_words
from website.selectors import only_viewable

from .models import QuestionPage
from .suggestions import similar_cases

MOST = 3
"""Nobody reads more than this before sending."""

LEAST_SHARE = 0.2
"""How much of the shorter text, in words of the search, must stand in the other one as well."""

_CANDIDATES = 15
_WORDS_ASKED_FOR = 40
_SHORTEST = 6  # characters; before that everything is alike


@dataclass(frozen=True)
class PublishedAnswer:
    """A page with a question and its answer, in the reader's language where there is one."""

    page: Page
    question: str
    language: str

    @property
    def key(self) -> int:
        """The page that stands for it, in whatever language."""
        return int(self.page.pk)


def published_answers(text: str, user: Any, *, most: int = MOST) -> list[PublishedAnswer]:
    """Return at most `most` live pages with a question like `text` that `user` may read, the most similar first.

    Candidates are the pages of similar cases and what the search finds with any of the words; those that share too
    few words with the text are left out. A text that is too short to tell anything finds nothing.
    """
    words = set(query_words(text))
    if len(text.strip()) < _SHORTEST or not words:
        return []
    scored = [(_share(words, page), page) for page in _candidates(text, user)]
    scored = [(share, page) for share, page in scored if share >= LEAST_SHARE]
    scored.sort(key=lambda pair: -pair[0])
    return [_answer(page) for _share_of_words, page in scored[:most]]


def _candidates(text: str, user: Any) -> list[QuestionPage]:
    words = list(dict.fromkeys(query_words(text)))[:_WORDS_ASKED_FOR]
    found = QuestionPage.objects.live().public().search(Or([PlainText(word) for word in words]))[:_CANDIDATES]
    pages = {page.pk: page for page in found if page.alias_of_id is None}
    pages |= {similar.page.pk: similar.page for similar in similar_cases(text, limit=_CANDIDATES) if similar.page}
    return only_viewable(pages.values(), user)


def _share(words: set[str], page: QuestionPage) -> float:
    there = set(query_words(f"{page.title} {page.question}"))
    return len(words & there) / min(len(words), len(there)) if there else 0.0


def _answer(page: QuestionPage) -> PublishedAnswer:
    shown = page.localized
    return PublishedAnswer(page=shown, question=page.question, language=page.content_language)
