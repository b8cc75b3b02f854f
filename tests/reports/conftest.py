"""The six basic classes of the year 107 as the city reported them; who is in them is invented."""

import datetime

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Agency, Person, User
from courses.assessment.models import Certification, Result, Sitting
from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from qualifications.models import QualificationRecord
from tests.factories.accounts import AgencyFactory, UserFactory
from tests.factories.catalogue import BasicCurriculumFactory, CourseRunFactory, SessionFactory

PUBLISHED = [(70, 64), (70, 63), (70, 60), (70, 57), (70, 62), (60, 51)]
FIRST_DAYS = [(3, 5), (4, 16), (5, 21), (7, 2), (8, 20), (10, 1)]


def lay_run(curriculum, agencies: list[Agency], *, term: int, trained: int, certified: int) -> CourseRun:
    """Lay one class. One more withdrew before it began; of those certified seven passed in the make-up only."""
    run = CourseRunFactory(
        curriculum=curriculum, roc_year=107, term=term, starts_on=datetime.date(2018, *FIRST_DAYS[term - 1]), seats=70
    )
    session = SessionFactory(run=run)
    people = Person.objects.bulk_create(Person(name=f"學員{term}之{n}") for n in range(trained + 1))
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(
            run=run, person=person, agency=agencies[n % len(agencies)], number=n + 1,
            confirmed_at=session.starts_at - datetime.timedelta(days=20),
            state=EnrolmentState.CONFIRMED if n < trained else EnrolmentState.WITHDRAWN,
            withdrawn_at=None if n < trained else session.starts_at - datetime.timedelta(days=1),
        )
        for n, person in enumerate(people)
    )  # fmt: skip
    first = Sitting.objects.create(run=run, number=0, held_on=run.ends_on + datetime.timedelta(days=5))
    make_up = Sitting.objects.create(run=run, number=1, held_on=run.ends_on + datetime.timedelta(days=40))
    passing, failing, absent = enrolments[:certified], enrolments[certified : trained - 1], enrolments[trained - 1]
    Result.objects.bulk_create(
        [
            *[Result(sitting=first, enrolment=e, total=228, passed=False) for e in [*passing[:7], *failing]],
            *[Result(sitting=make_up, enrolment=e, total=231, passed=True) for e in passing[:7]],
            *[Result(sitting=first, enrolment=e, total=300, passed=True) for e in passing[7:]],
            Result(sitting=first, enrolment=absent, absent=True),
        ]
    )
    records = QualificationRecord.objects.bulk_create(
        QualificationRecord(
            person=e.person, level="basic", number=f"{run.code}/{e.number}",
            issued_on=(make_up if n < 7 else first).held_on + datetime.timedelta(days=14),
        )
        for n, e in enumerate(passing)
    )  # fmt: skip
    Certification.objects.bulk_create(
        Certification(enrolment=e, record=record) for e, record in zip(passing, records, strict=True)
    )
    return run


@pytest.fixture
def year_107(db: None) -> list[CourseRun]:
    curriculum = BasicCurriculumFactory()
    agencies = [AgencyFactory(name="臺中市政府建設局"), AgencyFactory(name="臺中市政府教育局")]
    return [
        lay_run(curriculum, agencies, term=term, trained=trained, certified=certified)
        for term, (trained, certified) in enumerate(PUBLISHED, 1)
    ]


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def viewer(db: None) -> User:
    return UserFactory(roles=[Role.REPORT_VIEWER])


@pytest.fixture
def today() -> datetime.date:
    return timezone.localdate()
