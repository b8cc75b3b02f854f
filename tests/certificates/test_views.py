"""Who verifies, downloads, issues and revokes, through the real views."""

import hashlib
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_ratelimit import core as ratelimit_core

from accounts.enums import Role
from accounts.models import User
from certificates import services
from certificates.models import Certificate, IssueBatch
from courses.catalogue.models import CourseRun
from courses.enrolment.models import Enrolment
from tests.factories.accounts import UserFactory
from tests.factories.learning import teach
from website.services import ensure_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(db: None) -> User:
    return UserFactory()


@pytest.fixture
def certificate(run: CourseRun, complete: Callable[..., Enrolment], holder: User, administrator: User) -> Certificate:
    ensure_site()
    holder.person.name = "林采薇"
    holder.person.save()
    enrolment = complete(person=holder.person)
    batch = services.request_batch(run=run, by=administrator)
    services.run_batch(batch_id=batch.pk)
    return Certificate.objects.get(enrolment=enrolment)


class TestVerifying:
    """Anybody may check what a certificate says; the name is masked."""

    def test_it_shows_the_facts_and_hides_the_name(self, client: Client, certificate: Certificate) -> None:
        response = client.get(reverse("certificates:verify_one", args=[certificate.public_id]))
        html = response.content.decode()
        assert response.status_code == 200
        assert "林○薇" in html
        assert "林采薇" not in html
        assert certificate.enrolment.person.email not in html
        for fact in ("採購專業人員基礎班", certificate.serial, certificate.facts["run"], "臺中市政府秘書處"):
            assert fact in html
        assert '<span class="tag good">' in html
        assert response["X-Robots-Tag"] == "noindex, nofollow"

    def test_a_revoked_one_says_so_and_not_why(
        self, client: Client, certificate: Certificate, administrator: User
    ) -> None:
        services.revoke_certificate(certificate=certificate, reason="冒名頂替", by=administrator)
        html = client.get(f"/en/verify/{certificate.public_id}/").content.decode()
        assert '<span class="tag bad">revoked</span>' in html
        assert "冒名頂替" not in html

    def test_an_unknown_number_is_404_and_helps(self, client: Client, certificate: Certificate) -> None:
        response = client.get("/en/verify/ZZZZZZZZZZZZZZZZ/")
        assert response.status_code == 404
        assert "No certificate of this number" in response.content.decode()

    def test_a_certificate_without_its_page_is_not_out(self, client: Client, certificate: Certificate) -> None:
        Certificate.objects.update(file="")
        assert client.get(f"/verify/{certificate.public_id}/").status_code == 404

    @pytest.mark.parametrize(
        "typed",
        [
            lambda number: number.lower(),
            lambda number: " ".join(number[i : i + 4] for i in range(0, 16, 4)),
            lambda number: "-".join(number[i : i + 4] for i in range(0, 16, 4)).lower(),
            lambda number: "".join(chr(ord(character) + 0xFEE0) for character in number),
        ],
    )
    def test_the_number_is_taken_however_it_is_typed(
        self, client: Client, certificate: Certificate, typed: Callable[[str], str]
    ) -> None:
        target = reverse("certificates:verify_one", args=[certificate.public_id])
        response = client.get(reverse("certificates:verify"), {"number": typed(certificate.public_id)})
        assert (response.status_code, response.url) == (302, target)
        assert client.get(reverse("certificates:verify_one", args=[typed(certificate.public_id)])).url == target

    @pytest.mark.parametrize("typed", ["", "123", "0OIL0OIL0OIL0OIL", "' OR 1=1 --"])
    def test_what_cannot_be_a_number_is_answered_in_words(self, client: Client, db: None, typed: str) -> None:
        ensure_site()
        response = client.get(reverse("certificates:verify"), {"number": typed})
        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["number"]

    def test_guessing_is_slowed_down(
        self, client: Client, certificate: Certificate, settings: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ratelimit_core.time, "time", lambda: 1_800_000_000.0)  # a window ends with the clock
        settings.RATELIMIT_ENABLE = True
        settings.RATE_LIMITS = {**settings.RATE_LIMITS, "verify": "2/m"}
        statuses = [client.get(f"/verify/{certificate.public_id}/").status_code for _ in range(3)]
        assert statuses == [200, 200, 429]


