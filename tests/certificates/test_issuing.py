"""Issuing: only to those who completed, once each, whatever breaks on the way."""

import datetime
import hashlib
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import NameChange, User
from accounts.services import accept_name_change, change_details
from certificates import services
from certificates.enums import BatchState
from certificates.models import Certificate, IssueBatch, SerialSeries
from certificates.printing import print_again
from certificates.selectors import issuing_of_run, people_not_told, runs_to_issue
from common.errors import DomainError
from common.models import AuditEntry
from courses.attendance.models import AttendanceRecord
from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.enrolment.services import withdraw_enrolment
from courses.learning.selectors import completion_of
from notifications.models import Message
from tests.factories.accounts import PersonFactory, UserFactory
from tests.factories.assessment import ResultFactory
from tests.factories.enrolment import EnrolmentFactory, WaitingListEntryFactory
from tests.factories.learning import finished_run, record_attendance
from website.services import ensure_site

pytestmark = pytest.mark.django_db

Complete = Callable[..., Enrolment]
RARE = "\U0002ffff"  # beyond every plane that a font could draw


def issue(run: CourseRun, by: User) -> IssueBatch:
    batch = services.request_batch(run=run, by=by)
    services.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def contents(certificate: Certificate) -> bytes:
    with certificate.file.open() as file:
        return file.read()


def test_who_completed_gets_one_and_only_they(run: CourseRun, complete: Complete, administrator: User) -> None:
    first, second = complete("林采薇"), complete("王小明")
    barred = EnrolmentFactory(run=run, number=900)
    record_attendance(barred, missed=397)
    ResultFactory(enrolment=barred)
    failed = EnrolmentFactory(run=run, number=901)
    record_attendance(failed)
    ResultFactory(enrolment=failed, failed=True)
    absent = EnrolmentFactory(run=run, number=902)
    record_attendance(absent)
    ResultFactory(enrolment=absent, missed=True)
    withdrawn = EnrolmentFactory(run=run, number=903)
    record_attendance(withdrawn)
    ResultFactory(enrolment=withdrawn)
    Enrolment.objects.filter(pk=withdrawn.pk).update(state=EnrolmentState.WITHDRAWN, withdrawn_at=timezone.now())
    WaitingListEntryFactory(run=run)
    batch = issue(run, administrator)
    assert (batch.state, batch.done, batch.total, batch.problems) == (BatchState.DONE, 2, 2, [])
    assert set(Certificate.objects.values_list("enrolment", flat=True)) == {first.pk, second.pk}
    instructors = run.sessions.values_list("instructor__person", flat=True)
    assert not Certificate.objects.filter(enrolment__person__in=instructors).exists()


def test_a_second_click_finds_the_batch_of_the_first(run: CourseRun, complete: Complete, administrator: User) -> None:
    complete()
    first = services.request_batch(run=run, by=administrator)
    assert services.request_batch(run=run, by=administrator) == first
    assert IssueBatch.objects.count() == 1
    services.run_batch(batch_id=first.pk)
    assert services.run_batch(batch_id=first.pk) is None
    with pytest.raises(DomainError) as refusal:
        services.request_batch(run=run, by=administrator)
    assert refusal.value.code == "all_issued"
    assert Certificate.objects.count() == 1


def test_serial_numbers_count_by_year_and_word(run: CourseRun, complete: Complete, administrator: User) -> None:
    complete(), complete()
    issue(run, administrator)
    year = timezone.localdate().year - 1911
    assert list(Certificate.objects.order_by("pk").values_list("serial", flat=True)) == [
        f"{year}-基礎-0001", f"{year}-基礎-0002",
    ]  # fmt: skip
    SerialSeries.objects.create(course=run.course, word="採基")
    complete()
    issue(run, administrator)
    assert Certificate.objects.latest("pk").serial == f"{year}-採基-0001"


