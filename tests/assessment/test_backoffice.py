"""The screens of the score import: counts first, problems first, nothing without a decision."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from courses.assessment.enums import ImportState
from courses.assessment.models import Result, ScoreImport, Sitting
from courses.assessment.panels import desk_context
from courses.enrolment.enums import EnrolmentState
from tests.common.workbooks import xlsx
from tests.factories.accounts import UserFactory
from tests.factories.assessment import ResultFactory
from tests.factories.enrolment import EnrolmentFactory

from .conftest import HEADINGS, csv_file, row

pytestmark = pytest.mark.django_db

UPLOAD = reverse("score_import:index")


@pytest.fixture
def client(administrator, run, trainees) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


def upload(client, *rows):
    file = SimpleUploadedFile("成績.csv", csv_file(*rows).getvalue())
    return client.post(UPLOAD, {"file": file}, follow=True)


def test_from_the_file_to_the_results(client):
    page = upload(client, row(), row(學號=2, 姓名="李小華", 其他=60))
    assert page.status_code == 200
    assert (page.context["row_count"], page.context["refused"]) == (2, 0)
    assert [(line.name, line.total, line.passed) for line in page.context["page_obj"]] == [
        ("王小明", 231, True), ("李小華", 230, False),
    ]  # fmt: skip
    assert Result.objects.count() == 0
    address = reverse("score_import:preview", args=[ScoreImport.objects.get().pk])
    for _ in range(2):  # a double click
        assert client.post(address, {"deed": "all"}).status_code == 302
    assert Result.objects.count() == 2
    assert client.get(address).context["is_open"] is False


def test_what_the_reader_remarks_on_a_file_stands_above_its_rows(client):
    def fill(book):
        first, second = book.add_worksheet("第1班"), book.add_worksheet("第2班")
        for index, values in enumerate([HEADINGS, row(), row(學號=2, 姓名="李小華")]):
            first.write_row(index, 0, values)
        first.set_row(1, None, None, {"hidden": True})
        second.write_row(0, 0, HEADINGS)

    page = client.post(UPLOAD, {"file": SimpleUploadedFile("成績.xlsx", xlsx(fill))}, follow=True)
    assert page.context["row_count"] == 2
    assert "第2班" in page.text
    assert "隱藏" in page.text


@pytest.mark.parametrize(("column", "value", "shown"), [(0, 46357, "m-d"), (10, 12, "0000000"), (2, 0.5, "h:mm")])
def test_a_run_a_name_or_a_certificate_that_a_program_made_a_number_of_is_named_by_its_cell(
    client, column, value, shown
):
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, row())
        sheet.write_number(1, column, value, book.add_format({"num_format": shown}))

    page = client.post(UPLOAD, {"file": SimpleUploadedFile("成績.xlsx", xlsx(fill))})
    assert page.status_code == 422
    assert [(problem.row, problem.column) for problem in page.context["problems"]] == [(2, "ABCDEFGHIJK"[column])]


def test_an_exam_day_that_libreoffice_took_for_antiquity_is_the_day_that_was_typed(client):
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, row())
        sheet.write_number(1, 4, -654789, book.add_format({"num_format": "yyyy/m/d"}))  # 107/4/1

    page = client.post(UPLOAD, {"file": SimpleUploadedFile("成績.xlsx", xlsx(fill))}, follow=True)
    assert [line.held_on for line in page.context["page_obj"]] == [datetime.date(2018, 4, 1)]


def test_refused_rows_stand_first_and_can_be_looked_at_alone(client):
    page = upload(client, row(), row(學號=2, 姓名="李小華", 法規=116), row(學號=3, 姓名="陳大文"))
    lines = list(page.context["page_obj"])
    assert [line.row for line in lines] == [3, 2, 4]
    assert "116" in lines[0].problems[0]
    assert "法規" in lines[0].problems[0]
    address = reverse("score_import:preview", args=[ScoreImport.objects.get().pk])
    only = client.get(address, {"verdict": "refused"}).context["page_obj"]
    assert [line.row for line in only] == [3]


def test_with_refused_rows_only_an_explicit_choice_imports(client, trainees):
    upload(client, row(), row(學號=2, 姓名="李小華", 法規=116))
    address = reverse("score_import:preview", args=[ScoreImport.objects.get().pk])
    client.post(address, {"deed": "all"})
    assert Result.objects.count() == 0
    client.post(address, {"deed": "accepted"})
    assert list(Result.objects.values_list("enrolment", flat=True)) == [trainees[0].pk]


def test_a_file_can_be_put_aside(client):
    upload(client, row())
    client.post(reverse("score_import:preview", args=[ScoreImport.objects.get().pk]), {"deed": "discard"})
    assert ScoreImport.objects.get().state == ImportState.DISCARDED
    assert Result.objects.count() == 0


def test_a_file_that_cannot_be_read_is_explained_and_not_kept(client):
    page = client.post(UPLOAD, {"file": SimpleUploadedFile("scores.ods", b"%PDF-1.7 no spreadsheet")})
    assert page.status_code == 422
    assert "scores.ods" in page.content.decode()
    assert ScoreImport.objects.count() == 0


def test_the_same_file_again_says_when_it_was_imported(client):
    upload(client, row())
    first = ScoreImport.objects.get()
    client.post(reverse("score_import:preview", args=[first.pk]), {"deed": "all"})
    page = upload(client, row())
    assert page.context["earlier"] == first
    assert [line.outcome for line in page.context["page_obj"]] == ["unchanged"]


def test_templates_are_offered_in_three_formats(client, run):
    for name, magic in (("ods", b"PK"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        answer = client.get(reverse(f"score_import:template_{name}", args=[run.code]))
        assert b"".join(answer.streaming_content).startswith(magic)
    assert client.get(reverse("score_import:template_ods", args=["no-such-run"])).status_code == 404


def test_the_sitting_of_a_template_is_chosen_among_those_recorded_and_the_next(client, run, trainees):
    ResultFactory(enrolment=trainees[0])
    address = reverse("score_import:template_csv", args=[run.code])
    page = client.get(UPLOAD).content.decode()
    assert f"{address}?sitting=1" in page
    assert f"{address}?sitting=2" not in page
    assert "make-up-1" in client.get(address, {"sitting": "1"})["Content-Disposition"]
    for wrong in ("2", "-1", "x", "", "9" * 5000):
        assert client.get(address, {"sitting": wrong}).status_code == 404


def test_the_counter_of_remarks_counts_the_rows_that_have_one(client):
    upload(client, row(), row(學號=99))
    page = client.get(reverse("score_import:preview", args=[ScoreImport.objects.get().pk]), {"verdict": "remarked"})
    shown = [line for line in page.context["page_obj"] if line.problems or line.changes or line.warnings]
    assert page.context["remarked"] == len(shown) == len(page.context["page_obj"])


def test_only_administrators_come_here(run, trainees):
    kept = ScoreImport.objects.create(file_name="x.csv", sha256="0" * 64, counts={"rows": 0})
    sitting = ResultFactory(enrolment=trainees[0]).sitting
    urls = [
        UPLOAD,
        reverse("score_import:preview", args=[kept.pk]),
        reverse("score_import:template_ods", args=[run.code]),
        reverse("sittings:index"),
        reverse("sittings:sitting", args=[sitting.pk]),
    ]
    for role in (Role.INSTRUCTOR, Role.TRAINEE, Role.REPORT_VIEWER):
        client = Client()
        client.force_login(UserFactory(roles=[role]))
        assert {client.get(url).status_code for url in urls} <= {302, 403}
        assert client.post(urls[1], {"deed": "discard"}).status_code in (302, 403)
    assert ScoreImport.objects.get().state == ImportState.PREVIEWED


def test_the_results_of_a_sitting_and_its_day(client, trainees, run):
    sitting = ResultFactory(enrolment=trainees[0]).sitting
    ResultFactory(enrolment=trainees[1], missed=True)
    in_error = EnrolmentFactory(run=run, number=90, state=EnrolmentState.IN_ERROR, withdrawn_at=timezone.now())
    ResultFactory(enrolment=in_error)  # counts nowhere
    listed = client.get(reverse("sittings:index")).context["page_obj"]
    assert [(item.result_count, item.passed_count, item.absent_count) for item in listed] == [(2, 1, 1)]
    address = reverse("sittings:sitting", args=[sitting.pk])
    assert [result.enrolment.number for result, _ in client.get(address).context["rows"]] == [1, 2]
    assert client.post(address, {"held_on": "107/4/2"}).status_code == 302
    assert Sitting.objects.get().held_on.isoformat() == "2018-04-02"
    assert client.post(address, {"held_on": "107/1/1"}).status_code == 200
    assert Sitting.objects.get().held_on.isoformat() == "2018-04-02"


def test_the_sitting_takes_the_same_queries_for_one_result_and_for_three(client, run):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (11, 12, 13):
        sitting = ResultFactory(enrolment=EnrolmentFactory(run=run, number=number)).sitting
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("sittings:sitting", args=[sitting.pk])).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[2]


def test_the_desk_names_finished_runs_without_results_and_files_that_wait(client, run, trainees, rf):
    assert desk_context(rf.get("/"), None) == {"imports": [], "runs": [run]}
    upload(client, row())
    waiting = ScoreImport.objects.get()
    assert desk_context(rf.get("/"), None) == {"imports": [waiting], "runs": [run]}
    page = client.get(reverse("website:desk"))
    assert waiting.file_name in page.content.decode()
    client.post(reverse("score_import:preview", args=[waiting.pk]), {"deed": "all"})
    assert desk_context(rf.get("/"), None) is None
