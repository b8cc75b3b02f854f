"""The standard courses, and how rules follow each other in time."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import timezone

from common.errors import DomainError
from courses.catalogue.enums import CompletionRule, CourseKind
from courses.catalogue.models import Curriculum
from courses.catalogue.rules import pass_mark, rules_of
from courses.catalogue.selectors import current_curriculum
from courses.catalogue.services import ensure_standard_courses, save_curriculum, succeed_curriculum
from library.models import Subject
from qualifications.enums import Level
from tests.factories.catalogue import BasicCurriculumFactory, CourseRunFactory, CurriculumFactory

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def basic():
    return ensure_standard_courses()[CourseKind.BASIC].curricula.get()


def test_the_basic_class_is_fourteen_subjects_and_sixty_six_hours(basic):
    hours = [row.hours for row in basic.subjects.all()]
    assert (len(hours), sum(hours), basic.total_minutes) == (14, Decimal(66), 3960)
    by_paper = {}
    for row in basic.subjects.all():
        by_paper[row.paper_name] = by_paper.get(row.paper_name, 0) + row.hours
    assert by_paper == {"法規": 23, "實務": 24, "其他": 19}


def test_the_basic_class_has_three_papers_of_330_points_and_231_pass(basic):
    """資格辦法 §15: 70 % of the full marks; absence of more than 1/10 bars from the exam."""
    assert [(paper.name, paper.full_marks) for paper in basic.papers.all()] == [
        ("法規", 115), ("實務", 120), ("其他", 95),
    ]  # fmt: skip
    assert (basic.full_marks, pass_mark(basic)) == (330, 231)
    assert basic.absence_share == Fraction(1, 10)
    assert basic.completion_rule == CompletionRule.ABSENCE_AND_EXAM
    assert "推算" in basic.source


def test_the_advanced_class_demands_the_basic_qualification_and_its_table_is_empty():
    advanced = ensure_standard_courses()[CourseKind.ADVANCED]
    assert advanced.required_level == Level.BASIC
    assert advanced.curricula.get().subjects.count() == 0


def test_laying_the_standard_courses_again_changes_nothing_that_was_corrected(basic):
    basic.subjects.filter(order=2).update(hours=Decimal(13))
    Subject.objects.filter(code="01").update(name="改名")
    ensure_standard_courses()
    assert Curriculum.objects.filter(course__kind=CourseKind.BASIC).count() == 1
    assert basic.subjects.get(order=2).hours == Decimal(13)
    assert Subject.objects.get(code="01").name == "改名"


def test_the_curriculum_of_a_day_is_the_last_one_in_force():
    old = CurriculumFactory(effective_from=datetime.date(2018, 1, 1))
    new = CurriculumFactory(course=old.course, effective_from=datetime.date(2020, 1, 1))
    assert current_curriculum(old.course, datetime.date(2017, 12, 31)) is None
    assert current_curriculum(old.course, datetime.date(2019, 12, 31)) == old
    assert current_curriculum(old.course, datetime.date(2020, 1, 1)) == new


def test_a_curriculum_of_a_begun_run_is_succeeded_not_edited():
    curriculum = BasicCurriculumFactory()
    curriculum.pass_percent = 60
    save_curriculum(curriculum=curriculum, by=None)
    CourseRunFactory(curriculum=curriculum, starts_on=TODAY)
    with pytest.raises(DomainError) as refused:
        save_curriculum(curriculum=curriculum, by=None)
    assert refused.value.code == "curriculum_in_use"
    successor = succeed_curriculum(curriculum=curriculum, effective_from=TODAY, source="修正", by=None)
    assert (successor.full_marks, successor.total_hours, successor.pass_percent) == (330, Decimal(66), 60)
    successor.pass_percent = 70
    assert save_curriculum(curriculum=successor, by=None).pass_percent == 70


def test_a_successor_must_begin_later():
    curriculum = CurriculumFactory(effective_from=TODAY)
    with pytest.raises(DomainError) as refused:
        succeed_curriculum(curriculum=curriculum, effective_from=TODAY, source="x", by=None)
    assert refused.value.code == "not_later"


def test_rules_are_said_with_their_numbers_and_articles(basic):
    said = {rule.label: rule.text for rule in rules_of(basic)}
    assert list(said) == ["缺課", "測驗", "補考", "結訓"]
    assert "1/10" in said["缺課"]
    assert "6 小時 36 分" in said["缺課"]
    assert "資格辦法第 15 條" in said["缺課"]
    assert "231" in said["測驗"]
