"""A certificate whose ground falls away waits for a decision, named, and nothing is taken back by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from certificates import services, tasks
from certificates.models import Certificate, Doubt
from certificates.selectors import doubts_waiting, issuing_of_run
from common.errors import DomainError
from common.models import AuditEntry
from courses.assessment.judging import judge
from courses.assessment.score_sheet import ScoreRow
from courses.assessment.services import record_result
from courses.attendance.enums import AttendanceStatus
from courses.attendance.models import AttendanceRecord
from courses.attendance.services import RollCallEntry, record_roll_call
from courses.catalogue.models import CourseRun
from courses.enrolment.models import Enrolment
from courses.enrolment.services import withdraw_enrolment
from tests.factories.accounts import UserFactory
from website.services import ensure_site

pytestmark = pytest.mark.django_db

Deed = Callable[[Certificate, User], None]


@pytest.fixture
def certificate(run: CourseRun, complete: Callable[..., Enrolment], administrator: User) -> Certificate:
    ensure_site()
    complete("林采薇"), complete("王小明")
    batch = services.request_batch(run=run, by=administrator)
    services.run_batch(batch_id=batch.pk)
    return Certificate.objects.get(person__name="林采薇")


def fail_exam(certificate: Certificate, by: User) -> None:
    result = certificate.enrolment.results.select_related("sitting").get()
    scores = {paper.name: 1 for paper in certificate.run.curriculum.papers.all()}
    record_result(enrolment=certificate.enrolment, sitting=0, held_on=result.sitting.held_on, scores=scores, by=by)


def pass_exam(certificate: Certificate, by: User) -> None:
    result = certificate.enrolment.results.select_related("sitting").get()
    scores = {paper.name: paper.full_marks for paper in certificate.run.curriculum.papers.all()}
    record_result(enrolment=certificate.enrolment, sitting=0, held_on=result.sitting.held_on, scores=scores, by=by)


def miss_everything(certificate: Certificate, by: User) -> None:
    for session in certificate.run.sessions.all():
        entry = RollCallEntry(certificate.enrolment_id, AttendanceStatus.ABSENT)
        record_roll_call(session=session, entries=[entry], by=by)


def withdraw(certificate: Certificate, by: User) -> None:
    withdraw_enrolment(enrolment=certificate.enrolment, by=by, despite_outcomes=True)


@pytest.fixture
def act(
    certificate: Certificate, administrator: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> Callable[[Deed], None]:
    """Do something to the holder of the certificate, with what follows on commit."""

    def work(deed: Deed) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            deed(certificate, administrator)

    return work


def waiting() -> list[tuple[str, list[str]]]:
    return [(ground.certificate.person.name, [step.key for step in ground.lost]) for ground in doubts_waiting()]


@pytest.mark.parametrize(
    ("deed", "lost"), [(fail_exam, ["exam"]), (miss_everything, ["absence"]), (withdraw, ["enrolled"])]
)
def test_whatever_is_corrected_under_it_the_desk_and_the_class_name_it(
    act: Callable[[Deed], None],
    certificate: Certificate,
    administrator: User,
    client: Client,
    deed: Deed,
    lost: list[str],
) -> None:
    assert waiting() == []
    act(deed)
    assert waiting() == [("林采薇", lost)]
    assert [row.certificate for row in issuing_of_run(certificate.run).doubtful] == [certificate]
    client.force_login(administrator)
    for page in ("/en/desk/", f"/en/certificates/runs/{certificate.run.code}/"):
        html = client.get(page).content.decode()
        assert "林采薇" in html
        assert reverse("issued_certificates:revoke", args=[certificate.pk]) in html
        assert reverse("issued_certificates:keep", args=[certificate.pk]) in html
    assert services.examine_certificates(run_id=certificate.run_id) == []  # a second look changes nothing


def test_a_lost_signal_is_made_up_for_at_night(certificate: Certificate) -> None:
    AttendanceRecord.objects.filter(enrolment=certificate.enrolment).update(minutes_present=0, status="absent")
    assert waiting() == []
    tasks.examine_run(certificate.run_id)
    assert waiting() == [("林采薇", ["absence"])]


def test_the_public_page_says_that_it_is_being_checked_and_no_more(
    act: Callable[[Deed], None], certificate: Certificate, administrator: User, client: Client
) -> None:
    url = f"/en/verify/{certificate.public_id}/"
    assert '<span class="tag good">valid</span>' in client.get(url).content.decode()
    act(fail_exam)
    html = client.get(url).content.decode()
    assert "valid, being checked" in html
    assert '<span class="tag good">valid</span>' not in html
    assert not Certificate.objects.get(pk=certificate.pk).is_revoked


class TestAWarningComesFirst:
    def test_in_the_preview_of_a_score_file(self, certificate: Certificate) -> None:
        result = certificate.enrolment.results.select_related("sitting").get()
        row = ScoreRow(
            row=1, run=certificate.run.code, number=certificate.enrolment.number, name="", sitting=0,
            held_on=result.sitting.held_on, scores={paper.name: 1 for paper in certificate.run.curriculum.papers.all()},
            absent=False, violation="", certificate="", issued_on=None,
        )  # fmt: skip
        (judged,) = judge([row])
        (warning,) = [warning for warning in judged.warnings if warning.code == "certificate_rests"]
        assert certificate.serial in warning.message

    @pytest.mark.parametrize("page", ["attendance:roll_call", "roll_calls:correct"])
    def test_over_the_roll_call(self, certificate: Certificate, administrator: User, client: Client, page: str) -> None:
        client.force_login(administrator)
        url = reverse(page, args=[certificate.run.sessions.first().pk])
        told = "2 人已核發結訓證明"
        assert told in client.get(url).content.decode()
        Certificate.objects.update(revoked_at=timezone.now())
        assert told not in client.get(url).content.decode()


class TestDeciding:
    def test_kept_it_is_not_asked_about_again_until_the_ground_changes(
        self, act: Callable[[Deed], None], certificate: Certificate, administrator: User, client: Client
    ) -> None:
        act(fail_exam)
        client.force_login(administrator)
        url = reverse("issued_certificates:keep", args=[certificate.pk])
        assert client.post(url, {"reason": ""}).context["form"].errors
        client.post(url, {"reason": "閱卷爭議，依申訴決定維持"})
        assert waiting() == []
        tasks.examine_run(certificate.run_id)
        assert waiting() == []
        assert "閱卷爭議" in client.get(f"/certificates/runs/{certificate.run.code}/").content.decode()
        kept = AuditEntry.objects.get(action="certificate.kept")
        assert (kept.actor_id, kept.data["steps"]) == (administrator.pk, ["exam"])
        act(withdraw)
        assert waiting() == [("林采薇", ["enrolled", "exam"])]

    def test_revoked_the_doubt_is_settled(
        self, act: Callable[[Deed], None], certificate: Certificate, administrator: User
    ) -> None:
        act(fail_exam)
        services.revoke_certificate(certificate=certificate, reason="成績更正", by=administrator)
        assert waiting() == []
        doubt = Doubt.objects.get()
        assert (doubt.outcome, doubt.settled_by) == ("revoked", administrator)

    def test_with_the_ground_back_the_doubt_ends_by_itself(
        self, act: Callable[[Deed], None], certificate: Certificate, administrator: User
    ) -> None:
        act(fail_exam)
        act(pass_exam)
        assert waiting() == []
        assert Doubt.objects.get().outcome == "restored"

    def test_what_cannot_be_kept_is_refused_in_words(self, certificate: Certificate, administrator: User) -> None:
        with pytest.raises(DomainError) as refusal:
            services.keep_certificate(certificate=certificate, reason="無", by=administrator)
        assert refusal.value.code == "no_doubt"
        services.revoke_certificate(certificate=certificate, reason="誤植", by=administrator)
        with pytest.raises(DomainError) as refusal:
            services.keep_certificate(certificate=certificate, reason="無", by=administrator)
        assert refusal.value.code == "revoked"

    def test_only_issuers_decide(
        self, act: Callable[[Deed], None], certificate: Certificate, administrator: User, client: Client
    ) -> None:
        act(fail_exam)
        client.force_login(UserFactory())
        client.post(reverse("issued_certificates:keep", args=[certificate.pk]), {"reason": "x"})
        assert waiting() == [("林采薇", ["exam"])]


def test_who_is_no_longer_enrolled_still_has_it_and_the_class_a_way_to_revoke_it(
    act: Callable[[Deed], None], certificate: Certificate, administrator: User, client: Client
) -> None:
    Certificate.objects.update(collected_at=timezone.now())
    holder = UserFactory(person=certificate.person)
    act(withdraw)
    client.force_login(holder)
    html = client.get("/en/my/").content.decode()
    assert f"/certificates/{certificate.public_id}.pdf" in html
    assert "Your classes will be here" not in html
    client.force_login(administrator)
    page = client.get(f"/en/certificates/runs/{certificate.run.code}/").content.decode()
    assert reverse("issued_certificates:revoke", args=[certificate.pk]) in page
