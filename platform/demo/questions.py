"""Published questions of the demonstration, with invented readers: `content/questions.json`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from wagtail.models import Locale, Page

from accounts.models import User
from consultations.models import Consultation, ErrorPattern, HelpfulVote, QuestionIndexPage, QuestionPage, QuestionReads
from consultations.services.patterns import ensure_error_patterns
from consultations.services.places import ensure_question_permissions, ensure_question_workflow
from consultations.suggestions import similar_cases
from library.models import Article, Subject, ZonePage
from website.privacy.richwords import plain_words

from .pages import publish_both, read

DAYS = 60
"""How far back the readers of the demonstration reach."""


def lay() -> None:
    """Lay the list of questions below the zone, a dozen questions, and what readers made of them."""
    content = read("questions")
    ensure_error_patterns()
    english = Locale.objects.get(language_code="en")
    index = _lay_index(content["index"], english)
    author = User.objects.get(email="officer@demo.test")
    for weeks, item in enumerate(content["questions"], start=1):
        page = question_page(item, author)
        page.consultation = _case_behind(page)
        publish_both(index, page, english, alias=True)
        published = timezone.now() - timedelta(weeks=weeks)
        Page.objects.filter(translation_key=page.translation_key).update(first_published_at=published)
        lay_readers(page, item)
    ensure_question_permissions()
    ensure_question_workflow()


def _lay_index(words: dict[str, str], english: Locale) -> QuestionIndexPage:
    zone = ZonePage.objects.get(locale__language_code="zh-hant", alias_of=None)
    index = QuestionIndexPage(title=words["title"], slug=words["slug"], introduction=words["introduction"])
    publish_both(zone, index, english, title=words["title_en"], introduction=words["introduction_en"])
    return index


def question_page(item: dict[str, Any], author: User) -> QuestionPage:
    """Return the page that `item` of a content file describes, not saved yet."""
    articles = [Article.objects.get(law__pcode=pcode, number=number) for pcode, number in item["basis"]]
    pattern = ErrorPattern.objects.get(code=item["pattern"]) if item["pattern"] else None
    return QuestionPage(
        title=item["title"],
        slug=item["slug"],
        question=item["question"],
        answer=item["answer"],
        search_description=plain_words(item["answer"]).strip().partition("\n")[0][:150],
        basis=[("article", article) for article in articles],
        subject=Subject.objects.get(code=item["subject"]),
        error_pattern=pattern,
        effective_from=date.fromisoformat(item["law_as_of"]),
        owner=author,
    )


def _case_behind(page: QuestionPage) -> Consultation | None:
    """Return the case of the log that asks most nearly the same, if no page was made of it and the subject agrees."""
    similar = [suggestion.consultation for suggestion in similar_cases(page.question, limit=3)]
    return next(
        (case for case in similar if case.subject_id == page.subject_id and not case.question_pages.exists()), None
    )


def lay_readers(page: QuestionPage, item: dict[str, Any]) -> None:
    """Spread the reads over the days until today; nobody stands behind the votes, some noes say what was missing."""
    today = timezone.localdate()
    each, rest = divmod(item["read"], DAYS)
    QuestionReads.objects.bulk_create(
        QuestionReads(page=page, day=today - timedelta(days=back), count=each + (back < rest))
        for back in range(DAYS)
        if each or back < rest
    )
    votes = [True] * item["yes"] + [False] * item["no"]
    notes = [""] * item["yes"] + item["notes"] + [""] * (item["no"] - len(item["notes"]))
    HelpfulVote.objects.bulk_create(
        HelpfulVote(page=page, voter=f"demo-{number}", has_helped=has_helped, note=note)
        for number, (has_helped, note) in enumerate(zip(votes, notes, strict=True))
    )
