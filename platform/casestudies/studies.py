"""Reads of case studies: the list, what stands around one, and those that others show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from wagtail.models import Locale, Page

from library.enums import ProcurementKind
from library.models import Article, Subject
from website.selectors import only_viewable

from .models import CaseStudyIndexPage, CaseStudyPage, Diagnosis, TenderCase
from .permissions import can_see_answers_of, can_view_cases
from .timeline import draw, events_of_stream

PER_PAGE = 12
MOST_BY_SUBJECT = 200
"""The newest ones; beyond them no subject is short of case studies."""
FEW = 4
_LONGEST_QUERY = 100
LONG_FIELDS = ("facts", "timeline", "went_wrong", "helped", "questions", "basis", "lessons", "sources")
"""What lists do not show, and do not read."""


@dataclass
class Listed:
    """A case study with its subjects, as lists show it."""

    page: CaseStudyPage
    subjects: list[Subject] = field(default_factory=list)


@dataclass(frozen=True)
class LinkedLesson:
    """A page that goes on with it. `url` is empty where this reader may not open it."""

    title: str
    url: str
    language: str


@dataclass(frozen=True)
class ClassQuestion:
    """A question for the class; `answer` is None for who may not see it."""

    question: str
    answer: Any


# --- lists ------------------------------------------------------------------------------------------


def live_studies() -> QuerySet[CaseStudyPage]:
    """Return the live case studies in the language of the interface, without their long words, newest first."""
    return _listed(CaseStudyPage.objects.live().public().filter(locale=Locale.get_active()))


def with_subjects(pages: Iterable[CaseStudyPage]) -> list[Listed]:
    """Return `pages` with their subjects. One query."""
    rows = {page.pk: Listed(page) for page in pages}
    links = CaseStudyPage.subjects.through.objects.filter(casestudypage__in=rows)
    for link in links.select_related("subject").order_by("subject__code"):
        rows[link.casestudypage_id].subjects.append(link.subject)
    return list(rows.values())


def studies_of(subjects: Iterable[Subject], limit: int = FEW) -> list[CaseStudyPage]:
    """Return the newest case studies of any of `subjects`, in the language of the interface."""
    return list(live_studies().filter(subjects__in=list(subjects)).distinct()[:limit])


def studies_by_subject() -> dict[int, list[CaseStudyPage]]:
    """Return the case studies in the language of the interface by the key of their subjects. Two queries."""
    found: dict[int, list[CaseStudyPage]] = defaultdict(list)
    for row in with_subjects(live_studies()[:MOST_BY_SUBJECT]):
        for subject in row.subjects:
            found[subject.pk].append(row.page)
    return found


def study_index() -> CaseStudyIndexPage | None:
    """Return the live list of case studies in the language of the interface, if it has been made."""
    found = CaseStudyIndexPage.objects.live().public().filter(locale=Locale.get_active())
    return found.select_related("locale", "alias_of__locale").first()


def study_list(page: CaseStudyIndexPage, request: HttpRequest) -> dict[str, Any]:
    """Return what the list shows: one page of the case studies asked for, and what they can be narrowed by.

    What stands in the address may be nonsense; it is then left out. The number of queries does not grow.
    """
    below = CaseStudyPage.objects.child_of(page).live().public()
    used = set(below.exclude(kind="").order_by().values_list("kind", flat=True).distinct())
    kinds = [(kind.value, kind.label) for kind in ProcurementKind if kind.value in used]
    subjects = list(Subject.objects.filter(pk__in=below.exclude(subjects=None).values("subjects")))
    query = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_QUERY]
    kind = request.GET.get("kind", "")
    kind = kind if kind in dict(kinds) else ""
    subject = next((item for item in subjects if item.code == request.GET.get("subject", "")), None)
    found = _listed(below)
    if query:
        found = found.filter(pk__in=[hit.pk for hit in below.search(query, operator="and")])
    if kind:
        found = found.filter(kind=kind)
    if subject is not None:
        found = found.filter(subjects=subject)
    page_obj = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "page_obj": page_obj,
        "rows": with_subjects(page_obj.object_list),
        "query": query,
        "kinds": kinds,
        "chosen_kind": kind,
        "subjects": subjects,
        "chosen_subject": subject,
        "is_narrowed": bool(query or kind or subject),
    }


def _listed(pages: QuerySet[CaseStudyPage]) -> QuerySet[CaseStudyPage]:
    return pages.select_related("locale", "alias_of__locale").defer(*LONG_FIELDS).order_by("-first_published_at", "-pk")


# --- one case study ---------------------------------------------------------------------------------


def study_context(page: CaseStudyPage, request: HttpRequest) -> dict[str, Any]:
    """Return the timeline as drawn, articles, lessons and the questions, answered where this reader may see it."""
    # the panels about subjects would repeat what the page lists as near to it
    request.lists_related_studies = True  # type: ignore[attr-defined]
    subjects = list(page.subjects.all())
    sees_answers = can_see_answers_of(request.user, page)
    return {
        "drawing": draw(events_of_stream(page.timeline)),
        "articles": articles_of(page),
        "class_questions": class_questions(page, with_answers=sees_answers),
        "sees_answers": sees_answers,
        "lessons": lessons_for(page, request.user),
        "study_subjects": subjects,
        "related": related_to(page, subjects),
        "sources": [block.value for block in page.sources],
        "index": page.get_parent() if page.path else None,
        "case": page.case if page.case_id and can_view_cases(request.user) else None,
    }


def class_questions(page: CaseStudyPage, *, with_answers: bool) -> list[ClassQuestion]:
    """Return the questions for the class; the model answers only where they are asked for.

    The caller has asked `can_see_answers_of`.
    """
    return [
        ClassQuestion(block.value["question"], block.value["answer"] if with_answers else None)
        for block in page.questions
    ]


def articles_of(page: CaseStudyPage) -> list[Article]:
    """Return the articles that the page names as its basis, by law and number."""
    numbers = [block.value.pk for block in page.basis if block.value is not None]
    return list(Article.objects.filter(pk__in=numbers).select_related("law").order_by("law", "order"))


def lessons_for(page: CaseStudyPage, user: Any) -> list[LinkedLesson]:
    """Return the linked pages that are live, in the language of the interface, in the editor's order.

    Those that `user` may not read have no address. A constant number of queries.
    """
    chosen = [block.value.translation_key for block in page.lessons if block.value is not None]
    if not chosen:
        return []
    live = Page.objects.live().public().filter(translation_key__in=chosen, locale=Locale.get_active())
    found = {
        lesson.translation_key: lesson for lesson in live.specific().prefetch_related("locale", "alias_of__locale")
    }
    lessons = [found[key] for key in dict.fromkeys(chosen) if key in found]
    allowed = {lesson.pk for lesson in only_viewable(lessons, user)}
    return [
        LinkedLesson(
            lesson.title,
            (lesson.url or "") if lesson.pk in allowed else "",
            getattr(lesson, "content_language", lesson.locale.language_code),
        )
        for lesson in lessons
    ]


def related_to(page: CaseStudyPage, subjects: list[Subject], limit: int = FEW) -> list[CaseStudyPage]:
    """Return other case studies of the same kind or of one of the subjects, those with most in common first."""
    alike = Q(subjects__in=subjects)
    if page.kind:
        alike |= Q(kind=page.kind)
    found = live_studies().filter(alike).exclude(pk=page.pk)
    common = Count("subjects", filter=Q(subjects__in=subjects), distinct=True)
    return list(found.annotate(in_common=common).order_by("-in_common", "-first_published_at", "-pk")[:limit])


# --- for those who write them -----------------------------------------------------------------------


def studies_written() -> QuerySet[CaseStudyPage]:
    """Return all case studies, drafts as well, without aliases; those last written first."""
    return (
        CaseStudyPage.objects.filter(alias_of=None)
        .select_related("owner__person", "case", "locale")
        .defer(*LONG_FIELDS)
        .order_by("-latest_revision_created_at", "-pk")
    )


def cases_to_write_about() -> QuerySet[TenderCase]:
    """Return the diagnosed cases without a case study; those diagnosed last first."""
    diagnosed = Diagnosis.objects.filter(case=OuterRef("pk"), is_current=True)
    written = CaseStudyPage.objects.filter(case=OuterRef("pk"))
    return (
        TenderCase.objects.filter(Exists(diagnosed), ~Exists(written))
        .select_related("agency")
        .order_by("-last_failed_on", "-pk")
    )
