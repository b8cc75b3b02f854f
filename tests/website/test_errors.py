"""When something fails: what happened, what was kept, what to do."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from tests.factories.accounts import UserFactory

OURS = {"origin": "http://testserver"}


@pytest.fixture
def strict():
    return Client(enforce_csrf_checks=True)


def test_an_expired_form_keeps_what_was_typed_and_offers_to_send_it_again(strict, home):
    response = strict.post("/accounts/login/?next=1", {"number": "A-1 <b>", "csrfmiddlewaretoken": "old"}, headers=OURS)
    assert response.status_code == 403
    assert response.context["fields"] == [("number", "A-1 <b>")]
    assert (response.context["action"], response.context["may_send_again"]) == ("/accounts/login/?next=1", True)
    page = response.content.decode()
    assert 'name="csrfmiddlewaretoken"' in page
    assert "A-1 &lt;b&gt;" in page


def test_what_buttons_and_lists_send_is_kept_unseen_and_nothing_is_called_by_a_name_of_programs(strict, home):
    sent = {"deed": "decide", "kind": "open_tender", "next": "/my/?page=2", "resp": "陳小姐", "job_title": "科員"}
    page = strict.post("/accounts/login/", sent, headers=OURS).content.decode()
    assert re.findall(r'<input type="hidden" name="(?!csrf)(\w+)" value="(.*?)">', page) == [
        ("deed", "decide"), ("kind", "open_tender"), ("next", "/my/?page=2"),
    ]  # fmt: skip
    assert re.findall(r'<label for="again-\d+">(.*?)</label>', page) == ["您打的字", "職稱"]


def test_passwords_and_codes_are_never_sent_back(strict, home):
    typed = {"login": "a@example.test", "password": "geheim-1", "new_password1": "geheim-2", "code": "123456"}
    response = strict.post(reverse("account_login"), typed, headers=OURS)
    assert response.context["fields"] == [("login", "a@example.test")]
    assert response.context["has_secrets"] is True
    assert not any(secret in response.content.decode() for secret in ("geheim-1", "geheim-2", "123456"))


def test_a_form_from_elsewhere_is_not_offered_again(strict, home):
    response = strict.post("/accounts/login/", {"number": "1"}, headers={"origin": "http://evil.example"})
    assert (response.status_code, response.context["may_send_again"]) == (403, False)
    assert '<form method="post"' not in response.content.decode()


def test_a_form_whose_sign_in_has_expired_keeps_what_was_typed(client, home):
    response = client.post("/desk/", {"remark": "兩小時的心血"}, headers=OURS)
    assert (response.status_code, response.context["sign_in_url"]) == (403, "/accounts/login/")
    assert response.context["fields"] == [("remark", "兩小時的心血")]


def test_a_button_without_words_leads_an_expired_reader_to_sign_in(client, home):
    response = client.post("/desk/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/desk/")


def test_there_is_nothing_at_this_address_in_both_languages(client, home):
    assert client.get("/nonsense/").status_code == 404
    chinese, english = client.get("/nonsense/").content.decode(), client.get("/en/nonsense/").content.decode()
    assert '<html lang="zh-Hant">' in chinese
    assert '<html lang="en">' in english
    assert 'href="/en/nonsense/"' in chinese


def test_somebody_without_the_role_is_refused(client, home):
    client.force_login(UserFactory(roles=[Role.TRAINEE]))
    response = client.get("/desk/")
    assert (response.status_code, response.templates[0].name) == (403, "errors/forbidden.html")


def test_a_fault_of_ours_is_told_without_the_database(home, django_assert_num_queries, rf):
    from website.views import server_error

    with django_assert_num_queries(0):
        assert server_error(rf.get("/")).status_code == 500


def test_a_request_that_cannot_be_read_is_refused(client, home):
    response = client.post(reverse("account_login"), b"x" * 20, content_type="multipart/form-data")
    assert (response.status_code, response.templates[0].name) == (400, "errors/bad_request.html")