class TestWhatStopsEverything:
    def test_a_session_without_any_record_names_itself(
        self, run: CourseRun, complete: Complete, administrator: User
    ) -> None:
        complete()
        session = run.sessions.get(number=4)
        AttendanceRecord.objects.filter(session=session).delete()
        with pytest.raises(DomainError) as refusal:
            services.request_batch(run=run, by=administrator)
        assert refusal.value.code == "unrecorded_sessions"
        assert session.display_title in str(refusal.value)
        assert not IssueBatch.objects.exists()

    def test_one_persons_missing_record_keeps_only_them_back_and_says_so(
        self, run: CourseRun, complete: Complete, administrator: User
    ) -> None:
        complete()
        forgotten = complete("王小明")
        AttendanceRecord.objects.filter(enrolment=forgotten, session__number=4).delete()
        batch = issue(run, administrator)
        assert (batch.state, batch.done) == (BatchState.DONE, 1)
        (problem,) = batch.problems
        assert problem.startswith("2 ")
        assert "王小明" in problem
        assert run.sessions.get(number=4).display_title in problem

    def test_nobody_complete_is_no_batch(self, run: CourseRun, administrator: User) -> None:
        enrolment = EnrolmentFactory(run=run)
        record_attendance(enrolment)
        with pytest.raises(DomainError) as refusal:
            services.request_batch(run=run, by=administrator)
        assert refusal.value.code == "nobody"


class TestWhoCannotBeIssuedKeepsNobodyElseWaiting:
    def test_a_character_that_no_font_has_is_named_with_the_person_and_what_to_do(
        self, run: CourseRun, complete: Complete, administrator: User
    ) -> None:
        fine, rare = complete(), complete(f"陳{RARE}")
        batch = issue(run, administrator)
        assert (batch.state, batch.done, batch.total, batch.remaining) == (BatchState.DONE, 1, 2, 1)
        assert Certificate.objects.get().enrolment == fine
        (problem,) = batch.problems
        assert problem.startswith(f"2 號 {rare.person.name}")
        assert "U+2FFFF" in problem
        assert "字型" in problem

    def test_alone_they_are_refused_before_a_batch_begins(
        self, run: CourseRun, complete: Complete, administrator: User
    ) -> None:
        complete(f"陳{RARE}")
        with pytest.raises(DomainError) as refusal:
            services.request_batch(run=run, by=administrator)
        assert refusal.value.code == "missing_glyph"
        assert "U+2FFFF" in str(refusal.value)
        assert not IssueBatch.objects.exists()

    def test_a_batch_that_could_issue_to_nobody_has_failed(
        self, run: CourseRun, complete: Complete, administrator: User
    ) -> None:
        person = complete().person
        batch = services.request_batch(run=run, by=administrator)
        person.name = f"陳{RARE}"
        person.save()
        assert services.run_batch(batch_id=batch.pk) == BatchState.FAILED
        batch.refresh_from_db()
        assert "U+2FFFF" in batch.problems[0]
        assert not Certificate.objects.exists()

    def test_who_withdrew_a_moment_ago_gets_none_and_the_others_do(
        self, run: CourseRun, complete: Complete, administrator: User
    ) -> None:
        gone, stays = complete(), complete()
        verdict = completion_of(gone)
        withdraw_enrolment(enrolment=gone, by=administrator, despite_outcomes=True)
        with pytest.raises(DomainError) as refusal:
            services.issue_certificate(enrolment=gone, verdict=verdict)
        assert refusal.value.code == "incomplete"
        assert issue(run, administrator).done == 1
        assert Certificate.objects.get().enrolment == stays


