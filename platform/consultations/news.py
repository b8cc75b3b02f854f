"""What the hotline adds to the news of the procurement zone: questions and answers newly published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from library.news import NewThing

from .models import QuestionPage


def news_of_questions(language: str, today: date, limit: int) -> Iterator[NewThing]:
    """Yield the questions published last in `language`, newest first. One query."""
    pages = QuestionPage.objects.live().public().filter(locale__language_code=language)
    newest = pages.filter(first_published_at__isnull=False).select_related("locale", "alias_of__locale")
    for page in newest.order_by("-first_published_at", "-pk")[:limit]:
        yield NewThing(
            day=timezone.localdate(page.first_published_at), kind=_("Question and answer"), title=page.title,
            url=page.url or "", language=page.content_language,
        )  # fmt: skip
