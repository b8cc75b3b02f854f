"""The roll call page, the attendance of a run, and the panels on Today, the run's page and the Desk."""

import datetime
import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from common.spreadsheets import ColumnSpec, read_table
from courses.attendance.models import AttendanceRecord
from courses.attendance.services import RollCallEntry, record_roll_call
from courses.catalogue.permissions import sessions_taught_by, teaches
from courses.learning.selectors import runs_taught_by
from faculty.models import Instructor
from tests.factories.accounts import UserFactory
from tests.factories.attendance import AttendanceRecordFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(session):
    return reverse("attendance:roll_call", args=[session.pk])


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def posted(trainees, *statuses, **more):
    """Return a posted roll call; `more` are further fields, such as minutes_1=20 of the trainee of number 1."""
    data = {f"status-{trainee.pk}": status for trainee, status in zip(trainees, statuses, strict=False) if status}
    data |= {f"seen-{trainee.pk}": "" for trainee in trainees}
    for key, value in more.items():
        name, number = key.split("_")
        data[f"{name}-{trainees[int(number) - 1].pk}"] = value
    return data


def test_the_roll_is_saved_in_one_post(session, trainees, instructor_user, page):
    client = signed_in(instructor_user)
    shown = client.get(page)
    assert [row.enrolment.person.name for row in shown.context["rows"]] == ["王小明", "李小華", "陳大文"]
    assert shown.context["unmarked_count"] == 3
    answer = client.post(page, posted(trainees, "present", "late", "excused", minutes_2="２０", note_3="公假"))
    assert (answer.status_code, answer.url) == (302, page)
    assert list(AttendanceRecord.objects.values_list("status", "minutes_present", "minutes_excused", "note")) == [
        ("present", 180, 0, ""), ("late", 160, 0, ""), ("excused", 0, 180, "公假"),
    ]  # fmt: skip
    again = client.get(page)
    assert [(row.status.value(), row.minutes.value()) for row in again.context["rows"]] == [
        ("present", None), ("late", 20), ("excused", None),
    ]  # fmt: skip
    assert (again.context["present_count"], again.context["away_count"]) == (2, 1)


def test_what_was_chosen_stays_when_a_field_is_wrong(trainees, instructor_user, page):
    client = signed_in(instructor_user)
    answer = client.post(page, posted(trainees, "present", "late", "absent", note_2="塞車"))
    assert answer.status_code == 422
    assert AttendanceRecord.objects.count() == 0
    rows = answer.context["rows"]
    assert [row.status.value() for row in rows] == ["present", "late", "absent"]
    assert rows[1].note.value() == "塞車"
    assert (rows[0].errors, len(rows[1].errors)) == ([], 1)


def test_without_javascript_the_others_are_marked_present_by_the_server_and_nothing_is_saved(
    trainees, instructor_user, page
):
    answer = signed_in(instructor_user).post(page, posted(trainees, "", "absent", "") | {"fill": "present"})
    assert [row.status.value() for row in answer.context["rows"]] == ["present", "absent", "present"]
    assert AttendanceRecord.objects.count() == 0


def test_the_later_of_two_people_is_told_and_may_overrule(session, trainees, instructor_user, administrator, page):
    record_roll_call(session=session, entries=[RollCallEntry(trainees[0].pk, "late", 30)], by=administrator)
    client = signed_in(instructor_user)
    answer = client.post(page, posted(trainees, "absent", "present", "present"))
    assert answer.status_code == 409
    assert str(administrator) in answer.content.decode()
    assert AttendanceRecord.objects.count() == 1
    data = {f"status-{row.enrolment.pk}": row.status.value() for row in answer.context["rows"]}
    data |= {f"seen-{row.enrolment.pk}": row.seen.value() for row in answer.context["rows"]}
    assert client.post(page, data).status_code == 302
    assert list(AttendanceRecord.objects.values_list("status", flat=True)) == ["absent", "present", "present"]


def test_foreign_roll_calls_are_forbidden_and_unknown_ones_not_found(session, trainees, run, administrator, page):
    strangers = [UserFactory(), UserFactory(roles=[Role.INSTRUCTOR]), UserFactory(person=trainees[0].person)]
    run_page = reverse("attendance:run", args=[run.code])
    sheet = reverse("attendance:sheet", args=[run.code, "ods"])
    for stranger in strangers:
        client = signed_in(stranger)
        assert [client.get(url).status_code for url in (page, run_page, sheet)] == [403, 403, 403]
        assert client.post(page, posted(trainees, "present")).status_code == 403
    assert AttendanceRecord.objects.count() == 0
    client = signed_in(administrator)
    assert [client.get(url).status_code for url in (page, run_page, sheet)] == [200, 200, 200]
    unknown = [reverse("attendance:roll_call", args=[10**6]), reverse("attendance:run", args=["107-basic-99"])]
    assert [client.get(url).status_code for url in unknown] == [404, 404]
    assert client.get(reverse("attendance:sheet", args=[run.code, "exe"])).status_code == 404
    assert Client().get(page).status_code == 302


