"""Reads of teaching content and of completion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import Person
from accounts.permissions import is_administrator
from courses.assessment.models import Result
from courses.attendance.selectors import ledgers_of
from courses.catalogue.models import Course, CoursePage, CourseRun
from courses.catalogue.permissions import sessions_taught_by
from courses.catalogue.selectors import runs_visible
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from library.models import Subject

from .completion import CompletionVerdict, judge
from .models import LectureIndexPage, LecturePage, LessonPage, Material
from .permissions import visibilities_of_run

MOST_TEACHING = 500
"""Lessons, and lectures, that are looked at when every subject is asked for."""

# --- completion ----------------------------------------------------------------------------------


def completion_of_run(run: CourseRun) -> list[CompletionVerdict]:
    """Return the verdict on every active enrolment of `run`, by number. Constant queries."""
    return completion_of_enrolments(
        Enrolment.objects.filter(run=run, state=EnrolmentState.CONFIRMED)
        .select_related("person", "agency")
        .order_by("number")
    )


def completion_of(enrolment: Enrolment) -> CompletionVerdict:
    """Return the verdict on one enrolment."""
    return completion_of_enrolments([enrolment])[0]


def completion_of_enrolments(enrolments: Iterable[Enrolment]) -> list[CompletionVerdict]:
    """Return the verdicts on `enrolments`, of any number of runs, in their order. Constant queries."""
    rows = list(enrolments)
    ledgers = ledgers_of([(row.pk, row.run_id) for row in rows])
    run_ids = {row.run_id for row in rows}
    runs = {
        run.pk: run
        for run in CourseRun.objects.filter(pk__in=run_ids)
        .select_related("course", "curriculum")
        .prefetch_related("curriculum__papers")
    }
    results = _results_by_enrolment({row.pk for row in rows}, run_ids)
    return [
        judge(row, curriculum=runs[row.run_id].curriculum, ledger=ledgers[row.pk], results=results.get(row.pk, []))
        for row in rows
    ]


def _results_by_enrolment(
    enrolment_ids: set[int], run_ids: set[int], *, with_scores: bool = False
) -> dict[int, list[Result]]:
    """Return each enrolment's results by sitting. Asked by run, since lists of ids have a limit."""
    found: dict[int, list[Result]] = defaultdict(list)
    results = Result.objects.filter(enrolment__run__in=run_ids)
    if len(enrolment_ids) < 100:
        results = results.filter(enrolment__in=enrolment_ids)
    if with_scores:
        results = results.prefetch_related("scores__paper")
    for result in results.select_related("sitting").order_by("sitting__number", "sitting__held_on"):
        if result.enrolment_id in enrolment_ids:
            found[result.enrolment_id].append(result)
    return found


def results_of_enrolments(enrolments: Iterable[Enrolment]) -> dict[int, list[Result]]:
    """Return the results of all sittings with the papers' scores, by enrolment. Constant queries."""
    rows = list(enrolments)
    return _results_by_enrolment({row.pk for row in rows}, {row.run_id for row in rows}, with_scores=True)


# --- lessons and lectures ------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A page in a list, and whether this reader may open it."""

    page: Any
    is_open: bool


def _listed(pages: Sequence[LessonPage] | Sequence[LecturePage], user: Any) -> list[Listed]:
    open_ids = type(pages[0]).viewable_ids(pages, user) if pages else set()
    return [Listed(page, page.pk in open_ids) for page in pages]


def lessons_of_course(course: Course, user: Any, *, language: str) -> list[Listed]:
    """Return the live lessons of `course` in `language`, each with whether `user` may open it."""
    return lessons_of_courses([course.pk], user, language=language).get(course.pk, [])


