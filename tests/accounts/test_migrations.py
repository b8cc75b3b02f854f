"""What the migrations of people do to those on record."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection

from accounts.models import Person
from common.models import AuditEntry
from tests.factories.accounts import PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


class _Editor:
    """All that these migrations ask of a schema editor."""

    connection = connection


def test_people_on_record_get_the_key_of_their_name() -> None:
    person = PersonFactory(name="巴奈‧温")
    Person.objects.update(name_key="")
    import_module("accounts.migrations.0002_find_people_by_name").fill(apps, _Editor)
    person.refresh_from_db()
    assert person.name_key == "巴奈溫"


def test_people_whose_account_had_moved_are_written_to_there() -> None:
    moved, stayed, unverified = (UserFactory() for _each in range(3))
    former = moved.person.email
    EmailAddress.objects.filter(user=moved).update(email="new@example.test")
    EmailAddress.objects.filter(user=unverified).update(email="other@example.test", verified=False)
    import_module("accounts.migrations.0003_keep_former_names_and_follow_addresses").follow_addresses(apps, _Editor)
    for user, email in ((moved, "new@example.test"), (stayed, stayed.email), (unverified, unverified.email)):
        user.person.refresh_from_db()
        assert user.person.email == email
    entry = AuditEntry.objects.get(action="person.email_followed")
    assert entry.data == {"email": "new@example.test", "former_email": former}
