"""The screens of the import: columns, a verdict on every notice, only the accepted ones where asked, and the result."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from casestudies.enums import NoticeImportState
from casestudies.models import NoticeImport, TenderCase, TenderNotice
from casestudies.services import importing
from tests.factories.accounts import AgencyFactory, UserFactory

pytestmark = pytest.mark.usefixtures("in_chinese")

INDEX = "/cms/tenders/import/"
HEADINGS = "標案案號,標案名稱,機關名稱,公告類型,公告日,預算金額"


@pytest.fixture
def bureau(db):
    return AgencyFactory(name="臺中市政府建設局")


def row(number, day="115/3/2", title="道路工程"):
    return f"{number},{title},臺中市政府建設局,公開招標公告,{day},500萬"


def upload(client, *lines, name="notices.csv", headings=HEADINGS):
    content = "\n".join([headings, *lines]).encode()
    return client.post(INDEX, {"file": SimpleUploadedFile(name, content)})


def read(client, *lines):
    """Upload rows, take the columns as they were guessed, and let the worker read them."""
    upload(client, *lines)
    kept = NoticeImport.objects.latest("pk")
    columns = {key: str(column) for key, column in kept.mapping.items()}
    client.post(reverse("casestudies_imports:columns", args=[kept.pk]), columns)
    importing.run_reading(import_id=kept.pk)
    return kept


def page(kept):
    return reverse("casestudies_imports:preview", args=[kept.pk])


def test_a_spreadsheet_is_mapped_looked_at_and_imported(desk, bureau):
    answer = upload(desk, row("A1"), row("A2"))
    kept = NoticeImport.objects.get()
    assert answer["Location"] == reverse("casestudies_imports:columns", args=[kept.pk])
    assert desk.get(page(kept))["Location"] == answer["Location"]  # its columns come first
    columns = {key: str(column) for key, column in kept.mapping.items()}
    twice = desk.post(answer["Location"], columns | {"title": columns["number"]})
    assert twice.status_code == 422
    assert twice.context["form"]["title"].value() == columns["number"]  # what was chosen is still chosen
    desk.post(answer["Location"], columns)
    waiting = desk.get(page(kept)).content.decode()
    assert f'data-refresh="{page(kept)}"' in waiting
    assert "<progress" in waiting
    importing.run_reading(import_id=kept.pk)
    context = desk.get(page(kept)).context
    assert [(verdict.row, str(verdict.outcome), verdict.label) for verdict in context["verdicts"]] == [
        (2, "new", "A1 道路工程"), (3, "new", "A2 道路工程"),
    ]  # fmt: skip
    assert TenderNotice.objects.count() == 0
    desk.post(page(kept), {"deed": "apply"})
    importing.run_import(import_id=kept.pk)
    assert TenderCase.objects.count() == 2
    result = desk.get(page(kept))
    assert [(outcome, count) for outcome, _label, count in result.context["counts"]] == [
        ("new", 2), ("changed", 0), ("unchanged", 0), ("refused", 0),
    ]  # fmt: skip
    assert "data-refresh" not in result.content.decode()


def test_the_unit_of_the_amounts_is_said_and_used_and_an_unclear_one_asked_for(desk, bureau):
    line = "A1,道路工程,臺中市政府建設局,公開招標公告,115/3/2,60000"
    upload(desk, line, headings=HEADINGS + "(千元)")
    kept = NoticeImport.objects.get()
    columns = reverse("casestudies_imports:columns", args=[kept.pk])
    assert "以新臺幣 1,000 元為單位" in desk.get(columns).text
    desk.post(columns, {key: str(column) for key, column in kept.mapping.items()})
    importing.run_reading(import_id=kept.pk)
    assert "以新臺幣 1,000 元為單位" in desk.get(page(kept)).text
    importing.apply_import(notice_import=kept, by=None)
    importing.run_import(import_id=kept.pk)
    assert TenderCase.objects.get().budget == 60_000_000
    answer = upload(desk, line, headings=HEADINGS + "(美元)")
    assert answer.status_code == 422
    assert "看不出金額的單位" in answer.text
    assert NoticeImport.objects.count() == 1


def test_refused_rows_are_named_and_left_out_only_when_asked(desk, bureau):
    kept = read(desk, row("A1"), row("A2", day="115/2/30"), row("A3", title="<b>粗</b>"))
    answer = desk.get(page(kept))
    content = answer.content.decode()
    assert (answer.context["to_apply"], answer.context["refused"]) == (2, 1)
    assert 'value="apply"' not in content
    assert "「115/2/30」不是曆法上的日子" in content
    assert "<b>粗</b>" not in content
    only = desk.get(page(kept), {"verdict": "refused"}).context
    assert [verdict.row for verdict in only["verdicts"]] == [3]
    desk.post(page(kept), {"deed": "apply"})
    kept.refresh_from_db()
    assert kept.state == NoticeImportState.READ
    desk.post(page(kept), {"deed": "apply_accepted"})
    importing.run_import(import_id=kept.pk)
    assert sorted(TenderCase.objects.values_list("number", flat=True)) == ["A1", "A3"]
    assert "第 3 列" in desk.get(page(kept)).content.decode()


def test_a_file_is_thrown_away_with_nothing_imported(desk, bureau):
    kept = read(desk, row("A1"))
    assert desk.post(page(kept), {"deed": "discard"})["Location"] == INDEX
    assert (NoticeImport.objects.count(), TenderNotice.objects.count()) == (0, 0)
    assert desk.get(page(kept)).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notices.json", b'{"records": [{"date": 2019'),
        ("notices.json", b"<html></html>"),
        ("notices.exe", b"MZ"),
        ("notices.ods", b"no spreadsheet"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(desk, name, content):
    answer = desk.post(INDEX, {"file": SimpleUploadedFile(name, content)})
    if answer.status_code == 302:  # cut in the middle: found when the worker comes there
        kept = NoticeImport.objects.get()
        importing.run_reading(import_id=kept.pk)
        answer = desk.get(page(kept))
        assert answer.context["upload"].problem in answer.content.decode()
        assert NoticeImport.objects.get().state == NoticeImportState.FAILED
    else:
        assert answer.status_code == 422
        assert answer.context["problems"]
        assert not NoticeImport.objects.exists()
    assert not TenderNotice.objects.exists()


def test_the_list_of_files_asks_no_more_for_more_files(desk):
    def count():
        desk.get(INDEX)
        with CaptureQueriesContext(connection) as queries:
            desk.get(INDEX)
        return len(queries)

    def add():
        NoticeImport.objects.create(file_name="a.json", created_by=UserFactory(roles=[Role.ADMINISTRATOR]))

    add()
    once = count()
    add()
    add()
    assert count() == once
