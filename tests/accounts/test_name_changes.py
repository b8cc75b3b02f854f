"""A name that somebody gave themselves needs a word before a certificate bears it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import NameChange, Person, User
from accounts.selectors import name_changes_to_decide
from accounts.services import change_details, record_person_edit
from common.models import AuditEntry
from tests.factories.accounts import PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    return UserFactory(person=PersonFactory(name="王小明")).person


@pytest.fixture
def contact(person: Person) -> User:
    return UserFactory(person=PersonFactory(agency=person.agency), roles=[Role.TRAINEE, Role.AGENCY_CONTACT])


def rename(person: Person, name: str) -> None:
    change_details(person=person, name=name, job_title=person.job_title, by=User.objects.get(person=person))


def test_ones_own_change_waits_and_the_audit_keeps_both_names(person: Person) -> None:
    rename(person, "王大明")
    change = name_changes_to_decide().get()
    assert (change.person, change.former_name, change.new_name) == (person, "王小明", "王大明")
    assert AuditEntry.objects.get(action="person.changed").data == {"changes": {"name": ["王小明", "王大明"]}}


def test_changing_again_keeps_the_first_name_and_changing_back_asks_nobody(person: Person) -> None:
    rename(person, "王大明")
    rename(person, "李大明")
    assert name_changes_to_decide().get().former_name == "王小明"
    rename(person, "王 小明")
    assert not NameChange.objects.exists()


def test_another_writing_of_the_same_name_asks_nobody(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(name="巴奈‧測試")
    rename(person, "巴奈·測試")
    assert not NameChange.objects.exists()


def test_an_administrators_change_needs_no_other_word_and_decides_what_waited(person: Person) -> None:
    rename(person, "王大明")
    person.refresh_from_db()
    person.name = "王明"
    record_person_edit(person=person, is_confirmed=True, by=UserFactory(roles=[Role.ADMINISTRATOR]))
    assert not name_changes_to_decide().exists()
    assert NameChange.objects.get().former_name == "王小明"


@pytest.mark.parametrize(("address", "name"), [("accept_name", "王大明"), ("refuse_name", "王小明")])
def test_the_contact_of_the_agency_decides(
    client: Client, person: Person, contact: User, address: str, name: str
) -> None:
    rename(person, "王大明")
    client.force_login(contact)
    assert "王小明" in client.get(reverse("accounts:my_agency")).content.decode()
    decide = reverse(f"accounts:{address}", args=[NameChange.objects.get().pk])
    for _click in range(2):
        assert client.post(decide).status_code == 302
    person.refresh_from_db()
    assert (person.name, name_changes_to_decide().exists()) == (name, False)


def test_nobody_else_decides_and_nobody_on_themselves(client: Client, person: Person, contact: User) -> None:
    rename(person, "王大明")
    rename(contact.person, "陳某")
    stranger = UserFactory(roles=[Role.TRAINEE, Role.AGENCY_CONTACT])
    of_person, of_contact = (NameChange.objects.get(person=each) for each in (person, contact.person))
    for user, change in ((stranger, of_person), (person.user, of_person), (contact, of_contact)):
        client.force_login(user)
        assert client.post(reverse("accounts:accept_name", args=[change.pk])).status_code == 403
    assert name_changes_to_decide().count() == 2


def test_the_desk_shows_new_names_to_administrators(client: Client, person: Person) -> None:
    rename(person, "王大明")
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert "王小明" in client.get(reverse("website:desk")).content.decode()
