"""Who reads, posts and edits teaching content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wagtail.models import Page

from accounts.permissions import is_administrator, is_instructor
from consultations.models import QuestionPage
from consultations.permissions import can_draft_questions
from courses.catalogue.models import CoursePage, CourseRun
from courses.catalogue.permissions import can_teach_run, sessions_taught_by
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from faculty.models import Instructor
from website.enums import Visibility

if TYPE_CHECKING:
    from .models import Material, TeachingPage


def teaches_course(user: Any, course_id: int) -> bool:
    """Whether `user` is the active instructor of some session of the course."""
    return sessions_taught_by(user).filter(run__course_id=course_id).exists()


def courses_taught_by(user: Any) -> set[int]:
    """Return the courses of which `user` teaches some session."""
    return set(sessions_taught_by(user).values_list("run__course_id", flat=True))


def is_seed_teacher(user: Any) -> bool:
    """Whether `user` is an active seed teacher (種子教師)."""
    person_id = getattr(user, "person_id", None)
    if person_id is None:
        return False
    return Instructor.objects.filter(person_id=person_id, is_seed_teacher=True, is_active=True).exists()


def can_study_course(user: Any, course_id: int) -> bool:
    """Whether what is for the enrolled of the course is open to `user`.

    It is for those who hold or held a seat in any of its runs, for the course's instructors and for
    administrators; not for those who withdrew or only wait.
    """
    if not user.is_authenticated:
        return False
    if is_administrator(user) or teaches_course(user, course_id):
        return True
    if user.person_id is None:
        return False
    return Enrolment.objects.filter(
        person_id=user.person_id, run__course_id=course_id, state=EnrolmentState.CONFIRMED
    ).exists()


def courses_open_to(user: Any) -> set[int] | None:
    """Return the courses whose content for the enrolled is open to `user`; None means all of them."""
    if not user.is_authenticated:
        return set()
    if is_administrator(user):
        return None
    if user.person_id is None:
        return set()
    held = Enrolment.objects.filter(person_id=user.person_id, state=EnrolmentState.CONFIRMED)
    return set(held.values_list("run__course_id", flat=True)) | courses_taught_by(user)


def can_view_teaching_page(user: Any, page: TeachingPage) -> bool:
    """Whether `user` (perhaps anonymous) may read a lesson or lecture.

    A lesson for the enrolled asks `can_study_course`. A lecture belongs to no course and is public or for
    the signed-in.
    """
    if page.visibility == Visibility.PUBLIC:
        return True
    if not user.is_authenticated:
        return False
    if page.visibility == Visibility.SIGNED_IN or is_administrator(user):
        return True
    course_id = page.course_id
    return course_id is not None and can_study_course(user, course_id)


def viewable_teaching_pages(user: Any, pages: Sequence[TeachingPage], courses: dict[int, int]) -> set[int]:
    """Return the numbers of those `pages` that `user` may read, asking once for all.

    `courses` gives the course of each page that belongs to one. The rule is `can_view_teaching_page`.
    """
    free = {Visibility.PUBLIC, Visibility.SIGNED_IN} if user.is_authenticated else {Visibility.PUBLIC}
    allowed = {page.pk for page in pages if page.visibility in free}
    if len(allowed) == len(pages) or not user.is_authenticated:
        return allowed
    open_courses = courses_open_to(user)
    if open_courses is None:
        return {page.pk for page in pages}
    return allowed | {pk for pk, course_id in courses.items() if course_id in open_courses}


def can_view_material(user: Any, material: Material) -> bool:
    """Whether `user` (perhaps anonymous) may download a material.

    Withdrawn ones are open only to those who teach the run. One for the enrolled is open to the
    enrolled of that run, not of others.
    """
    if can_teach_run(user, material.run):
        return True
    if material.withdrawn_at is not None:
        return False
    return material.visibility in visibilities_of_run(user, material.run)


def visibilities_of_run(user: Any, run: CourseRun) -> list[str]:
    """Return the kinds of visibility of the run's materials that are open to `user`."""
    if can_teach_run(user, run):
        return list(Visibility.values)
    if not user.is_authenticated:
        return [Visibility.PUBLIC]
    if (
        user.person_id is not None
        and run.enrolments.filter(person_id=user.person_id, state=EnrolmentState.CONFIRMED).exists()
    ):
        return list(Visibility.values)
    return [Visibility.PUBLIC, Visibility.SIGNED_IN]


def can_post_material(user: Any, run: CourseRun) -> bool:
    """Whether `user` may post and withdraw materials of the run: its instructors and administrators."""
    return can_teach_run(user, run)


def can_use_materials(user: Any) -> bool:
    """Whether `user` has materials to keep at all."""
    return is_administrator(user) or is_instructor(user)


# --- pages in Wagtail's admin --------------------------------------------------------------------
#
# Wagtail gives the instructors' group "add" on whole branches of the tree, which lets each edit their
# own pages. These predicates narrow it to the courses a person teaches; `wagtail_hooks` asks them.


def is_bound_to_own_courses(user: Any) -> bool:
    """Whether the narrowing applies: instructors who are not administrators as well."""
    return is_instructor(user) and not is_administrator(user)


def can_add_teaching_page(user: Any, parent: Page, page_class: type[Page]) -> bool:
    """Whether an instructor may write a page of `page_class` under `parent`.

    Lessons under the page of a course they teach, lectures as a seed teacher, questions and answers as a hotline
    officer, nothing else.
    """
    from .models import LecturePage, LessonPage

    if not is_bound_to_own_courses(user) or (page_class is QuestionPage and can_draft_questions(user)):
        return True
    if page_class is LessonPage:
        place = parent.specific
        return isinstance(place, CoursePage) and teaches_course(user, place.course_id)
    return page_class is LecturePage and is_seed_teacher(user)


def can_change_teaching_page(user: Any, page: Page) -> bool:
    """Whether an instructor may still edit, move or delete their own `page`.

    Who is a hotline officer as well writes questions and answers by the rules of the hotline, which are Wagtail's.
    """
    from .models import LecturePage, LessonPage

    if not is_bound_to_own_courses(user):
        return True
    if page.specific_class is QuestionPage and can_draft_questions(user):
        return True
    if page.owner_id != user.pk:
        return False
    page = page.specific
    if isinstance(page, LessonPage):
        return page.course_id is not None and teaches_course(user, page.course_id)
    return isinstance(page, LecturePage) and is_seed_teacher(user)
