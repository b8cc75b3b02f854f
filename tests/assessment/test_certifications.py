"""The national certificate that came of a run: no edit makes records contradict each other; a tie can be untied."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.errors import DomainError
from common.models import AuditEntry
from courses.assessment.models import Certification
from courses.assessment.services import certify, move_sitting, record_result, untie_certification
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from qualifications.enums import Level, QualificationState
from qualifications.models import QualificationRecord
from qualifications.services import change_state, correct_record
from tests.factories.accounts import PersonFactory, UserFactory
from tests.factories.assessment import ResultFactory, SittingFactory

pytestmark = pytest.mark.django_db

PASSED, ISSUED = datetime.date(2018, 4, 1), datetime.date(2018, 6, 1)


@pytest.fixture
def certification(trainees: list[Enrolment]) -> Certification:
    ResultFactory(enrolment=trainees[0], sitting=SittingFactory(run=trainees[0].run, held_on=PASSED))
    return certify(enrolment=trainees[0], number="工程訓字第1號", issued_on=ISSUED, source="test", by=None)


def corrected(certification: Certification, **changes: object) -> QualificationRecord:
    record = QualificationRecord.objects.get(pk=certification.record_id)
    for name, value in changes.items():
        setattr(record, name, value)
    return record


class TestCorrectingARecord:
    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"person": None}, "王小明"),
            ({"level": Level.ADVANCED}, "級別"),
            ({"issued_on": PASSED - datetime.timedelta(days=1)}, "107 年 4 月 1 日"),
        ],
    )
    def test_what_contradicts_the_class_it_came_of_is_refused_and_says_so(
        self, certification: Certification, administrator: User, changes: dict[str, object], told: str
    ) -> None:
        changes = {name: PersonFactory() if name == "person" else value for name, value in changes.items()}
        with pytest.raises(DomainError) as refused:
            correct_record(record=corrected(certification, **changes), by=administrator)
        assert refused.value.code == "contradicts"
        assert told in str(refused.value)
        assert "107-basic-1" in str(refused.value)
        fresh = QualificationRecord.objects.get()
        assert (fresh.person, fresh.level, fresh.issued_on) == (certification.enrolment.person, Level.BASIC, ISSUED)

    def test_what_contradicts_nothing_is_saved(self, certification: Certification, administrator: User) -> None:
        day = ISSUED + datetime.timedelta(days=1)
        correct_record(record=corrected(certification, number="工程訓字第2號", issued_on=day), by=administrator)
        assert QualificationRecord.objects.get().issued_on == day

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"number": " "}, "number_missing"),
            ({"issued_on": timezone.localdate() + datetime.timedelta(days=1)}, "issued_in_future"),
            ({"issued_on": ISSUED + datetime.timedelta(days=40)}, "after_state"),
        ],
    )
    def test_it_is_held_to_the_rules_of_recording(
        self, certification: Certification, administrator: User, changes: dict[str, object], code: str
    ) -> None:
        change_state(
            record=certification.record, state=QualificationState.REVOKED, since=ISSUED + datetime.timedelta(days=30),
            reason="冒名", by=administrator,
        )  # fmt: skip
        with pytest.raises(DomainError) as refused:
            correct_record(record=corrected(certification, **changes), by=administrator)
        assert refused.value.code == code

    def test_the_screen_shows_the_refusal(
        self, client: Client, certification: Certification, administrator: User
    ) -> None:
        client.force_login(administrator)
        data = {
            "person": PersonFactory().pk, "level": "basic", "number": "工程訓字第1號", "issued_on": "2018-06-01",
            "source": "test",
        }  # fmt: skip
        response = client.post(reverse("qualification_records:edit", args=[certification.record_id]), data)
        assert "107-basic-1" in response.content.decode()
        assert QualificationRecord.objects.get().person == certification.enrolment.person


class TestUntying:
    def test_it_is_a_screen_with_a_reason_and_an_audit_entry(
        self, client: Client, certification: Certification, administrator: User
    ) -> None:
        url = reverse("sittings:untie", args=[certification.pk])
        client.force_login(UserFactory())
        client.post(url, {"reason": "x"})
        client.force_login(administrator)
        sitting = certification.enrolment.results.get().sitting
        assert url in client.get(reverse("sittings:sitting", args=[sitting.pk])).content.decode()
        assert client.post(url, {"reason": " "}).context["form"].errors
        assert Certification.objects.exists()
        client.post(url, {"reason": "登錄到別人"})
        assert not Certification.objects.exists()
        entry = AuditEntry.objects.get(action="assessment.certification_untied")
        assert (entry.actor_id, entry.data["number"], entry.data["reason"]) == (
            administrator.pk, "工程訓字第1號", "登錄到別人",
        )  # fmt: skip

    def test_afterwards_the_record_can_move_and_be_tied_where_it_belongs(
        self, certification: Certification, administrator: User, trainees: list[Enrolment]
    ) -> None:
        rightful = trainees[1]
        ResultFactory(enrolment=rightful, sitting=certification.enrolment.results.get().sitting)
        untie_certification(certification=certification, reason="登錄到別人", by=administrator)
        correct_record(record=corrected(certification, person=rightful.person), by=administrator)
        certify(enrolment=rightful, number="工程訓字第1號", issued_on=ISSUED, source="test", by=administrator)
        assert Certification.objects.get().enrolment == rightful


class TestTheExamUnderIt:
    def test_the_day_of_the_exam_cannot_move_past_the_certificate(
        self, certification: Certification, administrator: User
    ) -> None:
        sitting = certification.enrolment.results.get().sitting
        with pytest.raises(DomainError) as refused:
            move_sitting(sitting=sitting, held_on=ISSUED + datetime.timedelta(days=1), by=administrator)
        assert refused.value.code == "pass_is_certified"
        assert "工程訓字第1號" in str(refused.value)
        assert move_sitting(sitting=sitting, held_on=ISSUED, by=administrator).held_on == ISSUED

    def test_nor_past_a_make_up(self, certification: Certification, administrator: User) -> None:
        first = certification.enrolment.results.get().sitting
        make_up = SittingFactory(run=first.run, number=1, held_on=PASSED + datetime.timedelta(days=7))
        for sitting, day in (
            (first, PASSED + datetime.timedelta(days=8)),
            (make_up, PASSED - datetime.timedelta(days=1)),
        ):
            with pytest.raises(DomainError) as refused:
                move_sitting(sitting=sitting, held_on=day, by=administrator)
            assert refused.value.code == "out_of_order"

    def test_a_pass_after_the_certificate_is_no_ground_for_it(
        self, certification: Certification, administrator: User
    ) -> None:
        """Corrected to failed, with a make-up passed later: the certificate would be older than the pass."""
        enrolment = certification.enrolment
        late = SittingFactory(run=enrolment.run, number=1, held_on=ISSUED + datetime.timedelta(days=30))
        ResultFactory(enrolment=enrolment, sitting=late)
        with pytest.raises(DomainError) as refused:
            record_result(
                enrolment=enrolment, sitting=0, held_on=PASSED, scores={"法規": 1, "實務": 1, "其他": 1},
                by=administrator,
            )  # fmt: skip
        assert refused.value.code == "pass_is_certified"


def test_an_enrolment_that_does_not_stand_is_not_certified(
    certification: Certification, trainees: list[Enrolment]
) -> None:
    gone = trainees[1]
    ResultFactory(enrolment=gone, sitting=certification.enrolment.results.get().sitting)
    Enrolment.objects.filter(pk=gone.pk).update(state=EnrolmentState.WITHDRAWN, withdrawn_at=timezone.now())
    gone.refresh_from_db()
    with pytest.raises(DomainError) as refused:
        certify(enrolment=gone, number="工程訓字第9號", issued_on=ISSUED, source="test", by=None)
    assert refused.value.code == "withdrawn"
