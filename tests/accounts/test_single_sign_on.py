"""The city's single sign-on: on by settings, for known and verified e-mails only; played against a small provider."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Message
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


class Provider(ThreadingHTTPServer):
    """An OpenID Connect provider that knows one person."""

    claims: dict[str, Any]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        url = self.server.url
        if self.path.endswith("openid-configuration"):
            names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
            self._say({"issuer": url, **{name: f"{url}/{name}" for name in names}})
        else:
            self._say(self.server.claims)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        claims = {**self.server.claims, "iss": self.server.url, "aud": "platform", "exp": 2**33, "iat": 0}
        token = jwt.encode(claims, "k" * 32, algorithm="HS256")
        self._say({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token})

    def _say(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    server = Provider(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = {"provider_id": "city", "name": "臺中市政府單一簽入", "client_id": "platform", "secret": "s"}
    app["settings"] = {"server_url": server.url}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield server
    server.shutdown()
    server.server_close()


def sign_in(client: Client, provider: Provider, email: str, *, verified: bool) -> HttpResponse:
    """Press the button, be sent to the provider, and come back with its code."""
    provider.claims = {"sub": "1234", "name": "王小明", "email": email, "email_verified": verified}
    there = client.post(reverse("openid_connect_login", args=["city"]))
    asked = parse_qs(urlsplit(there.url).query)
    assert there.url.startswith(f"{provider.url}/authorization_endpoint?")
    assert asked["code_challenge_method"] == ["S256"]
    back = reverse("openid_connect_callback", args=["city"])
    return client.get(back, {"code": "c", "state": asked["state"][0]})


def signed_in(client: Client) -> User | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def test_without_settings_there_is_no_button(client: Client) -> None:
    assert "oidc" not in client.get(reverse("account_login")).content.decode()


def test_with_settings_the_sign_in_page_has_its_button(client: Client, provider: Provider) -> None:
    page = client.get(reverse("account_login")).content.decode()
    assert "臺中市政府單一簽入" in page
    assert reverse("openid_connect_login", args=["city"]) in page


def test_a_verified_known_e_mail_is_tied_to_its_account_and_signed_in(client: Client, provider: Provider) -> None:
    user = UserFactory()
    response = sign_in(client, provider, user.email, verified=True)
    assert response.url == reverse("website:start")
    assert signed_in(client) == user
    assert SocialAccount.objects.get().user == user
    assert Message.objects.get(to=user.email).kind == "socialaccount.account_connected"
    # the second time it is known by its number there, whatever the e-mail says
    client.logout()
    sign_in(client, provider, "changed@example.test", verified=True)
    assert signed_in(client) == user


@pytest.mark.parametrize(("known", "verified"), [(False, True), (True, False)])
def test_strangers_and_unverified_e_mails_are_led_to_sign_up(
    client: Client, provider: Provider, known: bool, verified: bool
) -> None:
    email = UserFactory().email if known else "stranger@example.test"
    response = sign_in(client, provider, email, verified=verified)
    assert response.url == reverse("account_signup")
    assert signed_in(client) is None
    assert not SocialAccount.objects.exists()


def test_an_account_whose_own_e_mail_is_not_verified_is_not_taken_over(client: Client, provider: Provider) -> None:
    user = UserFactory()
    EmailAddress.objects.filter(user=user).update(verified=False)
    sign_in(client, provider, user.email, verified=True)
    assert signed_in(client) is None
    assert not SocialAccount.objects.exists()


def test_a_switched_off_account_stays_out(client: Client, provider: Provider) -> None:
    sign_in(client, provider, UserFactory(is_active=False).email, verified=True)
    assert signed_in(client) is None
    assert not SocialAccount.objects.exists()


def test_where_settings_let_strangers_in_they_say_who_they_are(client: Client, provider: Provider, settings) -> None:
    settings.SOCIALACCOUNT_ONLY_KNOWN_EMAILS = False
    response = sign_in(client, provider, "stranger@example.test", verified=True)
    assert response.url == reverse("socialaccount_signup")
    page = client.get(response.url)
    assert page.context["form"].initial == {"email": "stranger@example.test", "name": "王小明"}
    client.post(response.url, {"name": "王小明", "agency": "not-listed", "email": "stranger@example.test",
                               "accept_privacy": "on"})  # fmt: skip
    user = signed_in(client)
    assert user is not None
    assert user.person is not None
    assert (user.person.name, user.has_usable_password()) == ("王小明", False)


def test_a_provider_that_does_not_answer_is_said_in_words(client: Client, provider: Provider) -> None:
    response = client.get(reverse("openid_connect_callback", args=["city"]), {"error": "server_error", "state": "x"})
    assert response.status_code in {200, 401}
    assert reverse("account_login") in response.content.decode()
