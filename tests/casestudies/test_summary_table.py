"""The city's table: what it counts, how it is grouped, who sees it, and that its files open."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pypdf
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.enums import Role
from casestudies.enums import CaseScope, CaseSource, Dimension
from casestudies.models import Diagnosis, TaxonomyEntry, TenderCase
from casestudies.services.diagnosing import diagnose
from casestudies.services.taxonomy import ensure_taxonomy
from casestudies.summary_table import EXAMPLES, TITLE, summary_ods, summary_pdf, summary_rows, summary_table
from tests.factories.accounts import UserFactory
from tests.factories.casestudies import FailedNoticeFactory, ListingFactory, TenderCaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    """Begin in Chinese, as a request does."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def entry(dimension: str, code: str) -> TaxonomyEntry:
    """An entry of the first edition."""
    return TaxonomyEntry.objects.get(edition=ensure_taxonomy(), dimension=dimension, code=code)


def diagnosed(
    category: str = "A02", pattern: str = "T02", cause: str = "B01", measures: tuple[str, ...] = ("M01",),
    day: datetime.date = datetime.date(2026, 3, 20), **fields: Any,
) -> Diagnosis:  # fmt: skip
    """A case of the city with its diagnosis."""
    case = TenderCaseFactory(failures=1, last_failed_on=day, **fields)
    found = entry(Dimension.CAUSE, cause)
    assert found.stage is not None
    return diagnose(
        case=case,
        category=entry(Dimension.CATEGORY, category),
        stage=found.stage,
        pattern=entry(Dimension.PATTERN, pattern),
        cause=found,
        measures=[entry(Dimension.MEASURE, code) for code in measures],
        explanation="廠商表示",
        evidence=FailedNoticeFactory(case=case, published_on=day),
        by=UserFactory(),
    )


def test_rows_are_grouped_by_category_then_pattern_and_count_cases() -> None:
    diagnosed("A03", "T01")
    diagnosed("A02", "T02", "B06")
    diagnosed("A02", "T02", "B01", ("M02",))
    diagnosed("A02", "T02", "B01", ("M01", "M02"))
    diagnosed("A02", "T01")
    rows = summary_rows()
    assert [(row.category, row.pattern, row.cause, row.count) for row in rows] == [
        ("校舍新建及修繕工程", "流標：無廠商投標", "預算編列偏低，不符市場行情", 1),
        ("校舍新建及修繕工程", "流標：投標廠商未達三家", "預算編列偏低，不符市場行情", 2),
        ("校舍新建及修繕工程", "流標：投標廠商未達三家", "工期或履約期限不符實際", 1),
        ("道路及橋梁工程", "流標：無廠商投標", "預算編列偏低，不符市場行情", 1),
    ]
    assert [(row.category_rows, row.pattern_rows) for row in rows] == [(3, 1), (0, 2), (0, 0), (1, 1)]
    assert rows[1].measures == ("公告前再次訪查行情，必要時調整預算", "訪查市場行情，參考決標資料核實編列預算")
    assert [row.number for row in rows] == [1, 2, 3, 4]


def test_reference_cases_and_earlier_diagnoses_never_count() -> None:
    diagnosis = diagnosed()
    diagnosed(scope=CaseScope.REFERENCE)
    diagnosed(scope=CaseScope.UNCLEAR)
    other = entry(Dimension.CAUSE, "B06")
    assert other.stage is not None
    diagnose(
        case=diagnosis.case, category=diagnosis.category, stage=other.stage, pattern=diagnosis.pattern, cause=other,
        measures=[entry(Dimension.MEASURE, "M05")], explanation="工期不足", evidence=diagnosis.evidence,
        by=UserFactory(),
    )  # fmt: skip
    assert [(row.cause, row.count) for row in summary_rows()] == [("工期或履約期限不符實際", 1)]
    assert summary_table().cases == 1


def test_an_earlier_edition_s_diagnosis_stands_under_the_same_code() -> None:
    diagnosis = diagnosed()
    edition = diagnosis.edition
    newer = type(edition).objects.create(
        name="第二版", effective_from=datetime.date(2026, 1, 1), published_at=edition.published_at, source="決議"
    )
    TaxonomyEntry.objects.create(edition=newer, dimension=Dimension.CAUSE, code="B01", name="預算不足", source="決議")
    table = summary_table()
    assert [row.cause for row in table.rows] == ["預算不足"]
    assert (table.edition, table.of_other_editions) == (newer, 1)
    assert [row.cause for row in summary_rows(edition)] == ["預算編列偏低，不符市場行情"]
    assert summary_rows(newer) == []


