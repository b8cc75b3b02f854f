"""Courses, curricula, runs, sessions. A run made here opens for enrolment now and begins in 14 days."""

import datetime
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from courses.catalogue.enums import CompletionRule, CourseKind
from courses.catalogue.models import Course, CourseRun, Curriculum, CurriculumSubject, Paper, Session
from tests.factories.faculty import InstructorFactory
from tests.factories.library import SubjectFactory


class CourseFactory(DjangoModelFactory[Course]):
    class Meta:
        model = Course

    code = factory.Sequence(lambda n: f"course-{n}")
    kind = CourseKind.LECTURE
    name = factory.Sequence(lambda n: f"專題講座{n}")
    name_en = factory.Sequence(lambda n: f"Lecture {n}")


class CurriculumFactory(DjangoModelFactory[Curriculum]):
    class Meta:
        model = Curriculum

    course = factory.SubFactory(CourseFactory)
    effective_from = datetime.date(2015, 1, 1)
    source = "test"


class PaperFactory(DjangoModelFactory[Paper]):
    class Meta:
        model = Paper

    curriculum = factory.SubFactory(CurriculumFactory)
    order = factory.Sequence(lambda n: n)
    name = factory.Sequence(lambda n: f"試卷{n}")
    full_marks = 100


class CurriculumSubjectFactory(DjangoModelFactory[CurriculumSubject]):
    class Meta:
        model = CurriculumSubject

    curriculum = factory.SubFactory(CurriculumFactory)
    order = factory.Sequence(lambda n: n)
    subject = factory.SubFactory(SubjectFactory)
    hours = Decimal("6")


class BasicCurriculumFactory(CurriculumFactory):
    """A basic class of 66 hours in three subjects, three papers 115 + 120 + 95 = 330 points."""

    class Meta:
        skip_postgeneration_save = True

    course = factory.SubFactory(CourseFactory, kind=CourseKind.BASIC, name="採購專業人員基礎班")
    completion_rule = CompletionRule.ABSENCE_AND_EXAM

    @factory.post_generation
    def rows(obj: Curriculum, create: bool, extracted: object, **kwargs: object) -> None:
        for order, (paper, hours, marks) in enumerate([("法規", 23, 115), ("實務", 24, 120), ("其他", 19, 95)], 1):
            PaperFactory(curriculum=obj, order=order, name=paper, full_marks=marks)
            CurriculumSubjectFactory(curriculum=obj, order=order, hours=Decimal(hours), paper_name=paper)


class CourseRunFactory(DjangoModelFactory[CourseRun]):
    class Meta:
        model = CourseRun

    class Params:
        basic = factory.Trait(curriculum=factory.SubFactory(BasicCurriculumFactory))

    curriculum = factory.SubFactory(CurriculumFactory)
    course = factory.SelfAttribute("curriculum.course")
    roc_year = 115
    term = factory.Sequence(lambda n: n + 1)
    code = factory.LazyAttribute(lambda o: f"{o.roc_year}-{o.course.kind}-{o.term}")
    starts_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=14))
    ends_on = factory.LazyAttribute(lambda o: o.starts_on + datetime.timedelta(days=10))
    seats = 3
    place = "臺灣大道市政大樓"
    enrol_from = factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(days=1))
    enrol_until = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=7))
    withdraw_until = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=10))


class SessionFactory(DjangoModelFactory[Session]):
    """Three hours in the morning of the run's first day."""

    class Meta:
        model = Session

    run = factory.SubFactory(CourseRunFactory)
    number = factory.Sequence(lambda n: n + 1)
    subject = factory.SubFactory(SubjectFactory)
    starts_at = factory.LazyAttribute(
        lambda o: datetime.datetime.combine(o.run.starts_on, datetime.time(9), timezone.get_current_timezone())
    )
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + datetime.timedelta(hours=3))
    minutes = 180
    room = "401"
    instructor = factory.SubFactory(InstructorFactory)
