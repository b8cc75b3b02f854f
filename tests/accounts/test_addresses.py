"""Mail goes where the person reads it: to the verified address of their account."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from accounts.services import change_account
from common.models import AuditEntry
from notifications.models import Message
from tests.factories.accounts import PASSWORD, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW = "moved@example.test"


def confirm(client: Client, email: str) -> None:
    text = Message.objects.filter(to=email, kind__startswith="account.email_confirmation").latest("pk").text
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found is not None
    client.post(found[1])


def test_the_address_of_the_person_follows_the_verified_primary_one(client: Client) -> None:
    user = UserFactory()
    former = user.person.email
    PersonFactory(email=NEW)  # a shared mailbox is no hindrance
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_email"), {"action_add": "", "email": NEW})
    user.person.refresh_from_db()
    assert user.person.email == former
    confirm(client, NEW)
    client.post(reverse("account_email"), {"action_primary": "", "email": NEW})
    user.person.refresh_from_db()
    assert user.person.email == NEW
    entry = AuditEntry.objects.get(action="person.email_followed")
    assert (entry.object_id, entry.data) == (str(user.person_id), {"email": NEW, "former_email": former})


def test_an_address_that_an_administrator_gave_counts_once_its_owner_has_verified_it(client: Client) -> None:
    user, administrator = UserFactory(), UserFactory(roles=[Role.ADMINISTRATOR])
    former = user.person.email
    change_account(user=user, email=NEW, person=user.person, roles=[Role.TRAINEE], is_active=True, by=administrator)
    user.person.refresh_from_db()
    assert user.person.email == former
    client.post(reverse("account_login"), {"login": NEW, "password": PASSWORD})
    confirm(client, NEW)
    user.person.refresh_from_db()
    assert user.person.email == NEW


def test_signing_in_makes_good_what_was_missed(client: Client) -> None:
    user = UserFactory()
    EmailAddress.objects.filter(user=user).update(email=NEW)
    User.objects.filter(pk=user.pk).update(email=NEW)
    client.post(reverse("account_login"), {"login": NEW, "password": PASSWORD})
    user.person.refresh_from_db()
    assert user.person.email == NEW


def test_an_administrator_cannot_part_the_two_addresses(client: Client) -> None:
    user = UserFactory()
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    address = reverse("person:edit", args=[user.person_id])
    assert client.get(address).context["form"].fields["email"].disabled
    client.post(address, {"name": user.person.name, "email": NEW, "job_title": "", "agency": ""})
    user.person.refresh_from_db()
    assert user.person.email != NEW