class TestDownloading:
    def status(self, client: Client, user: User | None, certificate: Certificate) -> int:
        client.logout()
        if user:
            client.force_login(user)
        return client.get(reverse("certificates:download", args=[certificate.public_id])).status_code

    def test_it_is_the_holders_and_the_administrators_and_nobody_elses(
        self, client: Client, certificate: Certificate, holder: User, administrator: User, run: CourseRun
    ) -> None:
        contact = UserFactory(roles=[Role.AGENCY_CONTACT], person__agency=holder.person.agency)
        instructor = UserFactory(roles=[Role.INSTRUCTOR])
        teach(instructor, run)
        assert self.status(client, None, certificate) == 302
        assert [self.status(client, user, certificate) for user in (UserFactory(), contact, instructor)] == [403] * 3
        assert Certificate.objects.get().collected_at is None
        assert self.status(client, administrator, certificate) == 200
        assert Certificate.objects.get().collected_at is None
        assert self.status(client, holder, certificate) == 200
        assert Certificate.objects.get().collected_at is not None

    def test_it_is_the_file_that_was_issued(self, client: Client, certificate: Certificate, holder: User) -> None:
        client.force_login(holder)
        response = client.get(reverse("certificates:download", args=[certificate.public_id]))
        content = b"".join(response)
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("attachment")
        assert hashlib.sha256(content).hexdigest() == certificate.sha256

    def test_a_revoked_one_is_no_longer_handed_out(
        self, client: Client, certificate: Certificate, holder: User, administrator: User
    ) -> None:
        services.revoke_certificate(certificate=certificate, reason="誤植", by=administrator)
        assert self.status(client, holder, certificate) == 403
        assert self.status(client, administrator, certificate) == 200

    def test_an_unknown_one_is_404(self, client: Client, certificate: Certificate, holder: User) -> None:
        client.force_login(holder)
        assert client.get("/certificates/ZZZZZZZZZZZZZZZZ.pdf").status_code == 404


class TestMyLearning:
    def test_the_certificate_is_the_next_thing_until_it_was_downloaded(
        self, client: Client, certificate: Certificate, holder: User
    ) -> None:
        client.force_login(holder)
        url = reverse("certificates:download", args=[certificate.public_id])
        english = f"/en{url}"
        assert (
            f'<a class="button" href="{english}">Download the certificate</a>' in client.get("/en/my/").content.decode()
        )
        client.get(url)
        html = client.get("/en/my/").content.decode()
        assert "Your certificate is ready" not in html
        assert f'href="{english}"' in html  # still there, at its class

    def test_nobody_sees_anothers(self, client: Client, certificate: Certificate) -> None:
        client.force_login(UserFactory())
        assert certificate.public_id not in client.get("/my/").content.decode()


