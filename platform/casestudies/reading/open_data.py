"""A record of the open tender data (政府電子採購網 as JSON): which case it is of, and what it says.

A record is `{date, filename, brief: {type, title, category, companies}, job_number, unit_id, unit_name, detail}`. The
keys of `detail` are `section:field`, such as 採購資料:預算金額; deeper ones say more of a field, and those that end in
`:remind` are notes. Which section a field stands in depends on the type of the notice, so it is not asked for.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.unwritable import UNWRITABLE

from .kinds import notice_kind_of, procurement_kind_of
from .notices import LABELS, Problem, ReadNotice, RefusedNotice, case_number, checked
from .personal import DEEPEST, PersonalData, without_personal_data
from .stated import stated_procurement_amount
from .values import amount_of, answer_of, count_of, day_of, leaves, line_of, text_of

T = TypeVar("T")

READER = "1"
"""Raised whenever this reader takes more from a record than before: unchanged records are read again then."""

FIELDS: dict[str, tuple[str, ...]] = {
    "unit_id": ("機關代碼",),
    "agency_name": ("機關名稱",),
    "number": ("標案案號",),
    "title": ("標案名稱",),
    "classification": ("標的分類",),
    "method": ("招標方式",),
    "announced": ("公告日", "公告日期", "招標公告日期"),
    "failed": ("無法決標公告日期",),
    "awarded": ("決標公告日期",),
    "original_on": ("原招標公告之刊登採購公報日期", "原公告日期", "原公告日"),
    "reason": ("無法決標的理由",),
    "will_continue": ("是否沿用本案號及原招標方式續行招標",),
    "budget": ("預算金額",),
    "procurement_amount": ("採購金額",),
    "printed_band": ("採購金額級距", "採購級距"),
    "has_options": ("後續擴充", "未來增購權利", "後續擴充或保留未來增購權利"),
    "options_amount": (
        "後續擴充金額", "後續擴充:金額", "後續擴充:後續擴充金額", "後續擴充:擴充金額", "後續擴充:後續擴充之金額",
    ),
    "tenders": ("投標廠商家數",),
    "awarded_on": ("決標日期",),
    "award_amount": ("總決標金額",),
    "note": ("附加說明",),
}  # fmt: skip
"""Our field → the names that notices print for it, behind the section."""

_MEANINGS = {name: field for field, names in FIELDS.items() for name in names}
_VOLATILE = ("fetched_at",)


@lru_cache(maxsize=20_000)
def _meaning(key: str) -> str | None:
    """Return our field for a key of `detail`; None for all others, notes among them."""
    section, colon, name = key.partition(":")
    return _MEANINGS.get(name if colon else section)


@dataclass(frozen=True)
class RecordEntry:
    """One record on its way in, `row` is its place in the file from 1; read in full only where it is new or changed."""

    row: int
    record: Any

    @cached_property
    def _given(self) -> dict[str, Any]:
        given = _writable(self.record)
        return given if isinstance(given, dict) else {}

    @cached_property
    def _detail(self) -> dict[str, Any]:
        return _as_dict(self._given.get("detail"))

    @cached_property
    def _brief(self) -> dict[str, Any]:
        return _as_dict(self._given.get("brief"))

    @cached_property
    def _said(self) -> dict[str, Any]:
        """By our field the value of `detail`: the first that says anything."""
        said: dict[str, Any] = {}
        for key, value in self._detail.items():
            field = _meaning(key)
            if field is not None and field not in said and value not in ("", None, []):
                said[field] = value
        return said

    @cached_property
    def unit_id(self) -> str:
        """The unit (機關代碼), or nothing."""
        return case_number(_string(self._given.get("unit_id")) or line_of(self._said.get("unit_id")))

    @cached_property
    def agency_name(self) -> str:
        """The agency as printed."""
        return line_of(self._said.get("agency_name") or self._given.get("unit_name"))

    @cached_property
    def number(self) -> str:
        """The number of its case."""
        return case_number(_string(self._given.get("job_number")) or line_of(self._said.get("number")))

    @property
    def key(self) -> str:
        """The name of its file."""
        return _string(self._given.get("filename")).strip()

    @property
    def label(self) -> str:
        """Number and title."""
        title = line_of(self._brief.get("title") or self._said.get("title"))
        return without_personal_data(f"{self.number} {title}".strip()[:200])

    @cached_property
    def digest(self) -> str:
        """The fingerprint of the whole record but for the moment when it was fetched."""
        kept = self._given
        if any(name in self._detail for name in _VOLATILE):
            kept = {**kept, "detail": {key: each for key, each in self._detail.items() if key not in _VOLATILE}}
        try:
            text = json.dumps(kept, ensure_ascii=False, default=str)
        except (RecursionError, ValueError):
            return ""
        return hashlib.sha256(f"{READER}{text}".encode(errors="replace")).hexdigest()

    def read(self) -> ReadNotice:
        """Return all that the record says, without personal data. Raises RefusedNotice with every problem."""
        if not self._given or not isinstance(self.record, dict):
            raise RefusedNotice([_of_the_record(_("expected an object with job_number, date, brief and detail."))])
        if isinstance(self.record.get("records"), list):
            message = _("a list of records stands where one record was expected.")
            raise RefusedNotice([_of_the_record(message)])
        return _Reading(self).notice()


class _Reading:
    """Reads one record and collects what is wrong with it."""

    def __init__(self, entry: RecordEntry) -> None:
        self._entry = entry
        self._given, self._brief, self._said = entry._given, entry._brief, entry._said
        self._problems: list[Problem] = []

    def notice(self) -> ReadNotice:
        for name, field in (("job_number", "number"), ("unit_id", "unit_id"), ("filename", "key")):
            value = self._given.get(name)
            if isinstance(value, bool | float | Decimal):
                message = _("expected a text, found %(value)s.")
                self._problems.append(Problem(LABELS[field], message % {"value": value}))
        published = {"brief": self._brief, "detail": self._entry._detail}
        try:
            personal = PersonalData(published)
            raw = personal.kept(published)
        except (ValueError, RecursionError):
            raise RefusedNotice([_of_the_record(_("it is nested too deeply to be a notice."))]) from None
        printed_type = line_of(self._brief.get("type") or self._entry._detail.get("type"))
        kind = notice_kind_of(printed_type)
        if not printed_type:
            self._problems.append(Problem(LABELS["printed_type"], _("nothing stands there; expected a value.")))
        note = personal.clean(text_of(self._said.get("note")))
        budget = self._amount("budget")
        published_on = self._published_on()
        values: dict[str, Any] = {
            "title": personal.clean_title(line_of(self._said.get("title") or self._brief.get("title"))),
            "original_on": self._value("original_on", day_of),
            "reason": personal.clean(text_of(self._said.get("reason"))),
            "will_continue": answer_of(self._said.get("will_continue")),
            "classification": line_of(self._said.get("classification") or self._brief.get("category")),
            "method": line_of(self._said.get("method")),
            "budget": budget,
            "options_amount": self._amount("options_amount"),
            "has_options": answer_of(self._said.get("has_options")),
            "procurement_amount": self._amount("procurement_amount") or stated_procurement_amount(note, budget),
            "printed_band": line_of(self._said.get("printed_band")),
            "tenders": self._value("tenders", count_of),
            "awarded_on": self._value("awarded_on", day_of),
            "award_amount": self._amount("award_amount"),
        }
        values["procurement_kind"] = procurement_kind_of(values["classification"])
        if values["options_amount"]:
            values["has_options"] = True
        read = None
        if published_on is not None:
            read = ReadNotice(
                unit_id=self._entry.unit_id,
                agency_name=personal.clean_title(self._entry.agency_name),
                number=self._entry.number,
                key=self._entry.key,
                kind=kind,
                printed_type=printed_type,
                published_on=published_on,
                note=note,
                url=_address(self._entry._detail.get("url")),
                raw=raw,
                fingerprint=self._entry.digest,
                **values,
            )
        return self._checked(read)

    def _checked(self, read: ReadNotice | None) -> ReadNotice:
        if read is not None:
            try:
                read = checked(read)
            except RefusedNotice as refused:
                self._problems += refused.problems
        else:
            # no day: name what else is missing, so that the file is corrected once
            self._problems += [
                Problem(LABELS[name], _("nothing stands there; expected a value."))
                for name in ("number", "agency_name")
                if not getattr(self._entry, name)
            ]
        if read is None or self._problems:
            raise RefusedNotice(self._problems)
        return read

    def _published_on(self) -> date | None:
        """The day of the record; a printed day that does not exist is refused all the same."""
        printed = [self._value(name, day_of, label="published_on") for name in ("announced", "failed", "awarded")]
        given = self._given.get("date")
        before = len(self._problems)
        day = self._value("published_on", day_of, value=given)
        day = day or next((each for each in printed if each), None)
        if day is None and len(self._problems) == before and not self._has_problem("published_on"):
            message = _("nothing stands there; expected a day such as 108/01/16 or 2019-01-16.")
            self._problems.append(Problem(LABELS["published_on"], message))
        return day

    def _has_problem(self, name: str) -> bool:
        return any(problem.field is LABELS[name] for problem in self._problems)

    def _amount(self, name: str) -> int | None:
        return self._value(name, amount_of)

    def _value(self, name: str, read: Callable[[Any], T | None], *, label: str = "", value: Any = None) -> T | None:
        given = self._said.get(name) if value is None else value
        if given is None:
            return None
        try:
            return read(given)
        except ValueError as error:
            self._problems.append(Problem(LABELS[label or name], str(error)))
            return None


def _writable(value: Any, depth: int = 0) -> Any:
    """The value without characters that no database takes; deeper than any notice reaches it stays as it is."""
    if isinstance(value, str):
        return value if value.isprintable() else UNWRITABLE.sub("", value)
    if depth > DEEPEST:
        return value
    if isinstance(value, dict):
        return {_writable(key): _writable(each, depth + 1) for key, each in value.items()}
    return [_writable(each, depth + 1) for each in value] if isinstance(value, list) else value


def _of_the_record(message: str) -> Problem:
    return Problem(pgettext("of a file", "record"), message)


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _address(value: Any) -> str:
    """The address of the notice; anything that is no web address is left out."""
    text = next(leaves(value), "").strip()
    if len(text) > 300 or not re.fullmatch(r"https?://\S+", text):
        return ""
    try:
        return text if urlsplit(text).hostname else ""
    except ValueError:
        return ""
