"""The hotline: officers, error patterns, cases."""

import datetime
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from consultations.enums import ConsultationState
from consultations.models import Consultation, ErrorPattern, HotlineOfficer
from qualifications.enums import Level
from qualifications.models import QualificationRecord
from tests.factories.accounts import AgencyFactory, PersonFactory


class QualificationRecordFactory(DjangoModelFactory[QualificationRecord]):
    class Meta:
        model = QualificationRecord

    person = factory.SubFactory(PersonFactory)
    level = Level.BASIC
    number = factory.Sequence(lambda n: f"（112）字第 {n:05} 號")
    issued_on = datetime.date(2023, 6, 1)


class HotlineOfficerFactory(DjangoModelFactory[HotlineOfficer]):
    """An officer with a valid qualification; `qualification=False` makes one without."""

    class Meta:
        model = HotlineOfficer
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    order = factory.Sequence(lambda n: n)

    @factory.post_generation
    def qualification(obj: HotlineOfficer, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if extracted is not False:
            QualificationRecordFactory(person=obj.person, **kwargs)


class ErrorPatternFactory(DjangoModelFactory[ErrorPattern]):
    class Meta:
        model = ErrorPattern

    code = factory.Sequence(lambda n: f"E{n:03}")
    category = "準備招標文件"
    category_en = "Preparing tender documents"
    name = factory.Sequence(lambda n: f"錯誤態樣{n}")
    name_en = factory.Sequence(lambda n: f"Error pattern {n}")


class ConsultationFactory(DjangoModelFactory[Consultation]):
    """A case by telephone: `draft=True`, `open=True`, and answered without either."""

    class Meta:
        model = Consultation

    class Params:
        draft = factory.Trait(state=ConsultationState.DRAFT, number=None, answer="", answered_at=None)
        open = factory.Trait(state=ConsultationState.OPEN, answer="", answered_at=None)
        answered = factory.Trait(state=ConsultationState.ANSWERED)

    # past the numbers that the service gives in a test
    number = factory.Sequence(lambda n: f"114-{5000 + n}")
    state = ConsultationState.ANSWERED
    question = factory.Sequence(lambda n: f"第 {n} 題：公開招標第一次開標，只有兩家廠商投標，可以開標嗎？")
    answer = "第一次開標須有三家以上合格廠商投標，未達三家應予流標。"
    answered_at = factory.LazyFunction(timezone.now)
    minutes = 6
    agency = factory.SubFactory(AgencyFactory)
    officer = factory.SubFactory(HotlineOfficerFactory)
