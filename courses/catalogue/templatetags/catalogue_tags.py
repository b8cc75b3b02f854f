"""Tags and filters of course and run pages."""

from __future__ import annotations

from dataclasses import dataclass, field

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.catalogue.models import Course, CourseIndexPage, CoursePage, Curriculum, Paper
from courses.catalogue.rules import Rule, pass_mark, rules_of
from courses.catalogue.selectors import current_curriculum
from library.models import Subject

register = template.Library()


@dataclass(frozen=True)
class SubjectRow:
    """A subject with its hours and the paper it is examined in, as shown."""

    subject: Subject
    hours: str
    paper: str


@dataclass(frozen=True)
class CourseFacts:
    """What the curriculum in force today says of a course."""

    curriculum: Curriculum | None
    hours: str = ""
    subjects: list[SubjectRow] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    full_marks: int = 0
    pass_mark: int = 0


@dataclass(frozen=True)
class CourseCard:
    """A course page in the list of courses, with its facts in one line."""

    page: CoursePage
    facts: str


@register.filter
def rules(curriculum: Curriculum) -> list[Rule]:
    """Return the rules of a curriculum in words: `{% for rule in run.curriculum|rules %}`."""
    return rules_of(curriculum)


@register.simple_tag
def course_facts(course: Course) -> CourseFacts:
    """Return the facts of a course as of today: `{% course_facts page.course as facts %}`."""
    curriculum = current_curriculum(course, timezone.localdate())
    if curriculum is None:
        return CourseFacts(None)
    papers = list(curriculum.papers.all())
    names = {paper.name: str(paper) for paper in papers}
    subjects = [
        SubjectRow(row.subject, f"{row.hours.normalize():f}", names.get(row.paper_name, row.paper_name))
        for row in curriculum.subjects.select_related("subject")
    ]
    return CourseFacts(
        curriculum=curriculum,
        hours=f"{curriculum.total_hours.normalize():f}" if subjects else "",
        subjects=subjects,
        papers=papers,
        full_marks=curriculum.full_marks,
        pass_mark=pass_mark(curriculum),
    )


@register.simple_tag
def course_cards(index: CourseIndexPage) -> list[CourseCard]:
    """Return the live course pages below `index`, each with its kind and hours."""
    pages = CoursePage.objects.child_of(index).live().public().select_related("course", "locale", "alias_of__locale")
    return [CourseCard(page, _in_one_line(page.course)) for page in pages]


def _in_one_line(course: Course) -> str:
    curriculum = current_curriculum(course, timezone.localdate())
    parts = [str(course.get_kind_display())]
    if curriculum and (hours := curriculum.total_hours):
        parts.append(_("%(hours)s hours") % {"hours": f"{hours.normalize():f}"})
    return " · ".join(parts)
