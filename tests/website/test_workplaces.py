"""Each role's one page."""

import pytest

from accounts.enums import Role
from tests.factories.accounts import UserFactory


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.TRAINEE, "/my/"),
        (Role.HOTLINE_OFFICER, "/cms/hotline/log/"),
        (Role.INSTRUCTOR, "/today/"),
        (Role.ADMINISTRATOR, "/desk/"),
        (Role.REPORT_VIEWER, "/reports/"),
        (Role.AGENCY_CONTACT, "/my-agency/"),
    ],
)
def test_signing_in_leads_each_role_to_its_page(client, home, role, address):
    client.force_login(UserFactory(roles=[role]))
    response = client.get("/start/")
    assert (response.status_code, response["Location"]) == (302, address)


def test_who_decides_things_goes_first(client, home):
    client.force_login(UserFactory(roles=[Role.TRAINEE, Role.INSTRUCTOR, Role.ADMINISTRATOR]))
    assert client.get("/en/start/")["Location"] == "/en/desk/"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/today/", {Role.INSTRUCTOR, Role.ADMINISTRATOR}), ("/desk/", {Role.ADMINISTRATOR})],
)
def test_a_work_page_is_open_to_its_roles_only(client, home, path, allowed):
    opened = set()
    for role in Role:
        client.force_login(UserFactory(roles=[role]))
        if client.get(path).status_code == 200:
            opened.add(role)
    assert opened == allowed


@pytest.mark.parametrize("path", ["/start/", "/today/", "/desk/"])
def test_a_visitor_is_asked_to_sign_in(client, home, path):
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


def test_a_desk_where_nothing_waits_says_so_and_offers_a_step(client, home):
    client.force_login(UserFactory(roles=[Role.INSTRUCTOR]))
    page = client.get("/en/today/").content.decode()
    assert "No session of yours is planned" in page
    assert 'href="/en/runs/"' in page
