"""Reads of published questions: the list, what stands around one, the most read, and those that do not help."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page, WorkflowState

from library.models import Article, CitationReview, Subject
from library.reviews import key_of, open_reviews_among
from website.models import PassageFlag
from website.privacy.enums import FlagState

from .models import Consultation, ErrorPattern, HelpfulVote, QuestionIndexPage, QuestionPage, QuestionReads
from .services.reading import count_read, voter_of

PER_PAGE = 15
RECENT_DAYS = 90
FEW = 5
LEAST_VOTES = 3
"""Fewer readers' words than this say nothing about a page."""
UNHELPFUL_BELOW = 0.6
"""A page that helped a smaller share of those who said so does not help."""

ORDERS = {"read": _("most read"), "new": _("newest"), "helpful": _("most helpful")}
_LONGEST_QUERY = 100
_READ = "questions_read"
_MOST_REMEMBERED = 200


# --- pages with their figures ----------------------------------------------------------------------


def live_questions() -> QuerySet[QuestionPage]:
    """Return the live questions in the language of the interface, with what their addresses read."""
    return (
        QuestionPage.objects.live()
        .public()
        .filter(locale=Locale.get_active())
        .select_related("subject", "error_pattern", "locale", "alias_of__locale")
    )


def with_figures(pages: QuerySet[QuestionPage], *, days: int | None = None) -> QuerySet[QuestionPage]:
    """Annotate `times_read` (of the last `days`, or ever), `yes`, `votes` and `helpfulness` (0 to 1) of the source.

    A page about which few have said anything stands in the middle: helpfulness counts one yes and one no more.
    """
    source = Coalesce("alias_of_id", "pk")
    reads = QuestionReads.objects.filter(page_id=OuterRef("source_id"))
    if days is not None:
        reads = reads.filter(day__gt=timezone.localdate() - timedelta(days=days))
    votes = HelpfulVote.objects.filter(page_id=OuterRef("source_id")).order_by().values("page_id")
    return (
        pages.annotate(source_id=source)
        .annotate(
            times_read=_counted(reads.order_by().values("page_id").annotate(n=Sum("count"))),
            votes_given=_counted(votes.annotate(n=Count("pk"))),
            yes=_counted(votes.annotate(n=Count("pk", filter=Q(has_helped=True)))),
        )
        .annotate(helpfulness=Cast(F("yes") + 1, FloatField()) / Cast(F("votes_given") + 2, FloatField()))
    )


def _counted(rows: Any) -> Coalesce:
    return Coalesce(Subquery(rows.values("n"), output_field=IntegerField()), 0)


def most_read(limit: int = FEW, *, days: int = RECENT_DAYS) -> list[QuestionPage]:
    """Return the questions read most in the last `days`, in the language of the interface."""
    return list(
        with_figures(live_questions(), days=days).filter(times_read__gt=0).order_by("-times_read", "pk")[:limit]
    )


def newest(limit: int = FEW, *, but: Iterable[QuestionPage] = ()) -> list[QuestionPage]:
    """Return the questions published last, in the language of the interface."""
    left_out = [page.pk for page in but]
    return list(live_questions().exclude(pk__in=left_out).order_by("-first_published_at", "-pk")[:limit])


def questions_of(subjects: Iterable[Subject], limit: int = FEW) -> list[QuestionPage]:
    """Return the questions of `subjects` in the language of the interface, the most read first."""
    found = with_figures(live_questions().filter(subject__in=list(subjects)), days=RECENT_DAYS)
    return list(found.order_by("-times_read", "-first_published_at", "-pk")[:limit])


def question_index() -> QuestionIndexPage | None:
    """Return the live list of questions in the language of the interface, if it has been made."""
    found = QuestionIndexPage.objects.live().public().filter(locale=Locale.get_active())
    return found.select_related("locale", "alias_of__locale").first()


# --- the list ---------------------------------------------------------------------------------------


def question_list(page: QuestionIndexPage, request: HttpRequest) -> dict[str, Any]:
    """Return what the list shows: one page of the questions asked for, and what they can be narrowed by.

    What stands in the address may be nonsense; it is then left out. The number of queries does not grow.
    """
    below = QuestionPage.objects.child_of(page).live().public()
    subjects = list(Subject.objects.filter(pk__in=below.exclude(subject=None).values("subject")))
    patterns = list(ErrorPattern.objects.filter(pk__in=below.exclude(error_pattern=None).values("error_pattern")))
    query = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_QUERY]
    subject = _chosen(subjects, request.GET.get("subject", ""))
    pattern = _chosen(patterns, request.GET.get("pattern", ""))
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "read"
    found = with_figures(below.select_related("subject", "error_pattern", "locale", "alias_of__locale"))
    if query:
        found = found.filter(pk__in=[hit.pk for hit in below.search(query, operator="and")])
    if subject:
        found = found.filter(subject=subject)
    if pattern:
        found = found.filter(error_pattern=pattern)
    found = found.order_by(*_ORDERING[order])
    return {
        "page_obj": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "query": query,
        "subjects": subjects,
        "chosen_subject": subject,
        "patterns": patterns,
        "chosen_pattern": pattern,
        "orders": ORDERS,
        "chosen_order": order,
        "is_narrowed": bool(query or subject or pattern),
    }


_ORDERING = {
    "read": ("-times_read", "-first_published_at", "-pk"),
    "new": ("-first_published_at", "-pk"),
    "helpful": ("-helpfulness", "-votes_given", "-times_read", "-pk"),
}


def _chosen(rows: list[Any], value: str) -> Any:
    return next((row for row in rows if row.code == value), None)


