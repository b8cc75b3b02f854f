"""National certificates: recorded once, proving what they prove while they are valid."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from common.errors import DomainError
from common.models import AuditEntry
from qualifications.enums import Level, QualificationState
from qualifications.models import QualificationRecord
from qualifications.selectors import holds_level, people_ids_with_level, people_with_level
from qualifications.services import change_state, correct_record, record_qualification
from tests.factories.accounts import PersonFactory, UserFactory

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 5, 1)


def _record(person, number="(107)工程訓字第1號", level=Level.BASIC, issued_on=DAY):
    return record_qualification(person=person, level=level, number=number, issued_on=issued_on, source="test", by=None)


def test_recording_the_same_certificate_again_returns_the_first():
    person = PersonFactory()
    assert _record(person) == _record(person, number="（１０７）工程訓字 第 1 號")
    assert AuditEntry.objects.filter(action="qualification.recorded").count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": "  "}, "number_missing"),
        ({"issued_on": timezone.localdate() + datetime.timedelta(days=1)}, "issued_in_future"),
        ({"issued_on": DAY + datetime.timedelta(days=1)}, "number_differs"),
        ({"level": Level.ADVANCED}, "number_differs"),
    ],
)
def test_what_cannot_be_is_refused(changes, code):
    person = PersonFactory()
    _record(person)
    with pytest.raises(DomainError) as refused:
        _record(person, **changes)
    assert refused.value.code == code
    assert QualificationRecord.objects.count() == 1


def test_the_number_of_another_person_is_refused():
    _record(PersonFactory())
    with pytest.raises(DomainError) as refused:
        _record(PersonFactory())
    assert refused.value.code == "number_of_another"


def test_advanced_proves_basic_but_basic_does_not_prove_advanced():
    """資格辦法 §5: the advanced qualification demands the basic one."""
    basic, advanced, none = PersonFactory(), PersonFactory(), PersonFactory()
    _record(basic, "1")
    _record(advanced, "2", level=Level.ADVANCED)
    held = {level: [holds_level(person, level) for person in (basic, advanced, none)] for level in Level}
    assert held == {Level.BASIC: [True, True, False], Level.ADVANCED: [False, True, False]}
    assert set(people_with_level(Level.BASIC)) == {basic, advanced}
    assert people_ids_with_level(Level.BASIC, among=[basic.pk, none.pk]) == {basic.pk}


@pytest.mark.parametrize("state", [QualificationState.LOST, QualificationState.CANCELLED, QualificationState.REVOKED])
def test_a_lost_certificate_proves_nothing_until_it_is_restored(state):
    """資格辦法 §10 and §17; an acquittal restores."""
    person = PersonFactory()
    record = _record(person)
    change_state(record=record, state=state, since=DAY, reason="判決 1 號", by=None)
    assert not holds_level(person, Level.BASIC)
    change_state(record=record, state=QualificationState.VALID, since=DAY, reason="無罪確定", by=None)
    assert holds_level(person, Level.BASIC)
    said = [entry.data["reason"] for entry in AuditEntry.objects.filter(action="qualification.state_changed")]
    assert said == ["無罪確定", "判決 1 號"]


@pytest.mark.parametrize(
    ("since", "reason", "code"),
    [
        (DAY, " ", "reason_missing"),
        (DAY - datetime.timedelta(days=1), "x", "before_issue"),
        (timezone.localdate() + datetime.timedelta(days=1), "x", "in_future"),
    ],
)
def test_a_state_needs_a_reason_and_a_day_that_can_be(since, reason, code):
    record = _record(PersonFactory())
    with pytest.raises(DomainError) as refused:
        change_state(record=record, state=QualificationState.LOST, since=since, reason=reason, by=None)
    assert refused.value.code == code
    assert QualificationRecord.objects.get().state == QualificationState.VALID


def test_a_correction_keeps_the_old_facts_in_the_audit():
    record = _record(PersonFactory(), "1")
    record.number = "２"
    correct_record(record=record, by=UserFactory())
    assert QualificationRecord.objects.get().number == "2"
    assert AuditEntry.objects.get(action="qualification.corrected").data == {"number": ["1", "2"]}


def test_the_back_office_records_and_refuses_in_words(client):
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    address = reverse("qualification_records:add")
    person = PersonFactory()
    entered = {"person": person.pk, "level": "basic", "number": "9", "issued_on": "2018-05-01", "source": ""}
    assert client.post(address, entered).status_code == 302
    refused = client.post(address, {**entered, "person": PersonFactory().pk})
    assert "number" in refused.context["form"].errors
    record = QualificationRecord.objects.get()
    state = reverse("qualification_records:state", args=[record.pk])
    assert client.get(state).status_code == 200
    client.post(state, {"state": "revoked", "since": "2019-01-01", "reason": "冒名頂替"})
    record.refresh_from_db()
    assert (record.state, record.state_reason) == ("revoked", "冒名頂替")
    edit = reverse("qualification_records:edit", args=[record.pk])
    assert client.post(edit, {**entered, "number": "10"}).status_code == 302
    assert QualificationRecord.objects.get().number == "10"
    client.post(reverse("qualification_records:delete", args=[record.pk]))
    assert QualificationRecord.objects.exists()


def test_nobody_else_records_certificates(client):
    record = _record(PersonFactory())
    client.force_login(UserFactory(roles=[Role.INSTRUCTOR]))
    for name, arguments in (("add", []), ("state", [record.pk]), ("edit", [record.pk])):
        response = client.post(reverse(f"qualification_records:{name}", args=arguments), {"state": "revoked"})
        assert response.status_code in (302, 403)
    record.refresh_from_db()
    assert record.state == QualificationState.VALID


def test_records_are_found_by_a_name_however_it_is_written(client):
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    person = PersonFactory(name="溫小峰")
    QualificationRecord.objects.create(
        person=person, level=Level.BASIC, number="測字第1號", issued_on=timezone.localdate()
    )
    for text in ("温小峯", "測字第1"):
        found = client.get(reverse("qualification_records:index"), {"q": text}).context["object_list"]
        assert [record.person for record in found] == [person]
