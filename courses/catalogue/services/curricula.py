"""The five standard courses, and how curricula follow each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from common.audit import audit
from common.errors import DomainError
from library.services import ensure_subjects
from qualifications.enums import Level

from ..enums import CompletionRule, CourseKind
from ..models import Course, Curriculum, CurriculumSubject, Paper
from ..selectors import is_in_use

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class _Standard:
    """A course that every installation begins with."""

    kind: CourseKind
    name: str
    name_en: str
    source: str
    required_level: str = ""
    rule: CompletionRule = CompletionRule.ATTENDANCE_SHARE


# The day from which our oldest records (classes of the year 107) follow the tables below.
_SINCE = date(2018, 1, 1)

_STANDARD_COURSES = [
    _Standard(
        CourseKind.BASIC, "採購專業人員基礎班", "Basic class for procurement professionals",
        "採購專業人員資格考試訓練發證及管理辦法第 11 條附表（基礎訓練 14 科 66 小時；法規類 4 科之時數，"
        "係依考試配題每小時是非 1 題、選擇 2 題推算，請以附表核對）；考試及缺課依第 15 條",
        rule=CompletionRule.ABSENCE_AND_EXAM,
    ),
    _Standard(
        CourseKind.ADVANCED, "採購專業人員進階班", "Advanced class for procurement professionals",
        "採購專業人員資格考試訓練發證及管理辦法第 11 條附表（進階訓練之科目與時數尚未核對，請依附表填入）；"
        "考試及缺課依第 15 條",
        required_level=Level.BASIC, rule=CompletionRule.ABSENCE_AND_EXAM,
    ),
    _Standard(
        CourseKind.LECTURE, "採購法專題系列講座", "Lecture series on the Procurement Act",
        "本府自訂：出席達全部時數百分之九十（資格辦法第 22 條之在職訓練）",
    ),
    _Standard(
        CourseKind.SEED, "採購種子教師訓練", "Training of procurement seed teachers",
        "本府自訂：出席達全部時數百分之九十（資格辦法第 22 條之在職訓練）",
    ),
    _Standard(
        CourseKind.WORKSHOP, "採購實機操作", "Hands-on workshop",
        "本府自訂：出席達全部時數百分之九十（資格辦法第 22 條之在職訓練）",
    ),
]  # fmt: skip

# Number of the subject, hours, paper: the statutory table of basic training (14 subjects, 66 hours).
_BASIC_TABLE = [
    ("01", "2", "法規"),
    ("02", "14", "法規"),
    ("03", "2", "法規"),
    ("04", "5", "法規"),
    ("05", "4", "其他"),
    ("06", "4", "其他"),
    ("07", "6", "實務"),
    ("08", "6", "實務"),
    ("09", "4", "其他"),
    ("10", "6", "實務"),
    ("11", "3", "其他"),
    ("12", "2", "其他"),
    ("13", "2", "其他"),
    ("14", "6", "實務"),
]

_BASIC_PAPERS = [("法規", "Law", 115), ("實務", "Practice", 120), ("其他", "Other", 95)]


@transaction.atomic
def ensure_standard_courses() -> dict[CourseKind, Course]:
    """Lay the courses of the five kinds, each with its first curriculum, where they are missing.

    Idempotent, and never changes what is there: an installation may have corrected it.
    """
    courses = {}
    for standard in _STANDARD_COURSES:
        course, _is_new = Course.objects.get_or_create(
            code=standard.kind.value,
            defaults={
                "kind": standard.kind,
                "name": standard.name,
                "name_en": standard.name_en,
                "required_level": standard.required_level,
            },
        )
        courses[standard.kind] = course
        if not course.curricula.exists():
            curriculum = Curriculum.objects.create(
                course=course, effective_from=_SINCE, source=standard.source, completion_rule=standard.rule
            )
            if standard.kind == CourseKind.BASIC:
                _fill_basic_table(curriculum)
    return courses


def _fill_basic_table(curriculum: Curriculum) -> None:
    for order, (name, name_en, full_marks) in enumerate(_BASIC_PAPERS, 1):
        Paper.objects.create(curriculum=curriculum, order=order, name=name, name_en=name_en, full_marks=full_marks)
    subjects = {subject.code: subject for subject in ensure_subjects()}
    for order, (code, hours, paper) in enumerate(_BASIC_TABLE, 1):
        CurriculumSubject.objects.create(
            curriculum=curriculum, order=order, subject=subjects[code], hours=Decimal(hours), paper_name=paper
        )


@transaction.atomic
def save_curriculum(*, curriculum: Curriculum, by: User | None) -> Curriculum:
    """Save a new or edited curriculum with its rows, as the form left them in memory.

    Raises DomainError `curriculum_in_use` when a run by it has begun: the rules of what has been taught
    stay as they were, and `succeed_curriculum` makes the next one.
    """
    is_new = curriculum.pk is None
    if not is_new and is_in_use(Curriculum.objects.select_for_update().get(pk=curriculum.pk)):
        raise DomainError(
            _("A run by this curriculum has begun, so it stays as it is. Make a new one from a later day."),
            code="curriculum_in_use",
        )
    curriculum.save()
    audit(
        "curriculum.created" if is_new else "curriculum.changed", obj=curriculum, by=by,
        hours=str(curriculum.total_hours), full_marks=curriculum.full_marks,
    )  # fmt: skip
    return curriculum


@transaction.atomic
def succeed_curriculum(*, curriculum: Curriculum, effective_from: date, source: str, by: User | None) -> Curriculum:
    """Copy a curriculum with all its rows to one in force from `effective_from`, to be edited there.

    Raises DomainError `not_later` unless the day is later than the curriculum's own, `day_taken` when the
    course already has one from that day.
    """
    if effective_from <= curriculum.effective_from:
        raise DomainError(_("The new curriculum must begin on a later day than the one before."), code="not_later")
    if Curriculum.objects.filter(course=curriculum.course_id, effective_from=effective_from).exists():
        raise DomainError(_("This course already has a curriculum from this day."), code="day_taken")
    copied = (
        "course_id", "minutes_per_hour", "completion_rule", "absence_numerator", "absence_denominator",
        "excused_counts_as_missed", "attendance_percent", "pass_percent", "zero_paper_fails",
    )  # fmt: skip
    successor = Curriculum.objects.create(
        effective_from=effective_from, source=source, **{name: getattr(curriculum, name) for name in copied}
    )
    for paper in curriculum.papers.all():
        Paper.objects.create(
            curriculum=successor, order=paper.order, name=paper.name, name_en=paper.name_en,
            full_marks=paper.full_marks, minutes=paper.minutes,
        )  # fmt: skip
    for row in curriculum.subjects.all():
        CurriculumSubject.objects.create(
            curriculum=successor, order=row.order, subject_id=row.subject_id, hours=row.hours,
            paper_name=row.paper_name,
        )  # fmt: skip
    audit("curriculum.succeeded", obj=successor, by=by, before=curriculum.pk)
    return successor
