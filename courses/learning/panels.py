"""What this app shows in others' places: the menu, the run's and the course's page, Today, the next thing to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from common.templatetags.common_tags import clock, shortdate
from courses.catalogue.models import Course, CourseRun, Session
from library.models import ProcurementTask, Subject
from website.navigation import add_entry
from website.slots import Slot, fill

from .my_page import MyPage, Standing
from .permissions import can_post_material, can_use_materials, courses_open_to
from .selectors import (
    Listed,
    lessons_of_course,
    materials_of_run,
    runs_taught_by,
    teaching_by_subject,
    teaching_of_subjects,
)

TEACHING_OF_A_SUBJECT = 3


def has_person(user: Any) -> bool:
    """Whether `user` is signed in and stands for a person."""
    return getattr(user, "person_id", None) is not None


# --- what to do next: the first that answers is shown ---------------------------------------------


def session_of_today(request: HttpRequest, my: MyPage) -> dict[str, Any] | None:
    """Today's session: join it by video, or see where it is held."""
    today = timezone.localdate()
    coming = [(session, standing) for standing in my.current if (session := standing.next_session)]
    of_today = [pair for pair in coming if timezone.localdate(pair[0].starts_at) == today]
    if not of_today:
        return None
    session, standing = min(of_today, key=lambda pair: pair[0].starts_at)
    is_on = session.starts_at <= timezone.now()
    url, label = reverse("enrolment:run", args=[standing.run.code]), _("See the class")
    if session.video_url:
        url, label = session.video_url, _("Join the session")
    return {
        "over": _("Now") if is_on else pgettext("next session", "Today"),
        "title": session.display_title or standing.run.display_title,
        "detail": _in_a_line(session, standing.run),
        "url": url,
        "label": label,
    }


def something_to_read(request: HttpRequest, my: MyPage) -> dict[str, Any] | None:
    """Materials or lessons of a class that runs, before its next session."""
    for standing in my.current:
        if standing.next_session and (standing.materials or any(item.is_open for item in standing.lessons)):
            return {
                "over": _("Before the session on %(date)s") % {"date": shortdate(standing.next_session.starts_at)},
                "title": _("Read the materials: %(subject)s")
                % {"subject": standing.next_session.display_title or standing.run.display_title},
                "detail": _in_a_line(standing.next_session, standing.run),
                "url": f"#read-{standing.run.code}",
                "label": _("See the materials"),
            }
    return None


def next_class(request: HttpRequest, my: MyPage) -> dict[str, Any] | None:
    """The class that begins next, for the calendar."""
    ahead = [standing for standing in my.current if not standing.run.has_begun()]
    if not ahead:
        return None
    standing = min(ahead, key=lambda item: item.run.starts_on)
    session = standing.next_session
    return {
        "over": _("Your next class"),
        "title": standing.run.display_title,
        "detail": _in_a_line(session, standing.run) if session else shortdate(standing.run.starts_on),
        "url": reverse("enrolment:my_calendar", args=[standing.run.code]),
        "label": _("Put it into my calendar"),
    }


def exam_to_pass(request: HttpRequest, my: MyPage) -> dict[str, Any] | None:
    """A class whose exam was not passed yet: make-up exams are not limited (資格辦法 §15 III)."""
    standing = next((item for item in my.current if _may_sit_again(item)), None)
    if standing is None or standing.best is None or standing.exam is None:
        return None
    short = standing.exam.pass_total - (standing.best.total or 0)
    return {
        "over": standing.run.display_title,
        # enough points in all and yet not passed: a paper at zero, or a violation
        "title": _("%(points)d points short of passing") % {"points": short} if short > 0 else _("Not passed yet"),
        "detail": _("You may sit make-up exams as often as you need; the Secretariat announces their days."),
        "url": reverse("enrolment:run", args=[standing.run.code]),
        "label": _("See the class"),
    }


def pick_a_class(request: HttpRequest, my: MyPage) -> dict[str, Any] | None:
    """Nothing is under way: choose a class."""
    if my.current or my.waiting or my.is_empty:
        return None  # an empty page says it itself
    return {
        "over": _("Nothing is waiting for you"),
        "title": _("Choose your next class"),
        "detail": "",
        "url": reverse("enrolment:run_list"),
        "label": _("See the classes"),
    }