def test_the_newest_cases_are_the_examples_and_the_rest_is_counted() -> None:
    for day in range(1, EXAMPLES + 3):
        diagnosed(number=f"115D{day:03}", day=datetime.date(2026, 3, day))
    (row,) = summary_rows()
    assert [case.number for case in row.examples] == ["115D007", "115D006", "115D005", "115D004", "115D003"]
    assert len(row.others) == 2


def test_the_table_says_what_is_invented_and_what_waits() -> None:
    diagnosed(source=CaseSource.DEMONSTRATION)
    ListingFactory()
    table = summary_table()
    assert (table.cases, table.invented, table.undiagnosed) == (1, 1, 1)


def test_the_table_asks_as_many_queries_for_many_cases_as_for_one() -> None:
    diagnosed()
    with CaptureQueriesContext(connection) as one:
        summary_rows()
    for pattern in ("T01", "T02", "T03"):
        diagnosed(pattern=pattern)
    with CaptureQueriesContext(connection) as four:
        summary_rows()
    assert len(four) == len(one)


def ods_text() -> str:
    with zipfile.ZipFile(io.BytesIO(b"".join(summary_ods()))) as archive:
        for name in ("content.xml", "styles.xml", "settings.xml"):
            ElementTree.fromstring(archive.read(name))
        return archive.read("content.xml").decode()


def test_the_ods_file_holds_the_table_and_its_head() -> None:
    case: TenderCase = diagnosed(number="115D0001", measures=("M01", "M02")).case
    content = ods_text()
    words = re.sub(r"<[^>]+>", "|", content)
    assert TITLE in words
    assert "第一版" in words
    assert f"115D0001 {case.agency} 115/3/20" in words
    assert "1. 訪查市場行情，參考決標資料核實編列預算" in words


def test_the_ods_file_is_read_again_as_a_table_without_merged_cells() -> None:
    diagnosed("A02", "T02")
    diagnosed("A02", "T02", "B06")
    content = ods_text()
    body = content[content.index("table:table-header-rows") : content.index("備註")]
    assert "spanned" not in body.rsplit("<table:table-row", 1)[0]
    assert body.count("校舍新建及修繕工程") == 2


def test_the_pdf_is_landscape_and_repeats_its_heading_row() -> None:
    codes = [f"B{number:02}" for number in range(1, 19) if number not in {9}]
    for index, code in enumerate(codes):
        diagnosed("A02", f"T0{index % 3 + 1}", code, tuple(m.code for m in entry("cause", code).measures.all()))
    pages = pypdf.PdfReader(io.BytesIO(summary_pdf())).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert page.mediabox.width > page.mediabox.height
        assert "精進措施" in page.extract_text()
        assert f"第 {number} 頁" in page.extract_text().replace("\xa0", " ")


@pytest.mark.parametrize("name", ["table", "ods", "pdf"])
def test_only_who_may_view_cases_sees_the_table(name: str, client: Client) -> None:
    diagnosed()
    url = reverse("casestudies:table") if name == "table" else reverse("casestudies:table-file", args=[name])
    assert client.get(url).status_code == 302
    for role in (Role.TRAINEE, Role.INSTRUCTOR, Role.COMMITTEE_MEMBER, Role.HOTLINE_OFFICER):
        client.force_login(UserFactory(roles=[role]))
        assert client.get(url).status_code == 403
    for role in (Role.REPORT_VIEWER, Role.ADMINISTRATOR):
        client.force_login(UserFactory(roles=[role]))
        response = client.get(url)
        assert response.status_code == 200
        kinds = {"table": "text/html; charset=utf-8", "pdf": "application/pdf"}
        assert response["Content-Type"] == kinds.get(name, "application/vnd.oasis.opendocument.spreadsheet")


def test_no_other_format_is_served(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.REPORT_VIEWER]))
    assert client.get(reverse("casestudies:table-file", args=["docx"])).status_code == 404
