"""What the hotline shows in others' places."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from library.models import ProcurementTask, Subject
from library.news import register_news
from website.permissions import can_open_desk
from website.slots import Slot, fill

from . import hours, log_panels  # noqa: F401  the log fills its places by being imported
from .models import HotlineOfficer, QuestionPage
from .news import news_of_questions
from .permissions import can_plan_roster, officer_of
from .questions import attention_for, drafts, most_read, needing_attention, newest, question_index, questions_of
from .roster import half_days_without_officer, proposals_for, shift_now, shifts_on_days_off, unqualified_officers
from .services.roster import LONGEST_RANGE
from .threads import unread_answers

QUESTIONS_OF_A_SUBJECT = 3
QUESTIONS_LOOKED_AT = 200
"""The most read ones; beyond them no subject is short of questions."""

ROSTER_AHEAD = timedelta(days=14)
"""How far the Desk looks for half days without an officer."""


def answer_to_read(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """The newest answer that the reader of My learning has not read."""
    case = unread_answers(request.user).first()
    if case is None:
        return None
    return {
        "over": _("The hotline has answered"),
        "title": _("Your answer is here: %(number)s") % {"number": case.number},
        "detail": case.question[:80] + ("…" if len(case.question) > 80 else ""),
        "url": case.get_absolute_url(),
        "label": _("Read the answer"),
    }


fill(Slot.MY_NEXT, order=25, template="consultations/next_panel.html", context=answer_to_read)
register_news(news_of_questions)


def duty_context(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """My duty at the hotline today, and the proposals that wait for me; nothing for who is no officer."""
    mine = officer_of(request.user)
    if mine is None:
        return None
    now = timezone.now()
    context = {"now_on_duty": shift_now(mine, at=now), "asked": proposals_for(mine, at=now)}
    return context if any(context.values()) else None


def roster_context(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """What is wrong with the roster of the next two weeks; nothing where nobody takes turns yet."""
    today = timezone.localdate()
    last = today + ROSTER_AHEAD
    if not HotlineOfficer.objects.filter(is_active=True).exists():
        return None
    now = timezone.now()
    gaps = [(day, part) for day, part in half_days_without_officer(today, last) if hours.ends_at(day, part) > now]
    context: dict[str, Any] = {
        "gaps": [(day, [part for _day, part in group]) for day, group in groupby(gaps, key=itemgetter(0))],
        "unqualified": list(unqualified_officers()),
        "to_clear": shifts_on_days_off(today, today + LONGEST_RANGE),
    }
    return context if any(context.values()) else None


fill(Slot.TODAY, order=5, template="consultations/duty_panel.html", context=duty_context)
fill(Slot.DESK, order=5, template="consultations/duty_panel.html", context=duty_context)
fill(
    Slot.DESK, order=45, template="consultations/roster_panel.html", context=roster_context,
    predicate=can_plan_roster,
)  # fmt: skip

# --- questions and answers: the zone, the tasks, the Desk -----------------------------------------


def questions_for_zone(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return the questions read most in the last ninety days and the newest, or None before there is one."""
    read = most_read()
    new = newest(but=read)
    return {"read": read, "new": new, "index": question_index()} if read or new else None


def questions_for_task(request: HttpRequest, task: ProcurementTask) -> dict[str, Any] | None:
    """Return the questions of the task's subjects, or None where nobody has asked about them."""
    questions = questions_of(task.subjects.all(), limit=6)
    return {"questions": questions, "index": question_index()} if questions else None


def questions_for_subject(request: HttpRequest, subject: Subject) -> dict[str, Any] | None:
    """Return the most read questions of one subject; all subjects of a page are read at once.

    None on the page of a question, which lists what is near to it by itself.
    """
    if getattr(request, "lists_related_questions", False):
        return None
    by_subject: dict[int | None, list[QuestionPage]] | None = getattr(request, "questions_by_subject", None)
    if by_subject is None:
        by_subject = {}
        for question in questions_of(Subject.objects.all(), limit=QUESTIONS_LOOKED_AT):
            by_subject.setdefault(question.subject_id, []).append(question)
        request.questions_by_subject = by_subject  # type: ignore[attr-defined]  # kept for the page's other subjects
    questions = by_subject.get(subject.pk, [])[:QUESTIONS_OF_A_SUBJECT]
    return {"questions": questions} if questions else None


def questions_for_desk(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return the questions that wait for an administrator: to review, or because they do not help any more."""
    submitted = list(drafts().filter(in_review=True)[:5])
    waiting = needing_attention()
    rows = attention_for(waiting[:5], notes=1)
    if not (submitted or rows):
        return None
    return {"submitted": submitted, "rows": rows, "count": waiting.count()}


fill(Slot.ZONE, order=20, template="consultations/zone_panel.html", context=questions_for_zone)
fill(Slot.TASK, order=30, template="consultations/task_panel.html", context=questions_for_task)
fill(Slot.SUBJECT, order=50, template="consultations/subject_panel.html", context=questions_for_subject)
fill(
    Slot.DESK,
    order=60,
    template="consultations/questions_desk_panel.html",
    context=questions_for_desk,
    predicate=can_open_desk,
)