class TestOnePersonOneRun:
    """Somebody who left and came back under a new enrolment is still one person in this run."""

    @pytest.fixture
    def returned(self, run: CourseRun, complete: Complete, administrator: User) -> Enrolment:
        first = complete()
        issue(run, administrator)
        Enrolment.objects.filter(pk=first.pk).update(state=EnrolmentState.IN_ERROR, withdrawn_at=timezone.now())
        return complete(person=first.person)

    def test_they_keep_their_one_certificate(self, run: CourseRun, returned: Enrolment, administrator: User) -> None:
        certificate = Certificate.objects.get()
        assert services.issue_certificate(enrolment=returned) == certificate
        (row,) = issuing_of_run(run).issued
        assert (row.verdict.enrolment, row.certificate) == (returned, certificate)
        with pytest.raises(DomainError) as refusal:
            services.request_batch(run=run, by=administrator)
        assert refusal.value.code == "all_issued"
        assert runs_to_issue() == []

    def test_the_database_holds_it(self, returned: Enrolment) -> None:
        certificate = Certificate.objects.get()
        second = Certificate(
            serial="115-基礎-9999", enrolment=returned, person=returned.person, run=returned.run, facts={},
            issued_at=timezone.now(),
        )  # fmt: skip
        with pytest.raises(ValidationError, match="有效"):
            second.full_clean(exclude=["batch", "facts", "file"])
        with pytest.raises(IntegrityError), transaction.atomic():
            second.save()
        assert Certificate.objects.get() == certificate

    def test_revoked_for_good_none_is_issued_to_the_new_enrolment_either(
        self, run: CourseRun, returned: Enrolment, administrator: User
    ) -> None:
        services.revoke_certificate(certificate=Certificate.objects.get(), reason="冒名頂替", by=administrator)
        with pytest.raises(DomainError) as refusal:
            services.issue_certificate(enrolment=returned)
        assert refusal.value.code == "revoked_for_good"
        assert issuing_of_run(run).to_issue == []


