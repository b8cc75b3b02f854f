"""Sittings, results and national certificates, laid directly (the services have their own tests)."""

import datetime

import factory
from factory.django import DjangoModelFactory

from courses.assessment.models import Certification, Result, Sitting
from qualifications.enums import Level
from qualifications.models import QualificationRecord
from tests.factories.enrolment import EnrolmentFactory


class SittingFactory(DjangoModelFactory[Sitting]):
    """The first exam of a run, five days after its last day."""

    class Meta:
        model = Sitting
        django_get_or_create = ("run", "number")

    run = factory.SubFactory("tests.factories.catalogue.CourseRunFactory", basic=True)
    number = 0
    held_on = factory.LazyAttribute(lambda o: o.run.ends_on + datetime.timedelta(days=5))


class ResultFactory(DjangoModelFactory[Result]):
    """A pass with 240 points; `failed=True` and `missed=True` are what else may come of a sitting."""

    class Meta:
        model = Result

    class Params:
        failed = factory.Trait(total=228, passed=False)
        missed = factory.Trait(total=None, passed=False, absent=True)

    enrolment = factory.SubFactory(EnrolmentFactory)
    sitting = factory.SubFactory(SittingFactory, run=factory.SelfAttribute("..enrolment.run"))
    total = 240
    passed = True


class CertificationFactory(DjangoModelFactory[Certification]):
    """The national certificate of an enrolment, issued sixty days after the run."""

    class Meta:
        model = Certification

    class Params:
        issued_on = factory.LazyAttribute(lambda o: o.enrolment.run.ends_on + datetime.timedelta(days=60))

    enrolment = factory.SubFactory(EnrolmentFactory)
    record = factory.LazyAttribute(
        lambda o: QualificationRecord.objects.create(
            person=o.enrolment.person,
            level=Level.BASIC,
            number=f"（107）工程訓字第{o.enrolment.pk:06}號",
            issued_on=o.issued_on,
        )
    )
