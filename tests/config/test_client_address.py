"""Rate limits count by the client, not by the proxy, and no client chooses whom it counts as."""

from config.client_address import client_address


def test_the_entry_of_our_own_proxy_counts(rf, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7"}, REMOTE_ADDR="10.0.0.2")
    assert client_address(request) == "203.0.113.7"


def test_two_proxies_of_ours(rf, settings):
    settings.TRUSTED_PROXY_COUNT = 2
    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7, 10.0.0.9"}, REMOTE_ADDR="10.0.0.2")
    assert client_address(request) == "203.0.113.7"


def test_without_a_proxy_the_address_itself_counts(rf, settings):
    settings.TRUSTED_PROXY_COUNT = 0
    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6"}, REMOTE_ADDR="203.0.113.7")
    assert client_address(request) == "203.0.113.7"