class TestAWorkerThatDies:
    """A batch is a row; whoever comes next goes on, and nobody gets two."""

    def interrupt_after(self, count: int, batch: IssueBatch, monkeypatch: pytest.MonkeyPatch) -> None:
        """Run the batch with a worker that is killed when it draws certificate number `count` + 1."""
        draw, drawn = services.issuing.print_facts, []

        def dying(*args: object, **kwargs: object) -> bytes:
            if len(drawn) == count:
                raise KeyboardInterrupt
            drawn.append(None)
            return draw(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(services.issuing, "print_facts", dying)
            with pytest.raises(KeyboardInterrupt):
                services.run_batch(batch_id=batch.pk)

    def test_the_next_one_goes_on(
        self, run: CourseRun, complete: Complete, administrator: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        enrolments = [complete() for _ in range(3)]
        batch = services.request_batch(run=run, by=administrator)
        self.interrupt_after(1, batch, monkeypatch)
        batch.refresh_from_db()
        assert (batch.state, batch.done) == (BatchState.RUNNING, 1)
        kept = dict(Certificate.objects.values_list("enrolment", "serial"))
        assert len(kept) == 2  # the second has its number, not yet its page

        assert services.sweep_batches() == []  # it moved a moment ago
        assert services.run_batch(batch_id=batch.pk) is None
        IssueBatch.objects.update(changed_at=timezone.now() - services.STALE_AFTER - datetime.timedelta(seconds=1))
        assert services.sweep_batches() == [batch.pk]
        assert services.run_batch(batch_id=batch.pk) == BatchState.DONE

        batch.refresh_from_db()
        assert (batch.done, batch.total) == (3, 3)
        issued = dict(Certificate.objects.ready().values_list("enrolment", "serial"))
        assert set(issued) == {enrolment.pk for enrolment in enrolments}
        assert {key: issued[key] for key in kept} == kept
        assert Message.objects.filter(kind="certificates.issued").count() == 3

    def test_after_too_many_deaths_a_person_must_look(
        self, run: CourseRun, complete: Complete, administrator: User
    ) -> None:
        complete()
        batch = services.request_batch(run=run, by=administrator)
        IssueBatch.objects.update(attempts=services.MAX_ATTEMPTS)
        assert services.run_batch(batch_id=batch.pk) == BatchState.FAILED
        assert not Certificate.objects.exists()
        assert services.sweep_batches() == []

    def test_a_lost_task_is_sent_again(self, run: CourseRun, complete: Complete, administrator: User) -> None:
        complete()
        batch = services.request_batch(run=run, by=administrator)
        IssueBatch.objects.update(changed_at=timezone.now() - datetime.timedelta(minutes=5))
        assert services.sweep_batches() == [batch.pk]

    def test_a_full_disk_fails_the_batch_and_the_rest_is_issued_later(
        self, run: CourseRun, complete: Complete, administrator: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        complete(), complete()
        batch = services.request_batch(run=run, by=administrator)

        def full(*args: object, **kwargs: object) -> str:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(FileSystemStorage, "_save", full)
            assert services.run_batch(batch_id=batch.pk) == BatchState.FAILED
        assert not Certificate.objects.ready().exists()
        again = issue(run, administrator)
        assert (again.state, again.done, again.total) == (BatchState.DONE, 2, 2)
        assert Certificate.objects.count() == 2


def test_holders_and_requester_are_told_by_link_and_never_sent_the_file(
    run: CourseRun, complete: Complete, administrator: User
) -> None:
    holder = complete("林采薇").person
    silent = complete("王小明").person
    silent.email = ""
    silent.save()
    issue(run, administrator)
    told = Message.objects.get(kind="certificates.issued")
    assert (told.to, told.person, told.attachments) == (holder.email, holder, [])
    assert "/my/" in told.text
    assert "/accounts/signup/" in told.text  # they have no account yet
    assert people_not_told(IssueBatch.objects.get()) == [silent]
    assert Certificate.objects.get(enrolment__person=holder).facts["verify_url"] in told.text
    assert Message.objects.get(kind="certificates.batch_finished").to == administrator.email


class TestWhatACertificateSaysIsFrozen:
    @pytest.fixture
    def certificate(self, run: CourseRun, complete: Complete, administrator: User) -> Certificate:
        enrolment = complete("林采薇", person__agency__name="臺中市政府環境保護局")
        issue(run, administrator)
        return Certificate.objects.get(enrolment=enrolment)

    def test_it_does_not_change_when_person_course_or_agency_are_renamed(
        self, certificate: Certificate, run: CourseRun
    ) -> None:
        before, fingerprint = certificate.facts, hashlib.sha256(contents(certificate)).hexdigest()
        person = certificate.enrolment.person
        person.name, run.course.name, person.agency.name = "林大寶", "別的課", "別的局"
        person.save(), run.course.save(), person.agency.save()
        fresh = Certificate.objects.get()
        assert fresh.facts == before
        assert hashlib.sha256(contents(fresh)).hexdigest() == fingerprint == fresh.sha256
        assert before["name"] == "林采薇"
        assert before["agency"] == "臺中市政府環境保護局"
        assert "採購專業人員基礎班" in before["words"]["course"]

    def test_the_public_page_and_the_reprint_say_what_was_issued(
        self, client: Client, certificate: Certificate, run: CourseRun
    ) -> None:
        ensure_site()
        person = certificate.enrolment.person
        person.name, run.course.name, person.agency.name = "趙鐵柱", "別的課", "別的局"
        person.save(), run.course.save(), person.agency.save()
        fresh = Certificate.objects.get()
        html = client.get(f"/verify/{certificate.public_id}/").content.decode()
        assert "林○薇" in html
        assert "採購專業人員基礎班" in html
        assert "趙" not in html
        assert "別的課" not in html
        assert hashlib.sha256(print_again(fresh)).hexdigest() == fresh.sha256

    def test_it_keeps_the_evidence(self, certificate: Certificate) -> None:
        assert [(step["key"], step["ok"]) for step in certificate.evidence] == [
            ("recorded", True), ("absence", True), ("exam", True),
        ]  # fmt: skip
        assert certificate.evidence[2]["facts"]["total"] == 240
        assert certificate.evidence[1]["article"] == {"pcode": "A0030059", "number": "15"}

    def test_revoked_for_good_it_stays_and_no_other_is_issued(
        self, certificate: Certificate, run: CourseRun, administrator: User
    ) -> None:
        services.revoke_certificate(certificate=certificate, reason="冒名頂替", by=administrator)
        first = Certificate.objects.get().revoked_at
        services.revoke_certificate(certificate=certificate, reason="again", by=administrator)
        assert Certificate.objects.get().revoked_at == first
        assert Certificate.objects.get().revoked_reason == "冒名頂替"
        assert AuditEntry.objects.filter(action="certificate.revoked").count() == 1
        with pytest.raises(DomainError):
            services.request_batch(run=run, by=administrator)

    def test_revoked_for_a_mistake_a_corrected_one_takes_its_place(
        self, certificate: Certificate, run: CourseRun, administrator: User
    ) -> None:
        certificate.enrolment.person.name = "林采微"
        certificate.enrolment.person.save()
        services.revoke_certificate(certificate=certificate, reason="姓名誤植", by=administrator, may_be_replaced=True)
        issue(run, administrator)
        names = [(item.facts["name"], item.is_revoked) for item in Certificate.objects.order_by("pk")]
        assert names == [("林采薇", True), ("林采微", False)]
        assert len(set(Certificate.objects.values_list("serial", "public_id"))) == 2

    def test_a_revocation_needs_a_reason(self, certificate: Certificate, administrator: User) -> None:
        with pytest.raises(DomainError):
            services.revoke_certificate(certificate=certificate, reason="  ", by=administrator)
        assert not Certificate.objects.get().is_revoked


def test_public_numbers_cannot_be_guessed_and_are_easy_to_read() -> None:
    from certificates.models import new_public_id

    drawn = {new_public_id() for _ in range(200)}
    assert len(drawn) == 200
    assert {len(number) for number in drawn} == {16}
    assert not set("01OIL") & set("".join(drawn))


def test_a_run_is_overseen_in_constant_queries(run: CourseRun, complete: Complete) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            issuing_of_run(run)
        return len(captured)

    complete()
    one = queries()
    complete(), complete()
    assert queries() == one


def test_the_desk_names_finished_runs_with_somebody_to_certify(
    run: CourseRun, complete: Complete, administrator: User
) -> None:
    complete()
    finished_run(days_ago=400)
    nobody_complete = finished_run(days_ago=5)
    EnrolmentFactory(run=nobody_complete, person=PersonFactory())
    assert [(overview.run, len(overview.to_issue)) for overview in runs_to_issue()] == [(run, 1)]
    with CaptureQueriesContext(connection) as captured:
        runs_to_issue()
    before = len(captured)
    complete(), complete()
    with CaptureQueriesContext(connection) as captured:
        runs_to_issue()
    assert len(captured) == before
    issue(run, administrator)
    assert runs_to_issue() == []


def test_a_new_name_of_ones_own_giving_waits_for_a_word_and_the_others_get_theirs(
    run: CourseRun, complete: Complete, administrator: User
) -> None:
    renamed, other = complete("王小明"), complete("林采薇")
    account = UserFactory(person=renamed.person)
    change_details(person=renamed.person, name="王大明", job_title="", by=account)
    batch = issue(run, administrator)
    assert list(Certificate.objects.values_list("enrolment", flat=True)) == [other.pk]
    assert [problem for problem in batch.problems if "王大明" in problem] == batch.problems != []
    with pytest.raises(DomainError) as refusal:
        services.issue_certificate(enrolment=renamed, by=administrator)
    assert refusal.value.code == "name_waits"
    accept_name_change(change=NameChange.objects.get(), by=administrator)
    issue(run, administrator)
    assert Certificate.objects.get(enrolment=renamed).facts["name"] == "王大明"
