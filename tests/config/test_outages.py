"""No outage of one part takes the site away: pages without Redis, limits that hold, and which part /healthz names."""

import socket

import pytest
from celery import current_app
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from kombu import pools

from accounts.enums import Role
from config import caches as our_caches
from config.settings import base
from courses.enrolment.models import Enrolment
from notifications.enums import MessageState
from notifications.models import Message
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.catalogue import CourseRunFactory
from website.services import ensure_site

pytestmark = pytest.mark.django_db


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def without_redis(settings):
    """Production's cache and a broker, both at a port where nothing listens."""
    url = f"redis://127.0.0.1:{_closed_port()}/0"
    settings.CACHES = {
        "default": {
            "BACKEND": "config.caches.TolerantCache",
            "LOCATION": url,
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1},
        },
        "limits": base.LIMITS_CACHE,
    }
    settings.RATELIMIT_ENABLE = True
    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS
    our_caches.TolerantCache._is_away, our_caches.TolerantCache._away_until = False, 0.0
    before = (current_app.conf.broker_url, current_app.conf.broker_transport_options)
    current_app.conf.broker_url, current_app.conf.broker_transport_options = url, base.REDIS_BROKER_OPTIONS
    _forget_connections()
    yield
    current_app.conf.broker_url, current_app.conf.broker_transport_options = before
    _forget_connections()
    our_caches.TolerantCache._is_away, our_caches.TolerantCache._away_until = False, 0.0


def _forget_connections() -> None:
    pools.reset()
    current_app._pool = None
    current_app.amqp._producer_pool = None


PUBLIC = [
    "/",
    "/en/",
    "/runs/",
    "/search/?q=採購",
    "/verify/",
    "/accounts/login/",
    "/accounts/signup/",
    "/laws/",
]
PERSONAL = {
    Role.TRAINEE: ["/my/", "/account/"],
    Role.AGENCY_CONTACT: ["/my-agency/"],
    Role.INSTRUCTOR: ["/today/", "/cms/"],
    Role.REPORT_VIEWER: ["/reports/", "/reports/pass-rate/"],
    Role.ADMINISTRATOR: ["/desk/", "/cms/", "/cms/pages/"],
}


def test_every_page_that_reads_works_without_redis(client, without_redis, caplog):
    ensure_site()
    run = CourseRunFactory()
    for address in [*PUBLIC, f"/runs/{run.code}/"]:
        assert client.get(address, follow=True).status_code == 200, address
    for role, addresses in PERSONAL.items():
        user = UserFactory()
        user.groups.add(Group.objects.get(name=role.value))
        client.force_login(user)
        for address in addresses:
            assert client.get(address, follow=True).status_code == 200, (role, address)
    assert [record.getMessage() for record in caplog.records if record.name == "config.caches"] == [
        "The cache does not answer (ConnectionError): pages go on without it."
    ]


def test_enrolling_and_signing_in_work_without_redis(client, without_redis, django_capture_on_commit_callbacks):
    ensure_site()
    run, user = CourseRunFactory(), UserFactory()
    signed_in = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert signed_in.status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("enrolment:enrol", args=[run.code]))
    assert (answer.status_code, answer.url) == (302, f"/runs/{run.code}/")
    assert Enrolment.objects.filter(run=run, person=user.person).exists()
    assert [message.state for message in Message.objects.filter(person=user.person)] == [MessageState.QUEUED]


@pytest.mark.parametrize("redis", ["here", "away"])
def test_five_wrong_passwords_shut_an_account_for_fifteen_minutes_from_any_address(
    client, request, settings, monkeypatch, redis
):
    if redis == "away":
        request.getfixturevalue("without_redis")
    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS
    ensure_site()
    user = UserFactory()
    now = timezone.now().timestamp()
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: now)
    for attempt in range(5):
        client.post("/accounts/login/", {"login": user.email, "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{attempt}")
    right = {"login": user.email.upper(), "password": PASSWORD}

    def enters(minutes: int) -> bool:
        monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: now + 60 * minutes)
        monkeypatch.setattr("time.time", lambda: now + 60 * minutes)
        return client.post("/accounts/login/", right, REMOTE_ADDR="10.0.1.9").status_code == 302

    assert [enters(minute) for minute in (0, 14, 16)] == [False, False, True]


def test_limits_of_other_forms_hold_without_redis(client, without_redis, settings):
    settings.RATE_LIMITS = {**base.RATE_LIMITS, "verify": "3/h"}
    ensure_site()
    assert [client.get("/verify/?code=ABCD").status_code for _ in range(4)][-1] == 429


def test_healthz_names_the_part_that_is_away(client, without_redis):
    client.force_login(UserFactory())
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {
        "database": "ok", "cache": "failing", "broker": "failing", "worker": "failing",
    }  # fmt: skip


def test_healthz_asks_for_no_session_so_that_an_absent_database_is_named(client, django_assert_num_queries):
    client.force_login(UserFactory())
    with django_assert_num_queries(1):  # its own SELECT 1
        client.get("/healthz")


def test_what_two_screens_must_know_of_each_other_is_kept_without_redis(without_redis):
    cache.set("hotline:writer:1", "screen", 60)
    cache.set("library:names", "names", 60)
    assert (cache.get("hotline:writer:1"), cache.get("library:names", "none")) == ("screen", "none")


def test_a_foreign_host_is_refused_without_a_page_and_without_a_word_in_the_log(client, caplog):
    answer = client.get("/", headers={"host": "elsewhere.example"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain")
    assert not [record for record in caplog.records if record.exc_info]


def test_more_than_a_reader_may_send_is_refused_before_it_is_read(client, settings):
    settings.BODY_LIMITS = {"anonymous": 1000, "signed_in": 2000, "uploading": 3000}
    ensure_site()

    def sends(size: int) -> int:
        return client.post("/accounts/login/", {"login": "x" * size}).status_code

    assert (sends(500), sends(1500)) == (200, 413)
    user = UserFactory()
    client.force_login(user)
    assert (sends(1500) != 413, sends(2500)) == (True, 413)
    user.groups.add(Group.objects.get(name=Role.INSTRUCTOR.value))
    assert (sends(2500) != 413, sends(3500)) == (True, 413)


@pytest.mark.parametrize("address", ["/my/", "/account/", "/", "/runs/"])
def test_no_browser_keeps_a_page_of_somebody_who_was_signed_in(client, address):
    ensure_site()
    assert "no-store" not in client.get(address).get("Cache-Control", "") or address in {"/my/", "/account/"}
    client.force_login(UserFactory())
    assert "no-store" in client.get(address)["Cache-Control"]
