"""Every day that a calendar knows is an answerable question, in every report, on every way out."""

import io

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.enums import Role
from library.services import ensure_thresholds
from reports import registry
from reports.documents import FORMATS
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

DAYS = ["0001-01-01", "0001-01-02", "1911-12-31", "9999-12-30", "9999-12-31"]


def with_days():
    """Return the reports that are asked as of a day."""
    return [report for report in registry.all_reports() if "as_of" in report.form.base_fields]


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    return client


@pytest.mark.parametrize("language", ["zh-hant", "en"])
@pytest.mark.parametrize("day", DAYS)
def test_every_report_answers_for_any_day_on_screen_and_in_every_format(client, year_107, day, language):
    for report in with_days():
        with override(language):
            page_url = reverse("reports:report", args=[report.key])
            urls = {name: reverse("reports:export", args=[report.key, name]) for name in FORMATS}
        page = client.get(page_url, {"as_of": day})
        assert (page.status_code, page.context["form"].errors) == (200, {}), report.key
        for document_format, url in urls.items():
            document = client.get(url, {"as_of": day})
            assert document.status_code == 200, (report.key, document_format)
            assert b"".join(document)


@pytest.mark.parametrize("day", DAYS)
def test_the_people_behind_a_number_are_listed_for_any_day(client, year_107, day):
    for report in with_days():
        result = report.compute(_cleaned(report, day))
        for measure in {column.people for column in result.columns if column.people}:
            url = reverse("reports:people", args=[report.key])
            assert client.get(url, {"as_of": day, "measure": measure}).status_code == 200, (report.key, measure)


@pytest.mark.parametrize("day", DAYS)
def test_the_command_answers_for_any_day(year_107, day):
    for report in with_days():
        written = io.StringIO()
        call_command("report", report.key, as_of=day, document_format="json", stdout=written)
        assert f'"as_of": "{day}"' in written.getvalue()


def _cleaned(report, day):
    form = report.form({"as_of": day})
    assert form.is_valid(), form.errors
    return form.cleaned_data


@pytest.mark.parametrize("day", DAYS)
def test_the_amounts_of_any_day_are_a_page(client, day):
    ensure_thresholds()
    page = reverse("library:thresholds")
    assert client.get(page, {"kind": "goods", "amount": "1500000", "day": day}).status_code == 200
