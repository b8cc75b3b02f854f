"""Correcting a roll call in the back office."""

import pytest
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from courses.attendance.models import AttendanceRecord
from tests.factories.attendance import AttendanceRecordFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(administrator) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


def test_the_list_finds_sessions_by_run_and_by_what_they_lack(client, session, trainees):
    address = reverse("roll_calls:index")
    assert [item.pk for item in client.get(address).context["page_obj"]] == [session.pk]
    assert [item.pk for item in client.get(address, {"q": session.run.code}).context["page_obj"]] == [session.pk]
    assert list(client.get(address, {"q": "no-such"}).context["page_obj"]) == []
    assert [item.pk for item in client.get(address, {"gaps": "1"}).context["page_obj"]] == [session.pk]
    for trainee in trainees:
        AttendanceRecordFactory(session=session, enrolment=trainee)
    assert list(client.get(address, {"gaps": "1"}).context["page_obj"]) == []


def test_a_correction_by_an_administrator_is_saved_and_audited(client, administrator, session, trainees):
    record = AttendanceRecordFactory(session=session, enrolment=trainees[0], missed=180)
    address = reverse("roll_calls:correct", args=[session.pk])
    rows = client.get(address).context["rows"]
    data = {field.html_name: field.value() or "" for row in rows for field in (row.status, row.minutes, row.seen)}
    data[f"status-{trainees[0].pk}"], data[f"minutes-{trainees[0].pk}"] = "late", "20"
    assert client.post(address, data).status_code == 302
    record.refresh_from_db()
    assert (record.status, record.minutes_present, record.recorded_by) == ("late", 160, administrator)
    assert AuditEntry.objects.get(action="attendance.corrected").data["before"] == "absent|0|0|"
    assert AttendanceRecord.objects.count() == 1


def test_instructors_do_not_correct_here(session, instructor_user):
    client = Client()
    client.force_login(instructor_user)
    assert client.get(reverse("roll_calls:correct", args=[session.pk])).status_code in (302, 403)
    assert client.post(reverse("roll_calls:correct", args=[session.pk]), {}).status_code in (302, 403)


def test_unknown_sessions_are_not_found(client):
    assert client.get(reverse("roll_calls:correct", args=[10**6])).status_code == 404
