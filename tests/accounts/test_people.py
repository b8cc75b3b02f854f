"""Whose agency counts, who confirms it, and what people may change about themselves."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Person
from accounts.selectors import (
    agency_by_name,
    agency_with_subordinates_ids,
    declared_without_contact,
)
from accounts.services import confirm_membership, declare_agency, refuse_membership, register_person
from common.errors import DomainError
from common.models import AuditEntry
from notifications.models import Message
from tests.factories.accounts import AgencyFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


def contact_of(agency) -> object:
    return UserFactory(person=PersonFactory(agency=agency), roles=[Role.TRAINEE, Role.AGENCY_CONTACT])


class TestDeclaring:
    def test_a_declared_agency_is_unconfirmed_until_somebody_confirms_it(self) -> None:
        person = PersonFactory()
        person = declare_agency(person=person, agency=AgencyFactory(), by=None)
        assert not person.has_confirmed_agency
        person = confirm_membership(person=person, by=UserFactory())
        assert person.has_confirmed_agency

    def test_declaring_the_same_agency_again_keeps_its_confirmation(self) -> None:
        person = PersonFactory()
        assert declare_agency(person=person, agency=person.agency, by=None).has_confirmed_agency
        assert not AuditEntry.objects.exists()

    def test_an_agency_that_has_ceased_cannot_be_declared(self) -> None:
        ceased = AgencyFactory(ceased_on=timezone.localdate() - timedelta(days=1))
        with pytest.raises(DomainError) as refusal:
            declare_agency(person=PersonFactory(), agency=ceased, by=None)
        assert refusal.value.code == "ceased"

    def test_confirming_twice_tells_the_person_once(self, django_capture_on_commit_callbacks) -> None:
        person, by = PersonFactory(agency_confirmed_at=None), UserFactory()
        with django_capture_on_commit_callbacks(execute=True):
            for _click in range(2):
                confirm_membership(person=person, by=by)
        assert list(Message.objects.values_list("kind", "to")) == [("accounts.membership_confirmed", person.email)]

    def test_a_confirmed_membership_is_not_refused(self) -> None:
        with pytest.raises(DomainError):
            refuse_membership(person=PersonFactory(), by=UserFactory())

    def test_the_contacts_of_the_agency_are_asked(self, django_capture_on_commit_callbacks) -> None:
        contact, _other = contact_of(AgencyFactory()), contact_of(AgencyFactory())
        with django_capture_on_commit_callbacks(execute=True):
            register_person(name="王小明", agency=contact.person.agency)
        assert list(Message.objects.values_list("kind", "to")) == [("accounts.agency_declared", contact.email)]

    def test_where_an_agency_has_no_contact_the_administrator_decides(self) -> None:
        with_contact, alone = AgencyFactory(), AgencyFactory()
        contact_of(with_contact)
        PersonFactory(agency=with_contact, agency_confirmed_at=None)
        person = PersonFactory(agency=alone, agency_confirmed_at=None)
        assert list(declared_without_contact()) == [person]


class TestMyAgency:
    def test_the_contact_sees_their_own_people_and_nobody_elses(self, client: Client) -> None:
        contact = contact_of(AgencyFactory(name="臺中市政府水利局"))
        PersonFactory(name="自己人", agency=contact.person.agency)
        PersonFactory(name="待確認", agency=contact.person.agency, agency_confirmed_at=None)
        PersonFactory(name="別機關的人")
        client.force_login(contact)
        page = client.get(reverse("accounts:my_agency")).content.decode()
        assert "臺中市政府水利局" in page
        assert "自己人" in page
        assert "待確認" in page
        assert "別機關的人" not in page

    def test_the_contact_confirms_and_refuses(self, client: Client) -> None:
        contact = contact_of(AgencyFactory())
        yes, no = PersonFactory.create_batch(2, agency=contact.person.agency, agency_confirmed_at=None)
        client.force_login(contact)
        for _click in range(2):
            client.post(reverse("accounts:confirm_member", args=[yes.pk]))
            assert client.post(reverse("accounts:refuse_member", args=[no.pk])).status_code == 302
        yes.refresh_from_db()
        no.refresh_from_db()
        assert yes.has_confirmed_agency
        assert no.agency is None
        assert AuditEntry.objects.filter(action__startswith="person.agency_").count() == 2

    def test_a_contact_decides_for_no_other_agency_and_not_for_themselves(self, client: Client) -> None:
        contact = contact_of(AgencyFactory())
        client.force_login(contact)
        foreign = PersonFactory(agency_confirmed_at=None)
        for name in ("accounts:confirm_member", "accounts:refuse_member"):
            assert client.post(reverse(name, args=[foreign.pk])).status_code == 403
            assert client.post(reverse(name, args=[contact.person.pk])).status_code == 403
            assert client.post(reverse(name, args=[10**9])).status_code == 404
            assert client.get(reverse(name, args=[foreign.pk])).status_code == 405
        foreign.refresh_from_db()
        assert (foreign.agency is not None, foreign.agency_confirmed_at) == (True, None)

    def test_a_contact_whose_own_agency_is_declared_only_sees_nobody(self, client: Client) -> None:
        agency = AgencyFactory()
        PersonFactory(name="同事甲", agency=agency)
        impostor = UserFactory(
            person=PersonFactory(agency=agency, agency_confirmed_at=None), roles=[Role.AGENCY_CONTACT]
        )
        client.force_login(impostor)
        page = client.get(reverse("accounts:my_agency"))
        assert page.status_code == 200
        assert "同事甲" not in page.content.decode()

    @pytest.mark.parametrize("role", [Role.TRAINEE, Role.INSTRUCTOR, Role.REPORT_VIEWER])
    def test_others_have_no_such_page(self, client: Client, role: Role) -> None:
        client.force_login(UserFactory(roles=[role]))
        assert client.get(reverse("accounts:my_agency")).status_code == 403

    def test_the_number_of_queries_does_not_grow_with_people(self, client: Client) -> None:
        contact = contact_of(AgencyFactory())
        client.force_login(contact)
        counts = []
        for _ in range(2):
            UserFactory(person=PersonFactory(agency=contact.person.agency))
            PersonFactory.create_batch(2, agency=contact.person.agency, agency_confirmed_at=None)
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("accounts:my_agency"))
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestMyAccount:
    def test_people_change_their_own_name_title_and_agency(self, client: Client) -> None:
        user, new = UserFactory(), AgencyFactory()
        client.force_login(user)
        client.post(reverse("accounts:account"), {"name": "王 大明", "job_title": "股長", "agency": new.pk})
        person = Person.objects.get(pk=user.person.pk)
        assert (person.name, person.job_title, person.agency, person.agency_confirmed_at) == (
            "王 大明", "股長", new, None,
        )  # fmt: skip

    def test_saving_without_a_change_keeps_the_confirmation(self, client: Client) -> None:
        user = UserFactory()
        client.force_login(user)
        person = user.person
        data = {"name": person.name, "job_title": person.job_title, "agency": person.agency.pk}
        client.post(reverse("accounts:account"), data)
        assert Person.objects.get(pk=person.pk).has_confirmed_agency
        assert not AuditEntry.objects.exists()

    def test_an_account_without_a_person_has_a_page_too(self, client: Client) -> None:
        client.force_login(UserFactory(person=None, email="service@example.test"))
        assert client.get(reverse("accounts:account")).status_code == 200


def test_an_agency_is_found_by_its_names_of_today_and_before() -> None:
    agency = AgencyFactory(name="臺中市政府民政局")
    agency.former_names.add(agency.former_names.model(name="臺中縣政府民政處"))
    agency.save()
    assert agency_by_name("台中市政府 民政局") == agency
    assert agency_by_name("台中縣政府民政處") == agency
    assert agency_by_name("臺中市政府水利局") is None


def test_a_former_name_of_two_agencies_says_nothing() -> None:
    for name in ("甲", "乙"):
        agency = AgencyFactory(name=name)
        agency.former_names.add(agency.former_names.model(name="舊名"))
        agency.save()
    assert agency_by_name("舊名") is None


def test_an_agency_with_everything_below_it() -> None:
    top = AgencyFactory()
    middle = AgencyFactory(parent=top)
    below = AgencyFactory(parent=middle)
    AgencyFactory()
    assert agency_with_subordinates_ids(top) == {top.pk, middle.pk, below.pk}
