"""One gate: the back office is for those who may, and staff sign in with two factors."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from tests.factories.accounts import PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_visitor_of_the_back_office_is_sent_to_our_sign_in(client: Client) -> None:
    response = client.get("/cms/")
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
    assert client.get("/cms/login/?next=/cms/pages/").url == reverse("account_login") + "?next=/cms/pages/"


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.AGENCY_CONTACT, Role.REPORT_VIEWER])
def test_who_may_not_enter_the_back_office_is_refused_and_not_sent_in_circles(client: Client, role: Role) -> None:
    client.force_login(UserFactory(roles=[role]))
    for address in ("/cms/", "/cms/account/", "/cms/users/", "/cms/person/", "/cms/outbox/", "/cms/audit/"):
        assert client.get(address).status_code == 403, address


def test_an_instructor_enters_but_sees_no_people(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.INSTRUCTOR]))
    assert client.get("/cms/").status_code == 200
    people = ("users", "person", "agency")
    for name in (*people, "agency-import", "outbox", "audit"):
        response = client.get(f"/cms/{name}/")  # Wagtail answers "you may not" by leading home with a message
        assert (response.status_code, response.headers.get("Location")) == (302, "/cms/"), name


@pytest.mark.parametrize(
    ("role", "status"), [(Role.INSTRUCTOR, 403), (Role.HOTLINE_OFFICER, 403), (Role.ADMINISTRATOR, 200)]
)
@pytest.mark.parametrize("chooser", ["person_chooser", "agency_chooser"])
def test_a_chooser_is_open_in_all_its_views_or_in_none(client: Client, chooser: str, role: Role, status: int) -> None:
    client.force_login(UserFactory(roles=[role]))
    person = PersonFactory()
    pk = person.pk if chooser == "person_chooser" else person.agency_id
    for address in (
        reverse(f"{chooser}:choose"),
        reverse(f"{chooser}:choose_results"),
        reverse(f"{chooser}:chosen", args=[pk]),
        reverse(f"{chooser}:chosen_multiple", query={"id": [pk, pk + 1]}),
    ):
        assert client.get(address).status_code == status, address


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ADMINISTRATOR, Role.REPORT_VIEWER, Role.AGENCY_CONTACT])
def test_staff_without_a_second_factor_are_sent_to_set_one_up_from_everywhere(
    client: Client, settings, role: Role
) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    client.force_login(UserFactory(roles=[Role.TRAINEE, role]))
    for address in ("/", reverse("accounts:account"), reverse("accounts:my_agency")):
        response = client.get(address)
        assert (response.status_code, response.url) == (302, reverse("mfa_index")), address
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(reverse("account_logout")).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client: Client, settings) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    user = UserFactory(roles=[Role.ADMINISTRATOR])
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x" * 40})
    client.force_login(user)
    assert client.get("/cms/").url == reverse("mfa_index")


def test_staff_with_a_second_factor_pass_and_trainees_need_none(client: Client, settings) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    TOTP.activate(administrator, generate_totp_secret())
    client.force_login(administrator)
    assert client.get("/cms/").status_code == 200
    client.force_login(UserFactory())
    assert client.get(reverse("accounts:account")).status_code == 200


def test_roles_and_accounts_are_not_editable_past_the_audit_trail(client: Client) -> None:
    client.force_login(UserFactory(is_superuser=True, roles=[Role.ADMINISTRATOR]))
    assert client.get("/cms/groups/").status_code == 404
    assert client.get("/cms/bulk/accounts/user/assign_role/").status_code == 404
