"""The screens of the report and its documents: who sees what, and the same numbers everywhere."""

import io
import json

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.enums import Role
from common.models import AuditEntry
from common.names import mask_name
from common.spreadsheets import ColumnSpec, read_table
from reports.models import Target
from reports.services import set_target
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import CourseRunFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db

PAGE = reverse("reports:report", args=["pass-rate"])
PEOPLE = reverse("reports:people", args=["pass-rate"])


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def export(client, file_format, **parameters):
    answer = client.get(reverse("reports:export", args=["pass-rate", file_format]), parameters)
    return answer.status_code, b"".join(answer.streaming_content)


@pytest.fixture
def target(db) -> Target:
    return set_target(
        report="pass-rate",
        measure="certified_rate",
        scope="basic",
        roc_year=107,
        value=83,
        source="施政績效報告",
        by=None,
    )


def test_administrators_and_report_viewers_see_it_and_nobody_else(administrator, viewer):
    urls = [reverse("reports:index"), PAGE, f"{PEOPLE}?measure=trained"]
    for user in (administrator, viewer):
        assert [signed_in(user).get(url).status_code for url in urls] == [200, 200, 200]
    for role in (Role.TRAINEE, Role.INSTRUCTOR, Role.AGENCY_CONTACT):
        client = signed_in(UserFactory(roles=[role]))
        urls_of_files = [reverse("reports:export", args=["pass-rate", "ods"])]
        assert [client.get(url).status_code for url in [*urls, *urls_of_files]] == [403, 403, 403, 403]
    assert [Client().get(url).status_code for url in urls] == [302, 302, 302]


def test_unknown_reports_formats_and_measures_are_not_found(administrator):
    client = signed_in(administrator)
    urls = [
        reverse("reports:report", args=["no-such"]),
        reverse("reports:export", args=["pass-rate", "exe"]),
        f"{PEOPLE}?measure=no-such",
        reverse("reports:people_export", args=["pass-rate", "json"]) + "?measure=trained",
    ]
    assert [client.get(url).status_code for url in urls] == [404] * 4


def test_the_page_begins_with_this_year_whatever_year_has_a_target(year_107, viewer, target, today):
    assert signed_in(viewer).get(PAGE).context["result"].parameters == {"year": today.year - 1911, "by": "run"}


def test_a_class_that_is_not_finished_is_marked_on_screen_chart_and_in_every_document(year_107, viewer, today):
    running = CourseRunFactory(curriculum=year_107[0].curriculum, starts_on=today, ends_on=today)
    EnrolmentFactory(run=running)
    client = signed_in(viewer)
    page = client.get(f"{PAGE}?kind=basic")
    assert [line.mark for line in page.context["table"].lines if line.mark] == ["尚未結訓"]
    assert f"{running.code}（尚未結訓）" in str(page.context["chart"])
    _, csv = export(client, "csv", kind="basic")
    assert "僅計已結訓班別,,,,410,404,357,357,87.07%,88.37%,0" in csv.decode()
    answer = json.loads(export(client, "json", kind="basic")[1])
    assert (answer["finished_only"]["certified_rate"], answer["rows"][-1]["not_finished"]) == (87.07, 1)
    _, pdf = export(client, "pdf", kind="basic")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "僅計已結訓班別" in text


def test_a_figure_stands_against_the_target_of_its_year(year_107, viewer, target):
    context = signed_in(viewer).get(f"{PAGE}?year=107").context
    assert context["result"].parameters == {"year": 107, "by": "run"}
    assert str(context["kpi"].value) == "87.07"
    assert context["kpi"].achievement.shown == 100
    assert [line.misses_target for line in context["table"].lines] == [False, False, False, True, False, False]


def test_every_number_of_the_page_leads_to_as_many_people(year_107, administrator, target):
    client = signed_in(administrator)
    table = client.get(f"{PAGE}?year=107").context["table"]
    row = table.lines[5].cells
    assert [cell.text for cell in row if cell.url] == ["60", "59", "51", "51", "85.00%", "86.44%"]
    for cell in [cell for cell in row if cell.url and not cell.text.endswith("%")]:
        assert client.get(cell.url).context["page_obj"].paginator.count == int(cell.text)