def _may_sit_again(standing: Standing) -> bool:
    return bool(standing.results) and not any(result.passed for result in standing.results)


def _in_a_line(session: Session, run: CourseRun) -> str:
    when = f"{shortdate(session.starts_at)} {clock(session.starts_at)}–{clock(session.ends_at)}"
    instructor = _("Instructor: %(name)s") % {"name": session.instructor} if session.instructor else ""
    return " · ".join(filter(None, [when, session.room or run.place, instructor]))


# --- other places ----------------------------------------------------------------------------------


def run_context(request: HttpRequest, run: CourseRun) -> dict[str, Any] | None:
    """The run's materials and lessons that this reader may have, and for its instructors the way to post."""
    materials = materials_of_run(run, request.user)
    lessons = [item for item in _lessons(request, run.course) if item.is_open] if request.user.is_authenticated else []
    may_post = can_post_material(request.user, run)
    if not (materials or lessons or may_post):
        return None
    return {"run": run, "materials": materials, "lessons": lessons, "may_post": may_post}


def course_context(request: HttpRequest, course: Course) -> dict[str, Any] | None:
    """The lessons of the course, with a lock where this reader may not open one."""
    lessons = _lessons(request, course)
    return {"course": course, "lessons": lessons} if lessons else None


def today_context(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """The runs that an instructor teaches now, with the way to their materials and to writing lessons."""
    today = timezone.localdate()
    runs = runs_taught_by(request.user).filter(ends_on__gte=today, cancelled_at__isnull=True).select_related("course")
    found = list(runs.order_by("starts_on", "code")[:12])
    return {"runs": found, "may_write": bool(courses_open_to(request.user) != set())} if found else None


def task_context(request: HttpRequest, task: ProcurementTask) -> dict[str, Any] | None:
    """What teaches the subjects of a buyer's task, with a lock where this reader may not open it."""
    subjects = task.subjects.values_list("pk", flat=True)
    pages = teaching_of_subjects(subjects, request.user, language=get_language() or "zh-hant", limit=6)
    return {"pages": pages} if pages else None


def subject_context(request: HttpRequest, subject: Subject) -> dict[str, Any] | None:
    """What teaches a subject, in a few lines; all subjects of a page are read at once. None on a page that teaches."""
    if getattr(request, "is_teaching", False):
        return None
    by_subject: dict[int, list[Listed]] | None = getattr(request, "teaching_by_subject", None)
    if by_subject is None:
        by_subject = teaching_by_subject(request.user, language=get_language() or "zh-hant")
        request.teaching_by_subject = by_subject  # type: ignore[attr-defined]  # kept for the page's other subjects
    pages = by_subject.get(subject.pk, [])[:TEACHING_OF_A_SUBJECT]
    return {"pages": pages} if pages else None


def _lessons(request: HttpRequest, course: Course) -> list[Any]:
    return lessons_of_course(course, request.user, language=get_language() or "zh-hant")


add_entry(order=50, label=gettext_lazy("My learning"), url_name="learning:my_learning", predicate=has_person)

fill(Slot.MY_NEXT, order=10, template="learning/next_panel.html", context=session_of_today)
fill(Slot.MY_NEXT, order=30, template="learning/next_panel.html", context=something_to_read)
fill(Slot.MY_NEXT, order=40, template="learning/next_panel.html", context=next_class)
fill(Slot.MY_NEXT, order=50, template="learning/next_panel.html", context=exam_to_pass)
fill(Slot.MY_NEXT, order=90, template="learning/next_panel.html", context=pick_a_class)
fill(Slot.RUN_PAGE, order=40, template="learning/run_panel.html", context=run_context)
fill(Slot.COURSE_PAGE, order=40, template="learning/course_panel.html", context=course_context)
fill(Slot.TASK, order=40, template="learning/task_panel.html", context=task_context)
fill(Slot.SUBJECT, order=40, template="learning/subject_panel.html", context=subject_context)
fill(
    Slot.TODAY,
    order=40,
    template="learning/today_panel.html",
    context=today_context,
    predicate=can_use_materials,
)
