"""Instructors."""

import factory
from factory.django import DjangoModelFactory

from faculty.models import Instructor
from tests.factories.accounts import PersonFactory


class InstructorFactory(DjangoModelFactory[Instructor]):
    class Meta:
        model = Instructor

    person = factory.SubFactory(PersonFactory)