def test_viewers_see_masked_names_and_administrators_whole_ones(year_107, administrator, viewer):
    url = f"{PEOPLE}?run=107-basic-6&measure=certified"
    name = "學員6之0"
    whole, masked = (signed_in(user).get(url).content.decode() for user in (administrator, viewer))
    assert name in whole
    assert name not in masked
    assert mask_name(name) in masked


def test_who_opens_or_exports_the_people_is_recorded(year_107, administrator, viewer):
    url = f"{PEOPLE}?run=107-basic-6&measure=certified"
    signed_in(viewer).get(url)
    entry = AuditEntry.objects.get(action="reports.people_viewed")
    assert (entry.actor_id, entry.data) == (
        viewer.pk, {"report": "pass-rate", "measure": "certified", "run": "107-basic-6", "people": 50},
    )  # fmt: skip
    files = reverse("reports:people_export", args=["pass-rate", "ods"]) + "?run=107-basic-6&measure=certified"
    assert signed_in(viewer).get(files).status_code == 403
    answer = signed_in(administrator).get(files)
    table = read_table(
        io.BytesIO(b"".join(answer.streaming_content)),
        name="people.ods",
        columns=[ColumnSpec("name", ("姓名", "Name"))],
    )
    assert [row.text_of("name") for row in table.rows][:2] == ["學員6之0", "學員6之1"]
    assert len(table) == 51
    assert AuditEntry.objects.get(action="reports.people_exported").data["people"] == 51


def test_the_people_take_the_same_queries_for_one_and_for_many(year_107, administrator):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(administrator)
    counts = []
    for url in (f"{PEOPLE}?run=107-basic-6&measure=certified&page=2", f"{PEOPLE}?run=107-basic-6&measure=certified"):
        with CaptureQueriesContext(connection) as captured:
            rows = client.get(url).context["rows"]
        counts.append((len(rows), len(captured)))
    assert [rows for rows, _ in counts] == [1, 50]
    assert counts[0][1] == counts[1][1]


def test_the_same_numbers_stand_in_every_document(year_107, viewer, target):
    client = signed_in(viewer)
    answer = json.loads(export(client, "json", year=107)[1])
    assert list(answer) == ["report", "parameters", "as_of", "rows", "totals"]
    expected = [(row["run"], row["trained"], row["certified"], row["certified_rate"]) for row in answer["rows"]]
    assert expected[5] == ("107-basic-6", 60, 51, 85.0)
    headings = {"run": ("期別", "Run"), "trained": ("受訓", "Trained"), "certified": ("取得證照", "Certified")}
    for file_format in ("ods", "xlsx", "csv"):
        status, content = export(client, file_format, year=107)
        table = read_table(
            io.BytesIO(content),
            name=f"report.{file_format}",
            columns=[ColumnSpec(key, known) for key, known in headings.items()],
        )
        rows = [(row.text_of("run"), row.number_of("trained"), row.number_of("certified")) for row in table.rows[:7]]
        assert status == 200
        assert rows[:6] == [row[:3] for row in expected]
        assert rows[6][1:] == (410, 357)
    status, content = export(client, "pdf", year=107)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    for number in ("87.07%", "91.43%", "107-basic-4", "410", "357", "83%"):
        assert number in text


def test_wrong_parameters_are_explained_and_nothing_is_computed(viewer):
    client = signed_in(viewer)
    answer = client.get(PAGE, {"year": "7", "run": "no-such", "as_of": "soon", "agency": "沒有這個機關"})
    assert set(answer.context["form"].errors) == {"year", "run", "as_of", "agency"}
    assert "result" not in answer.context
    assert client.get(reverse("reports:export", args=["pass-rate", "csv"]), {"year": "x"}).status_code == 400


def test_years_without_anybody_say_what_will_be_here(viewer):
    answer = signed_in(viewer).get(PAGE, {"year": 99})
    assert answer.status_code == 200
    assert answer.context["result"].totals["certified_rate"] is None


def test_the_pages_speak_both_languages(year_107, viewer, target):
    client = signed_in(viewer)
    with override("en"):
        english = client.get(reverse("reports:report", args=["pass-rate"])).content.decode()
    assert "Certified ÷ trained" in english
    assert "107-basic-1" in english
