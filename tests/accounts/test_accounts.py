"""Accounts and roles: given and taken by services, in the back office, with an audit entry each."""

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Person, User
from accounts.permissions import is_administrator
from accounts.services import change_account, give_role, take_role
from common.errors import DomainError
from common.models import AuditEntry
from notifications.models import Message
from tests.factories.accounts import AgencyFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_roles_are_given_and_taken_once_each_with_an_audit_entry() -> None:
    user, by = UserFactory(), UserFactory(roles=[Role.ADMINISTRATOR])
    for _click in range(2):
        give_role(user=user, role=Role.ADMINISTRATOR, by=by)
    assert is_administrator(user)
    for _click in range(2):
        take_role(user=user, role=Role.ADMINISTRATOR, by=by)
    assert not is_administrator(user)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "object_id", "actor_id")) == [
        ("account.role_given", str(user.pk), by.pk),
        ("account.role_taken", str(user.pk), by.pk),
    ]


def test_the_last_administrator_stays_one() -> None:
    last = UserFactory(roles=[Role.ADMINISTRATOR])
    UserFactory(roles=[Role.ADMINISTRATOR], is_active=False)
    with pytest.raises(DomainError) as refusal:
        take_role(user=last, role=Role.ADMINISTRATOR, by=last)
    assert refusal.value.code == "last-administrator"
    with pytest.raises(DomainError):
        change_account(
            user=last, email=last.email, person=last.person, roles=[Role.ADMINISTRATOR], is_active=False, by=last
        )
    last.refresh_from_db()
    assert last.is_active
    UserFactory(roles=[Role.ADMINISTRATOR])
    take_role(user=last, role=Role.ADMINISTRATOR, by=last)


@pytest.fixture
def administrator(client: Client) -> User:
    user = UserFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(user)
    return user


