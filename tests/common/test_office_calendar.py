"""The office calendar: the government's file as it is, single days by hand, and what is refused."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from common.errors import DomainError
from common.models import AuditEntry, OfficeDay
from common.officecalendar import (
    OFFICIAL_SOURCE,
    CalendarFile,
    OfficeCalendarError,
    forget_office_day,
    import_office_calendar,
    set_office_day,
)
from common.officedays import is_working_day, next_working_day, working_days

pytestmark = pytest.mark.django_db

TYPHOON = datetime.date(2026, 8, 12)


def entry(day, *, name="", category="放假之紀念日及節日", note=None, holiday=True):
    return {
        "date": day, "year": day[:4], "name": name, "holidayCategory": category, "description": "", "note": note,
        "holiday": holiday,
    }  # fmt: skip


def calendar(*entries, name="2026.json"):
    return CalendarFile(name, json.dumps(entries, ensure_ascii=False).encode())


def rows():
    return list(OfficeDay.objects.values_list("day", "is_working", "name"))


@pytest.mark.parametrize("character", ["\x00", "\x01", "\ud800"])
def test_a_character_that_no_database_takes_is_a_defect_of_its_entry(character):
    file = CalendarFile("2026.json", json.dumps([entry("20260812", name=f"颱風{character}")]).encode())
    with pytest.raises(OfficeCalendarError, match=r"\[1\]\.name"):
        import_office_calendar(files=[file])


def test_only_days_that_differ_or_bear_a_name_become_rows():
    [year] = import_office_calendar(
        files=[
            calendar(
                entry("20250128", name="農曆除夕"),
                entry("20250127", category="調整放假日", note="農曆除夕"),
                entry("20250201", category="星期六、星期日"),
                entry("20250208", category="補行上班日", note="農曆除夕", holiday=False),
                entry("20250501", name="勞動節", category="特定節日"),  # workers of firms only: offices are open
                entry("20250615", name="警察節", category="特定節日", holiday=False),  # a Sunday stays one
            )
        ]
    )
    assert rows() == [
        (datetime.date(2025, 1, 27), False, "調整放假日（農曆除夕）"),
        (datetime.date(2025, 1, 28), False, "農曆除夕"),
        (datetime.date(2025, 2, 8), True, "補行上班日（農曆除夕）"),
        (datetime.date(2025, 5, 1), True, "勞動節"),
        (datetime.date(2025, 6, 15), False, "警察節"),
    ]
    assert (year.year, year.added, year.changed, year.removed, year.kept) == (2025, 5, 0, 0, 0)


def test_a_second_run_changes_nothing_and_a_corrected_file_replaces_its_year():
    first = calendar(entry("20260101", name="元旦"), entry("20260216", name="除夕"))
    import_office_calendar(files=[first])
    [again] = import_office_calendar(files=[first])
    assert not again.changed_anything
    [corrected] = import_office_calendar(files=[calendar(entry("20260101", name="開國紀念日"))])
    assert (corrected.added, corrected.changed, corrected.removed) == (0, 1, 1)
    assert rows() == [(datetime.date(2026, 1, 1), False, "開國紀念日")]
    assert AuditEntry.objects.filter(action="office_calendar.imported").count() == 2


def test_a_day_set_by_hand_outlasts_the_next_import_and_can_be_taken_back():
    set_office_day(day=TYPHOON, is_working=False, name="颱風停班", source="市府公告", by=None)
    assert not is_working_day(TYPHOON)
    [year] = import_office_calendar(files=[calendar(entry("20260101", name="元旦"))])
    assert year.kept == 1
    assert not is_working_day(TYPHOON)
    forget_office_day(day=TYPHOON, by=None)
    assert is_working_day(TYPHOON)
    with pytest.raises(DomainError) as refusal:
        forget_office_day(day=datetime.date(2026, 1, 1), by=None)
    assert refusal.value.code == "official_day"
    actions = AuditEntry.objects.filter(action__startswith="office_day").values_list("action", flat=True)
    assert sorted(actions) == ["office_day.forgotten", "office_day.set"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"is_working": False}, "no_reason"),
        ({"is_working": False, "name": "颱風", "source": OFFICIAL_SOURCE}, "official_source"),
    ],
)
def test_a_day_by_hand_needs_a_reason_and_never_poses_as_official(values, code):
    with pytest.raises(DomainError) as refusal:
        set_office_day(day=TYPHOON, by=None, **values)
    assert refusal.value.code == code
    assert rows() == []


def test_every_defect_is_named_with_its_place_and_nothing_is_written():
    good = calendar(entry("20270101", name="元旦"), name="2027.json")
    bad = calendar(
        entry("20260101", name="元旦"),
        entry("2026-02-30"),
        entry("20260101", name="again"),
        entry("20270101", name="another year"),
        entry("20260217", category="放假"),
        {**entry("20260218"), "holiday": "是"},
        entry("20260207", category="補行上班日"),
        "20260219",
        name="bad.json",
    )
    broken = CalendarFile("broken.json", b"[{")
    with pytest.raises(OfficeCalendarError) as refusal:
        import_office_calendar(files=[good, bad, broken, CalendarFile("again.json", good.content)])
    assert [(problem.file, problem.place) for problem in refusal.value.problems] == [
        ("bad.json", "[2].date"),
        ("bad.json", "[3].date"),
        ("bad.json", "[4].date"),
        ("bad.json", "[5].holidayCategory"),
        ("bad.json", "[6].holiday"),
        ("bad.json", "[7].holiday"),
        ("bad.json", "[8]"),
        ("broken.json", "line 1, column 3"),
        ("again.json", ""),
    ]
    assert rows() == []


def test_the_command_refuses_what_is_not_there(tmp_path):
    with pytest.raises(CommandError):
        call_command("import_office_calendar", str(tmp_path / "none.json"))


def test_the_official_files_give_the_working_days_of_their_years(shared_data):
    out = StringIO()
    call_command("import_office_calendar", str(shared_data / "holidays"), stdout=out)
    call_command("import_office_calendar", str(shared_data / "holidays"), stdout=StringIO())
    counts = {
        year: len(working_days(datetime.date(year, 1, 1), datetime.date(year, 12, 31))) for year in (2025, 2026, 2027)
    }
    # the files name 118, 120 and 121 days on which offices are closed
    assert counts == {2025: 365 - 118, 2026: 365 - 120, 2027: 365 - 121}
    assert next_working_day(datetime.date(2026, 2, 13)) == datetime.date(2026, 2, 23)
    # the file of 2027 has the Dragon Boat Festival as a nameless weekend on a Wednesday: a day off, and said so
    assert not is_working_day(datetime.date(2027, 6, 9))
    assert "2027-06-09" in out.getvalue()
    assert OfficeDay.objects.get(day=datetime.date(2026, 6, 15)).is_working  # 警察節
