"""The statistics of the hotline: what is counted once, what overlaps, who sees the cases behind a number."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AgencyKind, Role
from consultations.enums import Channel
from consultations.models import Consultation
from reports.documents import FORMATS
from tests.factories.accounts import AgencyFactory, UserFactory
from tests.factories.consultations import ConsultationFactory, ErrorPatternFactory
from tests.factories.library import ArticleFactory, LawFactory, SubjectFactory

pytestmark = pytest.mark.django_db

PAGE = reverse("reports:report", args=["consultations"])
CASES = reverse("reports:people", args=["consultations"])


def moment(*parts: int) -> datetime:
    return timezone.make_aware(datetime(*parts))  # noqa: DTZ001  made aware at once


def case(asked_at: datetime, *articles: Any, **facts: Any) -> Consultation:
    made = ConsultationFactory(**{"asked_at": asked_at, "answered_at": asked_at, "agency": None, **facts})
    made.articles.set(articles)
    return made


def report(**options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("report", "consultations", **options, document_format="json", stdout=out)
    return json.loads(out.getvalue())


def rows(by: str, key: str, **options: Any) -> list[tuple[Any, int]]:
    return [(row[key], row["cases"]) for row in report(by=by, **options)["rows"]]


@pytest.fixture
def log() -> dict[str, Any]:
    """Lay four cases of the year 107 and one each around it; a draft is among them."""
    law = LawFactory(name="測試採購法")
    things = {
        "one": ArticleFactory(law=law, number="22", order=22),
        "two": ArticleFactory(law=law, number="48", order=48),
        "subject": SubjectFactory(code="02", name="招標"),
        "pattern": ErrorPatternFactory(code="01-01", name="前後矛盾"),
        "school": AgencyFactory(kind=AgencyKind.SCHOOL),
    }
    case(moment(2017, 12, 31, 23, 59), things["one"])
    case(moment(2018, 1, 1, 0, 0), things["one"], things["two"], minutes=5, subject=things["subject"])
    case(moment(2018, 1, 31, 23, 59), things["two"], minutes=8, channel=Channel.EMAIL, has_helped=True)
    case(moment(2018, 3, 1, 9, 0), minutes=None, agency=things["school"], error_pattern=things["pattern"],
         has_helped=False)  # fmt: skip
    ConsultationFactory(open=True, asked_at=moment(2018, 12, 31, 23, 59), agency=None, minutes=None)
    case(moment(2019, 1, 1, 0, 0))
    ConsultationFactory(draft=True, asked_at=moment(2018, 5, 1, 9, 0))
    return things


def test_a_year_counts_its_cases_once_and_no_drafts(log: dict[str, Any]) -> None:
    found = report(year=107)

    assert found["totals"] == {
        "cases": 4, "answered": 3, "minutes": 13, "helped": 1, "not_helped": 1, "mean_minutes": 6.5,
    }  # fmt: skip
    assert [(row["month"], row["cases"], row["minutes"]) for row in found["rows"]] == [
        ("107-01", 2, 13), ("107-03", 1, 0), ("107-12", 1, 0),
    ]  # fmt: skip
    assert rows("year", "year") == [(106, 1), (107, 4), (108, 1)]
    assert rows("month", "month", year=107, month=1) == [("107-01", 2)]


def test_rows_by_article_overlap_and_the_total_does_not(log: dict[str, Any]) -> None:
    found = report(year=107, by="article")

    assert [(row["article"].split()[-1], row["cases"]) for row in found["rows"]] == [("22", 1), ("48", 2), ("none", 2)]
    assert (found["totals"]["cases"], found["totals"]["minutes"]) == (4, 13)


def test_cases_without_one_have_a_row_of_their_own(log: dict[str, Any]) -> None:
    assert rows("subject", "subject", year=107) == [("02", 1), ("none", 3)]
    assert rows("error_pattern", "error_pattern", year=107) == [("01-01", 1), ("none", 3)]
    assert rows("agency_kind", "agency_kind", year=107) == [("school", 1), ("none", 3)]
    assert rows("channel", "channel", year=107) == [("phone", 3), ("email", 1)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"subject": "02"}, 1), ({"subject": "none"}, 3), ({"error_pattern": "01-01"}, 1), ({"channel": "email"}, 1),
        ({"agency_kind": "school"}, 1), ({"agency_kind": "none"}, 3), ({"article": "測試採購法 48"}, 2),
        ({"article": "none"}, 2), ({"as_of": "107/01/31"}, 2),
    ],
)  # fmt: skip
def test_every_parameter_narrows(log: dict[str, Any], options: dict[str, Any], expected: int) -> None:
    assert report(year=107, **options)["totals"]["cases"] == expected


def test_a_document_says_what_it_is_narrowed_to(log: dict[str, Any]) -> None:
    client = Client()
    client.force_login(UserFactory(roles=[Role.REPORT_VIEWER]))
    options = {"year": 107, "subject": "02", "channel": "phone", "agency_kind": "none", "article": "測試採購法 48"}

    notes = client.get(PAGE, options).context["result"].notes
    assert notes == ["年度：107；科目：招標；條文：測試採購法 48；管道：電話；未填機關"]


def test_an_answer_that_came_later_is_not_counted_as_of_an_earlier_day(log: dict[str, Any]) -> None:
    Consultation.objects.filter(number__isnull=False).update(answered_at=moment(2018, 2, 10, 9, 0))

    assert [report(year=107, as_of=day)["totals"]["answered"] for day in ("107-02-09", "107-02-10")] == [0, 2]


@pytest.mark.parametrize(
    ("options", "says"),
    [({"subject": "99"}, "--subject"), ({"article": "測試採購法 999"}, "--article"), ({"month": 13}, "--month"),
     ({"by": "officer"}, "--by")],
)  # fmt: skip
def test_what_does_not_exist_is_said(log: dict[str, Any], options: dict[str, Any], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        report(**options)


@pytest.mark.parametrize("by", ["month", "subject", "article", "agency_kind", "error_pattern", "channel", "year"])
def test_the_cases_behind_each_number_are_as_many(log: dict[str, Any], by: str) -> None:
    client = Client()
    client.force_login(UserFactory(roles=[Role.HOTLINE_OFFICER]))
    page = client.get(PAGE, {"year": 107, "by": by})
    cells = [cell for line in page.context["table"].lines for cell in line.cells if cell.url and cell.text.isdigit()]
    listed = [cell for cell in cells if "measure=cases" in cell.url and str(cell.label) == "諮詢案件"]

    assert listed
    for cell in [*listed, *[cell for cell in page.context["table"].totals if "measure=cases" in cell.url][:1]]:
        behind = client.get(cell.url)
        assert behind.context["page_obj"].paginator.count == int(cell.text)


def test_the_cases_are_shortened_masked_and_only_for_those_who_write_them(log: dict[str, Any]) -> None:
    Consultation.objects.update(caller_name="王小明", question="廠商的押標金" * 20)
    client = Client()
    client.force_login(UserFactory(roles=[Role.HOTLINE_OFFICER]))
    words = client.get(CASES, {"year": 107, "measure": "cases"}).content.decode()
    assert "王○明" in words
    assert "王小明" not in words
    assert "廠商的押標金" * 7 not in words

    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert "王小明" in client.get(CASES, {"year": 107, "measure": "cases"}).content.decode()

    client.force_login(UserFactory(roles=[Role.REPORT_VIEWER]))
    page = client.get(PAGE, {"year": 107})
    assert page.status_code == 200
    assert CASES not in page.content.decode()
    assert client.get(CASES, {"year": 107, "measure": "cases"}).status_code == 403

    for role in (Role.TRAINEE, Role.INSTRUCTOR, Role.AGENCY_CONTACT):
        client.force_login(UserFactory(roles=[role]))
        assert client.get(PAGE).status_code == 403


@pytest.mark.parametrize("document_format", list(FORMATS))
def test_every_document_opens(
    log: dict[str, Any], document_format: str, django_assert_max_num_queries: Callable
) -> None:
    client = Client()
    client.force_login(UserFactory(roles=[Role.REPORT_VIEWER]))
    with django_assert_max_num_queries(12):
        answer = client.get(
            reverse("reports:export", args=["consultations", document_format]), {"year": 107, "by": "article"}
        )
    assert (answer.status_code, answer["Content-Type"]) == (200, FORMATS[document_format])
    assert b"".join(answer.streaming_content)


def test_the_first_visit_shows_the_newest_year_with_a_case(log: dict[str, Any]) -> None:
    client = Client()
    client.force_login(UserFactory(roles=[Role.REPORT_VIEWER]))
    assert client.get(PAGE).context["result"].parameters == {"year": 108, "by": "month"}

    Consultation.objects.all().delete()
    page = client.get(PAGE)
    assert page.status_code == 200
    assert page.context["result"].rows == []
