"""The demonstration's office calendar says what the government's files say."""

import pytest

from common.models import OfficeDay
from common.officecalendar import calendar_files, import_office_calendar
from demo.roster import lay_office_days

pytestmark = pytest.mark.django_db


def _days():
    return dict(OfficeDay.objects.values_list("day", "is_working"))


def test_the_official_files_close_the_same_days_as_the_demonstration(shared_data):
    lay_office_days()
    laid = _days()
    import_office_calendar(files=calendar_files([shared_data / "holidays" / f"{year}.json" for year in (2026, 2027)]))
    assert _days() == laid


def test_laying_twice_changes_nothing():
    lay_office_days()
    before = list(OfficeDay.objects.values_list("day", "name", "source"))
    lay_office_days()
    assert list(OfficeDay.objects.values_list("day", "name", "source")) == before
    assert len(before) == 50
