"""Who teaches."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from accounts.enums import Role
from faculty.models import Instructor
from faculty.selectors import active_instructors, instructor_of
from tests.factories.accounts import PersonFactory, UserFactory
from tests.factories.faculty import InstructorFactory

pytestmark = pytest.mark.django_db


def test_an_account_is_the_instructor_that_its_person_is():
    user = UserFactory()
    assert [instructor_of(AnonymousUser()), instructor_of(user)] == [None, None]
    instructor = InstructorFactory(person=user.person)
    assert instructor_of(user) == instructor


def test_who_no_longer_teaches_is_not_offered_for_new_sessions():
    InstructorFactory(is_active=False)
    active = InstructorFactory()
    assert list(active_instructors()) == [active]


def test_the_back_office_adds_instructors_and_never_deletes_them(client):
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    person = PersonFactory()
    assert client.get(reverse("instructors:index")).status_code == 200
    client.post(reverse("instructors:add"), {"person": person.pk, "introduction": "", "is_active": "on"})
    instructor = Instructor.objects.get()
    assert (instructor.person, instructor.is_active) == (person, True)
    client.post(reverse("instructors:delete", args=[instructor.pk]))
    assert Instructor.objects.exists()


def test_instructors_are_listed_by_strokes_and_found_however_their_name_is_written(client):
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    for name in ("丙‧某", "丁一", "一甲"):
        InstructorFactory(person=PersonFactory(name=name))
    listed = client.get(reverse("instructors:index")).context["object_list"]
    assert [str(each) for each in listed] == [str(each) for each in active_instructors()] == ["一甲", "丁一", "丙‧某"]
    found = client.get(reverse("instructors:index"), {"q": "丙・某"}).context["object_list"]
    assert [str(each) for each in found] == ["丙‧某"]