def lessons_of_courses(course_ids: Iterable[int], user: Any, *, language: str) -> dict[int, list[Listed]]:
    """Return the live lessons of many courses in `language`, in the order of the page tree. Constant queries."""
    pages_of_courses = CoursePage.objects.live().filter(course__in=course_ids, locale__language_code=language)
    homes = dict(pages_of_courses.values_list("path", "course_id"))
    if not homes:
        return {}
    branches = LessonPage.objects.live().public().filter(locale__language_code=language)
    pages = [
        page
        for page in branches.select_related("subject", "locale", "alias_of__locale").defer("body").order_by("path")
        if page.path[: -page.steplen] in homes
    ]
    found: dict[int, list[Listed]] = defaultdict(list)
    for item in _listed(pages, user):
        found[homes[item.page.path[: -item.page.steplen]]].append(item)
    return found


def lectures_under(index: LectureIndexPage, user: Any) -> list[Listed]:
    """Return the live lectures under `index`, newest first, each with whether `user` may open it."""
    pages = (
        LecturePage.objects.child_of(index)
        .live()
        .public()
        .select_related("subject", "lecturer__person", "locale", "alias_of__locale")
        .defer("body")
        .order_by("-first_published_at", "-pk")
    )
    return _listed(list(pages), user)


def teaching_of_subjects(subject_ids: Iterable[int], user: Any, *, language: str, limit: int) -> list[Listed]:
    """Return the live lessons, then lectures, in `language` that teach the subjects, at most `limit` of each.

    Each comes with whether `user` may open it. The number of queries does not grow with the pages.
    """
    wanted = set(subject_ids)
    found: list[Listed] = []
    if not wanted:
        return found
    for page_type in (LessonPage, LecturePage):
        pages = page_type.objects.live().public().filter(subject__in=wanted, locale__language_code=language)
        shown = pages.select_related("subject", "locale", "alias_of__locale").defer("body").order_by("path")[:limit]
        found += _listed(list(shown), user)
    return found


def teaching_by_subject(user: Any, *, language: str) -> dict[int, list[Listed]]:
    """Return what `teaching_of_subjects` finds for every subject, by subject. The queries do not grow with them."""
    found: dict[int, list[Listed]] = defaultdict(list)
    subjects = Subject.objects.values_list("pk", flat=True)
    for listed in teaching_of_subjects(subjects, user, language=language, limit=MOST_TEACHING):
        found[listed.page.subject_id].append(listed)
    return found


# --- materials -----------------------------------------------------------------------------------


def materials_of_run(run: CourseRun, user: Any) -> list[Material]:
    """Return the run's materials that `user` may download, without the withdrawn ones."""
    materials = Material.objects.filter(
        run=run, withdrawn_at__isnull=True, visibility__in=visibilities_of_run(user, run)
    )
    return list(materials.select_related("subject").order_by("pk"))


def materials_of_runs(run_ids: Iterable[int]) -> dict[int, list[Material]]:
    """Return the materials of runs in which the reader is enrolled, by run. One query."""
    found: dict[int, list[Material]] = defaultdict(list)
    for material in (
        Material.objects.filter(run__in=run_ids, withdrawn_at__isnull=True).select_related("subject").order_by("pk")
    ):
        found[material.run_id].append(material)
    return found


def runs_taught_by(user: Any) -> QuerySet[CourseRun]:
    """Return the runs whose materials `user` keeps: those taught, or all for an administrator."""
    if is_administrator(user):
        return CourseRun.objects.all()
    return CourseRun.objects.filter(pk__in=sessions_taught_by(user).values("run"))


def materials_kept_by(user: Any) -> QuerySet[Material]:
    """Return the materials, withdrawn ones too, of the runs that `user` teaches."""
    return Material.objects.filter(run__in=runs_taught_by(user).values("pk"))


# --- a person's own ------------------------------------------------------------------------------


def enrolments_of_person(person: Person) -> QuerySet[Enrolment]:
    """Return the person's active enrolments with their runs, the next or latest run first."""
    return (
        Enrolment.objects.filter(person=person, state=EnrolmentState.CONFIRMED)
        .select_related("person", "agency")
        .prefetch_related(Prefetch("run", runs_visible()), "run__curriculum__papers")
        .order_by("-run__starts_on", "-pk")
    )
