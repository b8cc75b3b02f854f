"""What case studies show in others' places: the zone, the tasks of buyers, whatever a subject teaches, the news."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from library.models import ProcurementTask, Subject
from library.news import NewThing, register_news
from website.slots import Slot, fill

from .models import CaseStudyPage
from .studies import LONG_FIELDS, live_studies, studies_by_subject, studies_of, study_index, with_subjects

STUDIES_OF_A_SUBJECT = 3
STUDIES_OF_THE_ZONE = 3


def studies_for_zone(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return the newest case studies, or None before there is one."""
    rows = with_subjects(live_studies()[:STUDIES_OF_THE_ZONE])
    return {"rows": rows, "index": study_index()} if rows else None


def studies_for_task(request: HttpRequest, task: ProcurementTask) -> dict[str, Any] | None:
    """Return the case studies of the task's subjects, or None where there is none."""
    studies = studies_of(task.subjects.all())
    return {"studies": studies, "index": study_index()} if studies else None


def studies_for_subject(request: HttpRequest, subject: Subject) -> dict[str, Any] | None:
    """Return the newest case studies of one subject; all subjects of a page are read at once.

    None on the page of a case study, which lists what is near to it by itself.
    """
    if getattr(request, "lists_related_studies", False):
        return None
    by_subject: dict[int, list[CaseStudyPage]] | None = getattr(request, "studies_by_subject", None)
    if by_subject is None:
        by_subject = studies_by_subject()
        request.studies_by_subject = by_subject  # type: ignore[attr-defined]  # kept for the page's other subjects
    studies = by_subject.get(subject.pk, [])[:STUDIES_OF_A_SUBJECT]
    return {"studies": studies} if studies else None


def news_of_studies(language: str, today: date, limit: int) -> Iterator[NewThing]:
    """Yield the case studies published last in `language`, newest first. One query."""
    pages = CaseStudyPage.objects.live().public().filter(locale__language_code=language)
    newest = pages.filter(first_published_at__isnull=False).select_related("locale", "alias_of__locale")
    for page in newest.defer(*LONG_FIELDS).order_by("-first_published_at", "-pk")[:limit]:
        yield NewThing(
            day=timezone.localdate(page.first_published_at), kind=_("Case study"), title=page.title,
            url=page.url or "", language=page.content_language, detail=page.summary,
            detail_language=page.content_language,
        )  # fmt: skip


fill(Slot.ZONE, order=30, template="casestudies/zone_panel.html", context=studies_for_zone)
fill(Slot.TASK, order=50, template="casestudies/task_panel.html", context=studies_for_task)
fill(Slot.SUBJECT, order=60, template="casestudies/subject_panel.html", context=studies_for_subject)
register_news(news_of_studies)
