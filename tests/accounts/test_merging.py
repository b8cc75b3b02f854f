"""Two records of one person become one, with all that hangs on them, or nothing happens."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.merging import people
from accounts.models import Person, User
from accounts.selectors import look_alikes, possible_duplicates
from accounts.services import merge_people, preview_merge
from common.errors import DomainError
from common.models import AuditEntry
from courses.assessment.models import Certification, Result
from courses.assessment.pass_rate import Scope, counts
from courses.attendance.models import AttendanceRecord
from courses.catalogue.models import Session
from courses.enrolment.enums import WaitingState
from courses.enrolment.merging import enrolments
from courses.enrolment.models import Enrolment, WaitingListEntry
from faculty.models import Instructor
from notifications.models import Message
from qualifications.models import QualificationRecord
from tests.factories.accounts import AgencyFactory, PersonFactory, UserFactory
from tests.factories.assessment import CertificationFactory, ResultFactory
from tests.factories.attendance import AttendanceRecordFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory, WaitingListEntryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return UserFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def kept() -> Person:
    return PersonFactory(name="溫小明", email="")


@pytest.fixture
def gone(kept: Person) -> Person:
    return PersonFactory(name="温小明", agency=kept.agency, email="ming@example.test")


def test_every_key_to_a_person_and_to_an_enrolment_says_how_it_is_merged() -> None:
    assert people.missing() == set()
    assert enrolments.missing() == set()


def test_everything_moves_and_the_audit_keeps_who_went(kept: Person, gone: Person, by: User) -> None:
    certification = CertificationFactory(enrolment=EnrolmentFactory(person=gone))
    Message.objects.create(kind="x.y", to="a@b.test", subject="s", text="t", person=gone)
    account = UserFactory(person=gone)
    key = gone.pk
    merge_people(kept=kept, gone=gone, by=by)
    kept.refresh_from_db()
    assert not Person.objects.filter(pk=key).exists()
    assert (kept.name, kept.email) == ("溫小明", "ming@example.test")
    assert User.objects.get(pk=account.pk).person == kept
    for model in (Enrolment, QualificationRecord, Message):
        assert model.objects.get().person == kept
    assert Certification.objects.get() == certification
    entry = AuditEntry.objects.get(action="person.merged")
    assert (entry.object_id, entry.data["gone"], entry.data["name"]) == (str(kept.pk), key, "温小明")
    assert entry.data["moved"]["enrolment.Enrolment.person"] == 1


def test_merging_again_changes_nothing(kept: Person, gone: Person, by: User) -> None:
    again = Person(pk=gone.pk)
    merge_people(kept=kept, gone=gone, by=by)
    entries = AuditEntry.objects.count()
    assert merge_people(kept=kept, gone=again, by=by) == kept
    assert AuditEntry.objects.count() == entries


def test_both_in_one_run_count_once_with_the_attendance_and_results_of_both(
    kept: Person, gone: Person, by: User
) -> None:
    run = CourseRunFactory(basic=True)
    first, second, third = (SessionFactory(run=run) for _each in range(3))
    own, other = EnrolmentFactory(run=run, person=kept), EnrolmentFactory(run=run, person=gone)
    AttendanceRecordFactory(session=first, enrolment=own)
    AttendanceRecordFactory(session=second, enrolment=own, missed=second.minutes)
    AttendanceRecordFactory(session=second, enrolment=other)
    AttendanceRecordFactory(session=third, enrolment=other)
    ResultFactory(enrolment=own, missed=True)
    ResultFactory(enrolment=other)
    CertificationFactory(enrolment=other)
    merge_people(kept=kept, gone=gone, by=by)
    assert list(Enrolment.objects.filter(run=run).values_list("person", "number")) == [(kept.pk, own.number)]
    present = (
        AttendanceRecord.objects.filter(enrolment=own).order_by("session").values_list("minutes_present", flat=True)
    )
    assert list(present) == [session.minutes for session in Session.objects.filter(run=run).order_by("pk")]
    assert [result.total for result in Result.objects.filter(enrolment=own)] == [240]
    figures = counts(Scope(as_of=run.ends_on.replace(year=run.ends_on.year + 1), run=run.code), {"run": "run__code"})
    assert [(row["trained"], row["certified"]) for row in figures] == [(1, 1)]


def test_whoever_waits_twice_or_has_a_seat_already_waits_once_or_not_at_all(
    kept: Person, gone: Person, by: User
) -> None:
    both_wait, seat = CourseRunFactory(), CourseRunFactory()
    earlier = WaitingListEntryFactory(run=both_wait, person=gone)
    WaitingListEntryFactory(run=both_wait, person=kept)
    EnrolmentFactory(run=seat, person=gone)
    WaitingListEntryFactory(run=seat, person=kept)
    merge_people(kept=kept, gone=gone, by=by)
    waiting = WaitingListEntry.objects.filter(state=WaitingState.WAITING)
    assert list(waiting.values_list("pk", "person")) == [(earlier.pk, kept.pk)]


def test_two_profiles_of_an_instructor_become_one(kept: Person, gone: Person, by: User) -> None:
    own, other = (Instructor.objects.create(person=person) for person in (kept, gone))
    session = SessionFactory(instructor=other)
    merge_people(kept=kept, gone=gone, by=by)
    session.refresh_from_db()
    assert (session.instructor, list(Instructor.objects.all())) == (own, [own])


def two_accounts(kept: Person, gone: Person) -> None:
    UserFactory(person=kept, email="one@example.test")
    UserFactory(person=gone)


def two_results(kept: Person, gone: Person) -> None:
    run = CourseRunFactory(basic=True)
    for person in (kept, gone):
        ResultFactory(enrolment=EnrolmentFactory(run=run, person=person))


def two_certifications(kept: Person, gone: Person) -> None:
    run = CourseRunFactory(basic=True)
    for person in (kept, gone):
        CertificationFactory(enrolment=EnrolmentFactory(run=run, person=person))


@pytest.mark.parametrize("conflict", [two_accounts, two_results, two_certifications])
def test_what_only_a_person_can_decide_is_said_and_nothing_moves(
    kept: Person, gone: Person, by: User, conflict: object
) -> None:
    conflict(kept, gone)
    Message.objects.create(kind="x.y", to="a@b.test", subject="s", text="t", person=gone)
    enrolled = list(Enrolment.objects.order_by("pk").values_list("person", flat=True))
    report = preview_merge(kept=kept, gone=gone, by=by)
    assert len(report.conflicts) == 1
    with pytest.raises(DomainError) as refusal:
        merge_people(kept=kept, gone=gone, by=by)
    assert (refusal.value.code, str(refusal.value)) == ("conflicts", report.conflicts[0])
    assert Message.objects.get().person == gone
    assert list(Enrolment.objects.order_by("pk").values_list("person", flat=True)) == enrolled


def test_the_screen_shows_what_would_move_changes_nothing_and_then_does_it(
    client: Client, kept: Person, gone: Person, by: User
) -> None:
    EnrolmentFactory(person=gone)
    client.force_login(by)
    assert "温小明" in client.get(reverse("people_merge:index")).content.decode()
    address = reverse("people_merge:compare", args=[kept.pk, gone.pk])
    page = client.get(address)
    assert page.context["report"].counts == {"enrolment.Enrolment.person": 1}
    assert Enrolment.objects.get().person == gone
    assert not AuditEntry.objects.filter(action="person.merged").exists()
    assert client.post(address).url == reverse("person:edit", args=[kept.pk])
    assert Enrolment.objects.get().person == kept
    assert client.post(address).status_code == 302  # a doubled click


def test_only_administrators_merge(client: Client, kept: Person, gone: Person) -> None:
    client.force_login(UserFactory(roles=[Role.REPORT_VIEWER]))
    for address in (reverse("people_merge:index"), reverse("people_merge:compare", args=[kept.pk, gone.pk])):
        assert client.post(address).status_code in {302, 403}
    assert Person.objects.filter(pk=gone.pk).exists()


def test_look_alikes_share_the_name_and_nothing_speaks_against_them(kept: Person, gone: Person) -> None:
    elsewhere = PersonFactory(name="溫小明", agency=AgencyFactory())
    nowhere = PersonFactory(name="溫小明", agency=None, agency_confirmed_at=None, email="")
    found = look_alikes(name="温小明", agency=kept.agency, but=gone)
    assert list(found) == [kept, nowhere]
    assert elsewhere not in found
    assert set(possible_duplicates()) == {kept, gone, nowhere, elsewhere}


def test_recording_somebody_of_a_known_name_asks_first(client: Client, kept: Person, by: User) -> None:
    client.force_login(by)
    entered = {"name": "溫 小明", "email": "", "job_title": "", "agency": kept.agency.pk}
    response = client.post(reverse("person:add"), entered)
    assert list(response.context["form"].alike) == [kept]
    assert "溫小明" in response.content.decode()
    client.post(reverse("person:add"), {**entered, "is_another": "on"})
    assert Person.objects.filter(name_key=kept.name_key).count() == 2
