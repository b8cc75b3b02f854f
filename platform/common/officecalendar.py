"""Writes of the office calendar (政府行政機關辦公日曆表): the yearly files of the government, and single days.

A file is a JSON list with an entry for every day off and every day with a name. Weekends that are simply weekends
need no row, so a year is some twenty rows. Days set by hand (a typhoon) stand above the file: a later import leaves
them as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .audit import audit
from .errors import DomainError
from .models import OfficeDay
from .unwritable import UNWRITABLE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

OFFICIAL_SOURCE = "行政院人事行政總處政府行政機關辦公日曆表"
"""How the source of every imported day begins; what begins otherwise was set by hand."""

LARGEST_FILE = 1024 * 1024  # bytes; a year has some 22,000

WEEKEND, OF_SOME, MADE_UP = "星期六、星期日", "特定節日", "補行上班日"
CATEGORIES = ("放假之紀念日及節日", "補假", "調整放假日", MADE_UP, OF_SOME, WEEKEND)
"""What an entry can be. A 特定節日 is the day of one profession (警察、軍人): offices work as on any other day."""


@dataclass(frozen=True)
class CalendarFile:
    """A file as it was given: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class CalendarProblem:
    """What is wrong with a file: `place` is an entry or a line; `message` says what was expected."""

    file: str
    place: str
    message: str | Promise

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.message}" if self.place else f"{self.file}: {self.message}"


class OfficeCalendarError(DomainError):
    """Files cannot be imported; `problems` names every defect. Nothing was imported."""

    def __init__(self, problems: list[CalendarProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems), code="office-calendar")
        self.problems = problems


@dataclass(frozen=True)
class ImportedYear:
    """What an import did to one year: numbers of days; `kept` were set by hand and stay.

    `notes` are entries that were taken although the file contradicts itself.
    """

    year: int
    added: int
    changed: int
    removed: int
    kept: int
    notes: tuple[str, ...] = ()

    @property
    def changed_anything(self) -> bool:
        """Whether the import wrote anything about this year."""
        return bool(self.added or self.changed or self.removed)


class _DefectError(Exception):
    def __init__(self, place: str, message: str | Promise) -> None:
        super().__init__(place)
        self.place = place
        self.message = message


def calendar_files(paths: Iterable[str | Path]) -> list[CalendarFile]:
    """Read the files in `paths`: files, or folders whose *.json are read. Raises OfficeCalendarError."""
    files: dict[Path, CalendarFile] = {}
    problems = []
    for path in map(Path, paths):
        found = sorted(path.glob("*.json")) if path.is_dir() else [path] if path.is_file() else []
        if not found:
            reason = _("no *.json file in this folder") if path.is_dir() else _("there is no such file or folder")
            problems.append(CalendarProblem(str(path), "", reason))
        for file in found:
            with file.open("rb") as stream:
                files[file.resolve()] = CalendarFile(file.name, stream.read(LARGEST_FILE + 1))
    if problems:
        raise OfficeCalendarError(problems)
    return list(files.values())


def import_office_calendar(*, files: Sequence[CalendarFile], by: AbstractBaseUser | None = None) -> list[ImportedYear]:
    """Import the government's yearly files: all of them or none; a second run changes nothing.

    A year in the files replaces what an earlier import wrote of that year; days set by hand stay. Raises
    OfficeCalendarError naming every defect with its file and entry.
    """
    years: dict[int, dict[date, OfficeDay]] = {}
    first_file: dict[int, str] = {}
    problems: list[CalendarProblem] = []
    for file in files:
        year, days = _read_file(file, problems)
        if year in first_file:
            message = format_lazy(_("the year {year} is in {file} too"), year=year, file=first_file[year])
            problems.append(CalendarProblem(file.name, "", message))
        elif year:
            first_file[year] = file.name
            years[year] = days
    if problems:
        raise OfficeCalendarError(problems)
    with transaction.atomic():
        imported = [_write_year(year, days) for year, days in sorted(years.items())]
        for result in imported:
            if result.changed_anything:
                audit(
                    "office_calendar.imported",
                    by=by,
                    year=result.year,
                    added=result.added,
                    changed=result.changed,
                    removed=result.removed,
                )
    return imported


@transaction.atomic
def set_office_day(
    *, day: date, is_working: bool, name: str = "", source: str = "", by: AbstractBaseUser | None
) -> OfficeDay:
    """Say of one day by hand whether it is worked: a day off for a typhoon, a make-up day. Imports leave it so.

    Raises DomainError `no_reason` without a name for a day that differs from Monday to Friday, and
    `official_source` where `source` pretends to be the imported file.
    """
    name, source = " ".join(name.split()), " ".join(source.split())
    if not name and is_working != (day.weekday() < 5):
        raise DomainError(_("Please say why this day differs from Monday to Friday."), code="no_reason")
    if source.startswith(OFFICIAL_SOURCE):
        raise DomainError(_("Days of the official calendar come with its file."), code="official_source")
    before = OfficeDay.objects.select_for_update().filter(pk=day).first()
    values = {"is_working": is_working, "name": name, "source": source}
    if before is not None and all(getattr(before, field) == value for field, value in values.items()):
        return before
    row, _is_new = OfficeDay.objects.update_or_create(day=day, defaults=values)
    audit("office_day.set", obj=row, by=by, is_working=is_working, was_working=before and before.is_working)
    return row