class TestIssuing:
    def test_only_administrators_see_and_issue(
        self, client: Client, run: CourseRun, complete: Callable[..., Enrolment], administrator: User
    ) -> None:
        ensure_site()
        complete()
        instructor = UserFactory(roles=[Role.INSTRUCTOR])
        teach_none = UserFactory()
        url = reverse("certificates:issuing", args=[run.code])
        for user in (instructor, teach_none):
            client.force_login(user)
            assert (client.get(url).status_code, client.post(url).status_code) == (403, 403)
        assert not IssueBatch.objects.exists()
        client.force_login(administrator)
        assert client.get(url).status_code == 200
        response = client.post(url)
        batch = IssueBatch.objects.get()
        assert response.url == reverse("certificates:batch", args=[batch.pk])
        assert client.post(url).url == response.url  # a second click
        services.run_batch(batch_id=batch.pk)
        assert client.post(url).url == response.url  # and one that came late
        assert Certificate.objects.count() == 1

    def test_the_page_tells_of_everybody_why(
        self, client: Client, run: CourseRun, complete: Callable[..., Enrolment], administrator: User
    ) -> None:
        ensure_site()
        complete("林采薇")
        blocked = complete("王小明")
        blocked.attendance_records.first().delete()
        client.force_login(administrator)
        html = client.get(f"/en/certificates/runs/{run.code}/").content.decode()
        assert "1 certificate can be issued" in html
        assert "record missing" in html
        assert "1 session has no record yet" in html

    def test_a_refusal_is_said_and_nothing_is_issued(
        self, client: Client, run: CourseRun, complete: Callable[..., Enrolment], administrator: User
    ) -> None:
        ensure_site()
        complete("陳\U0002ffff")
        client.force_login(administrator)
        response = client.post(f"/en/certificates/runs/{run.code}/")
        assert response.status_code == 409
        assert "U+2FFFF" in response.content.decode()
        assert not IssueBatch.objects.exists()

    def test_progress_survives_closing_and_asks_again_only_while_it_runs(
        self, client: Client, run: CourseRun, complete: Callable[..., Enrolment], administrator: User
    ) -> None:
        ensure_site()
        complete()
        batch = services.request_batch(run=run, by=administrator)
        client.force_login(administrator)
        url = reverse("certificates:batch", args=[batch.pk])
        assert 'hx-trigger="every 2s"' in client.get(url).content.decode()
        fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in fragment
        services.run_batch(batch_id=batch.pk)
        done = client.get(url, headers={"HX-Request": "true"}).content.decode()
        assert "hx-trigger" not in done
        client.force_login(UserFactory())
        assert client.get(url).status_code == 403


class TestTheBackOffice:
    @pytest.mark.parametrize("name", ["runs_to_certify", "issued_certificates", "issue_batches", "serial_series"])
    def test_its_lists_are_the_administrators(
        self, client: Client, certificate: Certificate, administrator: User, name: str
    ) -> None:
        url = reverse(f"{name}:index")
        client.force_login(UserFactory(roles=[Role.INSTRUCTOR]))
        assert client.get(url).status_code == 302
        client.force_login(administrator)
        assert client.get(url).status_code == 200

    def test_revoking_asks_for_the_reason_and_keeps_the_certificate(
        self, client: Client, certificate: Certificate, administrator: User
    ) -> None:
        url = reverse("issued_certificates:revoke", args=[certificate.pk])
        client.force_login(UserFactory(roles=[Role.INSTRUCTOR]))
        client.post(url, {"reason": "x"})
        assert not Certificate.objects.get().is_revoked
        client.force_login(administrator)
        assert "reason" in client.post(url, {"reason": ""}).context["form"].errors
        client.post(url, {"reason": "姓名誤植", "may_be_replaced": "on"})
        revoked = Certificate.objects.get()
        assert (revoked.revoked_reason, revoked.may_be_replaced) == ("姓名誤植", True)
        assert client.get(url).status_code == 200

    @pytest.mark.parametrize("name", ["runs_to_certify", "issued_certificates", "issue_batches"])
    def test_its_lists_cost_the_same_however_long(
        self,
        client: Client,
        certificate: Certificate,
        administrator: User,
        run: CourseRun,
        complete: Callable[..., Enrolment],
        name: str,
    ) -> None:
        client.force_login(administrator)

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse(f"{name}:index"))
            return len(captured)

        queries()
        one = queries()
        for _ in range(2):
            enrolment = complete()
            batch = IssueBatch.objects.create(run=run, state="done", requested_by=administrator)
            services.issue_certificate(enrolment=enrolment, batch=batch, issued_at=timezone.now())
        assert queries() == one


def test_the_desk_leads_to_what_is_to_be_issued(
    client: Client, run: CourseRun, complete: Callable[..., Enrolment], administrator: User
) -> None:
    ensure_site()
    complete()
    client.force_login(administrator)
    assert reverse("certificates:issuing", args=[run.code]) in client.get("/desk/").content.decode()
