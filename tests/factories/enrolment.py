"""Enrolments and places in the queue, laid directly (the services have their own tests)."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from courses.enrolment.models import Enrolment, WaitingListEntry
from tests.factories.accounts import PersonFactory
from tests.factories.catalogue import CourseRunFactory


class EnrolmentFactory(DjangoModelFactory[Enrolment]):
    class Meta:
        model = Enrolment

    run = factory.SubFactory(CourseRunFactory)
    person = factory.SubFactory(PersonFactory)
    agency = factory.SelfAttribute("person.agency")
    number = factory.Sequence(lambda n: n + 1)
    confirmed_at = factory.LazyFunction(timezone.now)


class WaitingListEntryFactory(DjangoModelFactory[WaitingListEntry]):
    class Meta:
        model = WaitingListEntry

    run = factory.SubFactory(CourseRunFactory)
    person = factory.SubFactory(PersonFactory)
    queued_at = factory.LazyFunction(timezone.now)