# --- one question -----------------------------------------------------------------------------------


def question_context(page: QuestionPage, request: HttpRequest) -> dict[str, Any]:
    """Return what stands around the answer: its articles, related questions, and what this reader said of it."""
    articles = [block.value for block in page.basis if block.value is not None]
    return {
        "articles": list(
            Article.objects.filter(pk__in=[article.pk for article in articles])
            .select_related("law")
            .order_by("law", "order")
        ),
        "related": related_to(page),
        "vote": vote_of(page, request) if not getattr(request, "is_preview", False) else None,
        "index": page.get_parent() if page.path else None,
        "repeats_title": page.question.strip().rstrip("。") == page.title,
    }


def related_to(page: QuestionPage, limit: int = FEW) -> list[QuestionPage]:
    """Return other questions of the same error pattern or subject, in that order, the most read first."""
    alike = Q()
    if page.error_pattern_id:
        alike |= Q(error_pattern=page.error_pattern_id)
    if page.subject_id:
        alike |= Q(subject=page.subject_id)
    if not alike:
        return []
    nearness = Case(When(error_pattern=page.error_pattern_id or 0, then=Value(0)), default=Value(1))
    found = with_figures(live_questions().filter(alike).exclude(pk=page.pk), days=RECENT_DAYS)
    return list(found.annotate(nearness=nearness).order_by("nearness", "-times_read", "-first_published_at")[:limit])


def vote_of(page: QuestionPage, request: HttpRequest) -> HelpfulVote | None:
    """Return what the reader has said of `page`, if anything."""
    voter = reader_of(request)
    if not voter:
        return None
    return HelpfulVote.objects.filter(page_id=page.alias_of_id or page.pk, voter=voter).first()


def reader_of(request: HttpRequest) -> str:
    """Return by what the reader is known among the votes; nothing for one without account and session."""
    session = getattr(request, "session", None)
    return voter_of(user_id=request.user.pk, session_key=session.session_key if session is not None else None)


def note_reading(page: QuestionPage, request: HttpRequest) -> None:
    """Count that `page` was read: once per session, never for a preview or somebody who carries no cookie.

    Robots carry none; so a first visit is not counted either, the next one is.
    """
    session = getattr(request, "session", None)
    if getattr(request, "is_preview", False) or session is None or not request.COOKIES:
        return
    source = page.alias_of_id or page.pk
    seen = session.get(_READ, [])
    if source not in seen:
        count_read(page=page, day=timezone.localdate())
        session[_READ] = [*seen[-_MOST_REMEMBERED:], source]


# --- those that need an editor ----------------------------------------------------------------------


def page_of(case: Consultation) -> QuestionPage | None:
    """Return the page made of `case`, in the language in which cases are written."""
    return QuestionPage.objects.filter(
        consultation=case, alias_of=None, locale__language_code=settings.LANGUAGE_CODE
    ).first()


def drafts() -> QuerySet[QuestionPage]:
    """Return the questions that are on their way: not live, or changed since; with `open_flags`. Newest first."""
    waiting = PassageFlag.objects.filter(page=OuterRef("pk"), state=FlagState.OPEN).order_by().values("page_id")
    return (
        QuestionPage.objects.filter(Q(live=False) | Q(has_unpublished_changes=True), alias_of=None)
        .select_related("consultation", "owner__person", "subject")
        .annotate(open_flags=_counted(waiting.annotate(n=Count("pk"))), in_review=Exists(_in_review()))
        .order_by("-latest_revision_created_at", "-pk")
    )


def _in_review() -> QuerySet[WorkflowState]:
    return WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS,
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id=Cast(OuterRef("pk"), CharField()),
    )


@dataclass(frozen=True)
class Attention:
    """A live question that somebody should look at: it does not help, or an article it cites was changed."""

    page: Any
    does_not_help: bool
    reviews: list[CitationReview]
    notes: list[HelpfulVote]


def needing_attention() -> QuerySet[QuestionPage]:
    """Return the live questions (not aliases) that do not help or wait for review, those that help least first."""
    pages = QuestionPage.objects.live().filter(alias_of=None).select_related("subject", "locale")
    return (
        with_figures(pages)
        .annotate(
            share=Cast(F("yes"), FloatField())
            / Case(When(votes_given=0, then=Value(1.0)), default=Cast(F("votes_given"), FloatField()))
        )
        .filter(Q(votes_given__gte=LEAST_VOTES, share__lt=UNHELPFUL_BELOW) | Q(pk__in=_under_review()))
        .order_by("helpfulness", "-votes_given", "pk")
    )


def attention_for(pages: Iterable[Any], *, notes: int = 3) -> list[Attention]:
    """Return `pages` (of `needing_attention`) with why they are listed and the newest notes of readers. Few queries."""
    pages = list(pages)
    reviews = open_reviews_among(pages)
    written: dict[int, list[HelpfulVote]] = {}
    for vote in HelpfulVote.objects.filter(page__in=pages, has_helped=False).exclude(note="").order_by("-at", "-pk"):
        written.setdefault(vote.page_id, []).append(vote)
    return [
        Attention(
            page=page,
            does_not_help=page.votes_given >= LEAST_VOTES and page.yes / page.votes_given < UNHELPFUL_BELOW,
            reviews=reviews.get(key_of(page), []),
            notes=written.get(page.pk, [])[:notes],
        )
        for page in pages
    ]


def _under_review() -> QuerySet[CitationReview, Any]:
    open_reviews = CitationReview.objects.filter(closed_at=None, content_type__app_label="consultations")
    return open_reviews.filter(content_type__model="questionpage").values("object_id")