class TestInTheBackOffice:
    def test_an_account_is_made_and_its_owner_invited(
        self, client: Client, administrator: User, django_capture_on_commit_callbacks
    ) -> None:
        person = PersonFactory()
        data = {"email": "New@Example.test", "person": person.pk, "roles": ["trainee", "instructor"], "is_active": "on"}
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(reverse("wagtailusers_users:add"), data)
        assert response.status_code == 302
        user = User.objects.get(email="new@example.test")
        assert (user.person, user.role_names, user.has_usable_password()) == (person, {"trainee", "instructor"}, False)
        assert Message.objects.get().kind == "accounts.invited"

    def test_roles_are_changed_and_the_audit_trail_tells_it(self, client: Client, administrator: User) -> None:
        user = UserFactory(roles=[Role.TRAINEE, Role.INSTRUCTOR])
        data = {"email": user.email, "person": user.person.pk, "roles": ["trainee", "report_viewer"], "is_active": "on"}
        client.post(reverse("wagtailusers_users:edit", args=[user.pk]), data)
        assert User.objects.get(pk=user.pk).role_names == {"trainee", "report_viewer"}
        page = client.get(reverse("audit:index")).content.decode()
        assert "給予角色" in page
        assert "收回角色" in page

    def test_a_refusal_stands_on_the_page_and_nothing_is_saved(self, client: Client, administrator: User) -> None:
        data = {"email": administrator.email, "person": administrator.person.pk, "roles": [], "is_active": "on"}
        response = client.post(reverse("wagtailusers_users:edit", args=[administrator.pk]), data)
        assert response.status_code == 200
        assert response.context["form"].non_field_errors()
        assert User.objects.get(pk=administrator.pk).role_names == {"administrator"}

    def test_a_changed_e_mail_has_to_be_verified_anew(self, client: Client, administrator: User) -> None:
        user = UserFactory()
        data = {"email": "new@example.test", "person": user.person.pk, "roles": ["trainee"], "is_active": "on"}
        client.post(reverse("wagtailusers_users:edit", args=[user.pk]), data)
        assert list(EmailAddress.objects.filter(user=user).values_list("email", "verified")) == [
            ("new@example.test", False)
        ]

    def test_nobody_deletes_an_account(self, client: Client) -> None:
        client.force_login(UserFactory(is_superuser=True))
        user = UserFactory()
        client.post(reverse("wagtailusers_users:delete", args=[user.pk]))
        assert User.objects.filter(pk=user.pk).exists()

    def test_a_person_is_recorded_with_an_agency_that_counts(self, client: Client, administrator: User) -> None:
        agency = AgencyFactory()
        data = {"name": " 王 小明 ", "email": "A@B.test", "job_title": "", "agency": agency.pk, "is_confirmed": "on"}
        client.post(reverse("person:add"), data)
        person = Person.objects.get(email="a@b.test")
        assert (person.name, person.agency, person.has_confirmed_agency) == ("王 小明", agency, True)

    @pytest.mark.parametrize(
        "name", ["person:index", "agency:index", "wagtailusers_users:index", "audit:index", "outbox:index"]
    )
    def test_lists_ask_the_same_number_of_questions_for_one_row_and_for_three(
        self, client: Client, administrator: User, name: str
    ) -> None:
        def rows() -> None:
            user = UserFactory(roles=[Role.TRAINEE, Role.INSTRUCTOR])
            AgencyFactory(parent=user.person.agency)
            AuditEntry.objects.create(action="test.done")
            Message.objects.create(kind="test.sent", to="a@b.test", subject="s", text="t")

        counts = []
        for count in (1, 2):
            for _ in range(count):
                rows()
            client.get(reverse(name))  # warm caches
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name)).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_searches_find_tai_written_either_way(self, client: Client, administrator: User) -> None:
        agency = AgencyFactory(name="臺中市立圖書館")
        person = PersonFactory(name="王小明", agency=agency)
        found = client.get(reverse("person:index"), {"q": "台中市立圖書館"}).context["object_list"]
        assert list(found) == [person]
        found = client.get(reverse("agency:index"), {"q": "台中市立"}).context["object_list"]
        assert list(found) == [agency]

    def test_people_are_found_however_their_name_is_written(self, client: Client, administrator: User) -> None:
        dotted, twin, rare = (PersonFactory(name=name) for name in ("巴奈‧測試", "溫小峰", "蔡𥕢安"))
        account = UserFactory(person=PersonFactory(name="黃強"))
        for text, person in (
            ("巴奈測試", dotted),
            ("巴奈・", dotted),
            ("温小峯", twin),
            ("蔡?安", rare),
        ):
            assert list(client.get(reverse("person:index"), {"q": text}).context["object_list"]) == [person]
        found = client.get(reverse("wagtailusers_users:index"), {"q": "黄强"}).context["object_list"]
        assert list(found) == [account]

    def test_people_are_listed_by_strokes(self, client: Client, administrator: User) -> None:
        Person.objects.filter(pk=administrator.person_id).update(name="龜")
        for name in ("丙", "丁一", "一甲"):
            PersonFactory(name=name)
        for address in (reverse("person:index"), reverse("person_chooser:choose")):
            shown = client.get(address).context
            people = shown.get("object_list") or shown["results"].object_list
            assert [person.name for person in people] == ["一甲", "丁一", "丙", "龜"]

    def test_every_screen_opens(self, client: Client, administrator: User) -> None:
        entry = AuditEntry.objects.create(action="test.done", data={"名": "<b>"})
        message = Message.objects.create(kind="test.sent", to="a@b.test", subject="s", text="t")
        person, agency = administrator.person, administrator.person.agency
        for address in (
            reverse("person:edit", args=[person.pk]),
            reverse("agency:add"),
            reverse("agency:edit", args=[agency.pk]),
            reverse("agencynamerule:index"),
            reverse("wagtailusers_users:add"),
            reverse("wagtailusers_users:edit", args=[administrator.pk]),
            reverse("audit:inspect", args=[entry.pk]),
            reverse("outbox:inspect", args=[message.pk]),
            reverse("person_chooser:choose"),
            reverse("agency_chooser:choose"),
            "/cms/account/",
        ):
            assert client.get(address).status_code == 200, address

    def test_the_audit_trail_and_the_outbox_cannot_be_written(self, client: Client) -> None:
        client.force_login(UserFactory(is_superuser=True))
        entry = AuditEntry.objects.create(action="test.done")
        for prefix in ("audit", "outbox"):
            for step in ("new/", f"edit/{entry.pk}/", f"delete/{entry.pk}/"):
                assert client.get(f"/cms/{prefix}/{step}").status_code == 404

    def test_preferences_ask_for_no_name_that_is_saved_nowhere(self, client: Client, administrator: User) -> None:
        page = client.get("/cms/account/").content.decode()
        assert "last_name" not in page