def test_the_roll_call_page_takes_the_same_queries_for_one_trainee_and_for_three(
    session, instructor_user, page, run, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(instructor_user)
    counts = []
    for number in (1, 2, 3):
        AttendanceRecordFactory(session=session, enrolment=EnrolmentFactory(run=run, number=number))
        with CaptureQueriesContext(connection) as captured:
            assert len(client.get(page).context["rows"]) == number
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]


def test_the_sheet_holds_a_whole_run_in_one_file(session, trainees, run, instructor_user):
    AttendanceRecordFactory(session=session, enrolment=trainees[0], missed=60)
    client = signed_in(instructor_user)
    for file_format in ("ods", "xlsx", "csv"):
        answer = client.get(reverse("attendance:sheet", args=[run.code, file_format]))
        content = io.BytesIO(b"".join(answer.streaming_content))
        table = read_table(
            content,
            name=f"sheet.{file_format}",
            columns=[ColumnSpec("name", ("Name", "姓名")), ColumnSpec("missed", ("Minutes missed", "缺課分鐘"))],
        )
        cells = [(row.text_of("name"), row.number_of("missed")) for row in table.rows]
        assert cells[:3] == [("王小明", 60), ("李小華", 0), ("陳大文", 0)]


def test_the_attendance_of_a_run_takes_constant_queries(session, run, instructor_user):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(instructor_user)
    counts = []
    for number in (1, 2, 3):
        AttendanceRecordFactory(session=session, enrolment=EnrolmentFactory(run=run, number=number))
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("attendance:run", args=[run.code]))
        assert [enrolment.number for enrolment, _ in page.context["rows"]] == list(range(1, number + 1))
        counts.append(len(captured))
    assert counts[0] == counts[2]


def today_panel(user, rf):
    from courses.attendance.panels import today_context

    request = rf.get("/today/")
    request.user = user
    return today_context(request, None)


def at_noon(days):
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + datetime.timedelta(days=days)


def test_today_shows_my_sessions_first_then_the_next_and_what_lacks_a_roll_call(
    session, trainees, run, instructor_user, administrator, rf
):
    mine = {"run": run, "instructor": session.instructor, "ends_at": None}
    today, tomorrow = (
        SessionFactory(**mine | {"number": n, "starts_at": at_noon(days), "ends_at": at_noon(days + 0.1)})
        for n, days in ((2, 0), (3, 1))
    )
    SessionFactory(run=run, number=4, starts_at=at_noon(0), ends_at=at_noon(0.1))  # a colleague's
    SessionFactory(
        run=CourseRunFactory(cancelled_at=timezone.now()), starts_at=at_noon(0), ends_at=at_noon(0.1),
        instructor=session.instructor,
    )  # fmt: skip
    shown = today_panel(instructor_user, rf)
    assert (shown["today_sessions"], shown["next_sessions"], shown["gaps"]) == ([today], [tomorrow], [session])
    stands_in = today_panel(administrator, rf)
    assert len(stands_in["today_sessions"]) == 2
    assert today_panel(UserFactory(roles=[Role.INSTRUCTOR]), rf) is None


def test_the_run_page_leads_only_its_instructors_to_the_roll_calls(session, run, trainees, instructor_user, rf):
    from courses.attendance.panels import run_context

    request = rf.get("/")
    request.user = instructor_user
    assert run_context(request, run) == {"run": run, "gap_count": 1}
    request.user = UserFactory(person=trainees[0].person)
    assert run_context(request, run) is None


def test_the_desk_lists_sessions_without_a_whole_roll_call(session, trainees, administrator, rf):
    from courses.attendance.panels import desk_context

    request = rf.get("/desk/")
    request.user = administrator
    assert desk_context(request, None) == {"gaps": [session], "total": 1}
    for trainee in trainees:
        AttendanceRecordFactory(session=session, enrolment=trainee)
    assert desk_context(request, None) is None


def test_the_pages_draw_in_both_languages(session, trainees, run, instructor_user, page):
    client = signed_in(instructor_user)
    for prefix in ("", "/en"):
        for url in (page, reverse("attendance:run", args=[run.code]), "/today/"):
            answer = client.get(prefix + url)
            assert answer.status_code == 200
            assert session.display_title in answer.content.decode()


@pytest.mark.parametrize("loss", ["inactive", "role"])
def test_who_no_longer_teaches_neither_reads_nor_writes_what_they_taught(
    session, trainees, instructor_user, administrator, page, run, loss
):
    record_roll_call(session=session, entries=[RollCallEntry(trainees[0].pk, "present")], by=instructor_user)
    if loss == "inactive":
        Instructor.objects.filter(person=instructor_user.person).update(is_active=False)
    else:
        instructor_user.groups.clear()
    former = User.objects.get(pk=instructor_user.pk)
    client = signed_in(former)
    pages = [page, reverse("attendance:run", args=[run.code]), reverse("attendance:sheet", args=[run.code, "csv"])]
    assert [client.get(address).status_code for address in pages] == [403, 403, 403]
    assert client.post(page, posted(trainees, "absent", "absent", "absent")).status_code == 403
    assert list(AttendanceRecord.objects.values_list("status", flat=True)) == ["present"]
    assert (list(sessions_taught_by(former)), teaches(former, run), list(runs_taught_by(former))) == ([], False, [])
