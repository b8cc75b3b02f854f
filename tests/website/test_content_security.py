"""The policy is strict in the front office; the relaxation that Wagtail needs ends at /cms/."""

import pytest

from accounts.enums import Role
from tests.factories.accounts import UserFactory


def policy(response):
    return {
        parts[0]: set(parts[1:])
        for parts in (part.split() for part in response["Content-Security-Policy"].split(";"))
        if parts
    }


@pytest.mark.parametrize("path", ["/", "/en/", "/search/?q=x", "/laws/", "/accounts/login/", "/nonsense/", "/cmsx/"])
def test_the_front_office_allows_nothing_inline_and_nobody_else(client, home, path):
    found = policy(client.get(path))
    assert found["default-src"] == {"'none'"}
    assert found["script-src"] == found["style-src"] == {"'self'"}
    assert found["object-src"] == found["base-uri"] == {"'none'"}
    assert found["frame-ancestors"] == {"'self'"}
    assert not any("unsafe" in value or "http" in value for values in found.values() for value in values)


def test_the_back_office_allows_inline_scripts_and_styles_and_no_more(client, home):
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    found = policy(client.get("/cms/"))
    front = policy(client.get("/"))
    relaxed = {name for name in found if found[name] != front.get(name)}
    assert relaxed == {"script-src-elem", "script-src-attr", "style-src", "img-src"}
    assert found["script-src"] == {"'self'"}
    assert found["script-src-elem"] == found["style-src"] == {"'self'", "'unsafe-inline'"}
    assert found["script-src-attr"] == {"'none'"}