@transaction.atomic
def forget_office_day(*, day: date, by: AbstractBaseUser | None) -> None:
    """Take back what was set by hand: the day is worked as Monday to Friday are, until a file says otherwise.

    Raises DomainError `official_day` for a day that an import wrote; does nothing where there is no row.
    """
    row = OfficeDay.objects.select_for_update().filter(pk=day).first()
    if row is None:
        return
    if is_official(row):
        raise DomainError(_("Days of the official calendar come with its file."), code="official_day")
    audit("office_day.forgotten", obj=row, by=by, was_working=row.is_working)
    row.delete()


def is_official(day: OfficeDay) -> bool:
    """Whether an import wrote this day; otherwise it was set by hand."""
    return day.source.startswith(OFFICIAL_SOURCE)


def _read_file(file: CalendarFile, problems: list[CalendarProblem]) -> tuple[int, dict[date, OfficeDay]]:
    """Return the year of `file` and its days that need a row; add every defect to `problems`."""
    days: dict[date, OfficeDay] = {}
    seen: dict[date, int] = {}
    year = 0
    try:
        entries = _load(file)
    except _DefectError as defect:
        problems.append(CalendarProblem(file.name, defect.place, defect.message))
        return 0, {}
    for count, entry in enumerate(entries, start=1):
        try:
            row = _read_entry(entry, file.name)
            year = year or row.day.year
            if row.day.year != year:
                raise _DefectError("date", format_lazy(_("expected a day of {year}, as above"), year=year))
            if row.day in seen:
                raise _DefectError(
                    "date", format_lazy(_("the same day stands in entry {number} too"), number=seen[row.day])
                )
        except _DefectError as defect:
            place = f"[{count}].{defect.place}" if defect.place else f"[{count}]"
            problems.append(CalendarProblem(file.name, place, defect.message))
            continue
        seen[row.day] = count
        if row.name or row.is_working != (row.day.weekday() < 5):
            days[row.day] = row
    return year, days


def _load(file: CalendarFile) -> list[Any]:
    if len(file.content) > LARGEST_FILE:
        raise _DefectError("", _("larger than 1 MB: that is no office calendar"))
    try:
        data = json.loads(file.content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _DefectError(f"byte {error.start}", _("expected UTF-8 text")) from error
    except (json.JSONDecodeError, RecursionError) as error:
        place = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _DefectError(place, _("expected JSON as the office calendar is published")) from error
    if not isinstance(data, list) or not data:
        raise _DefectError("", _("expected a list of days"))
    return data


def _read_entry(entry: Any, file_name: str) -> OfficeDay:
    if not isinstance(entry, dict):
        raise _DefectError("", _("expected a day: date, name, holidayCategory, holiday"))
    day = _day(entry.get("date"))
    holiday, category = entry.get("holiday"), entry.get("holidayCategory")
    if not isinstance(holiday, bool):
        raise _DefectError("holiday", _("expected true or false"))
    if category not in CATEGORIES:
        expected = "、".join(CATEGORIES)
        raise _DefectError("holidayCategory", format_lazy(_("expected one of {expected}"), expected=expected))
    if category == MADE_UP and holiday:
        raise _DefectError("holiday", format_lazy(_("a day off cannot be “{category}”"), category=category))
    name, note = _text(entry, "name"), _text(entry, "note")
    if not name and category not in (WEEKEND, OF_SOME):
        name = f"{category}（{note}）" if note else category
    if len(name) > OfficeDay._meta.get_field("name").max_length:  # type: ignore[operator]  # it has one
        raise _DefectError("name", _("the name is too long"))
    is_working = day.weekday() < 5 if category == OF_SOME else not holiday
    return OfficeDay(day=day, is_working=is_working, name=name, source=f"{OFFICIAL_SOURCE}，{file_name}"[:200])


def _day(text: Any) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
    except (TypeError, ValueError) as error:
        message = format_lazy(_("expected a day such as 20190522, found “{text}”"), text=str(text)[:40])
        raise _DefectError("date", message) from error


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if value is not None and (not isinstance(value, str) or UNWRITABLE.search(value)):
        raise _DefectError(key, _("expected a text"))
    return " ".join((value or "").split())


def _write_year(year: int, days: dict[date, OfficeDay]) -> ImportedYear:
    known = {row.day: row for row in OfficeDay.objects.select_for_update().filter(day__year=year)}
    by_hand = {day for day, row in known.items() if not is_official(row)}
    new = [row for day, row in days.items() if day not in known]
    changed = [
        row
        for day, row in days.items()
        if day in known and day not in by_hand
        and (row.is_working, row.name) != (known[day].is_working, known[day].name)
    ]  # fmt: skip
    gone = [day for day in known if day not in days and day not in by_hand]
    notes = [
        gettext("%(day)s: a day off without a name, although it is no weekend") % {"day": day.isoformat()}
        for day, row in days.items()
        if not row.name and not row.is_working
    ]
    OfficeDay.objects.bulk_create(new)
    OfficeDay.objects.bulk_update(changed, ["is_working", "name", "source"])
    OfficeDay.objects.filter(day__in=gone).delete()
    return ImportedYear(year, len(new), len(changed), len(gone), len(by_hand), tuple(notes))
