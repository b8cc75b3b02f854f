"""What importing an old log would do: a verdict for each of its rows, computed anew whenever somebody looks."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.selectors import agencies_by_name, canonical_name
from common.errors import DomainError
from common.imports import ImportPreview, Outcome, RowVerdict
from common.names import fold_name
from common.spreadsheets import Area, Doubt, column_letters, doubt_text, not_text
from common.spreadsheets.table import normalise
from library.models import Subject

from .enums import Channel, Fill
from .models import Consultation, ConsultationImport, ErrorPattern, HotlineOfficer
from .naming import parse_articles
from .old_logs import FIELDS, OldField, read_channel, read_minutes, read_moment

_KEYS_AT_ONCE = 1000
_MOST_NOTES = 200


@dataclass(frozen=True)
class CasePlan:
    """A case as a row tells it. `unresolved` are the words of the row that stand for nothing in our records."""

    key: str
    asked_at: datetime
    question: str
    answer: str
    agency: Agency | None
    caller_name: str
    officer: HotlineOfficer | None
    channel: Channel
    minutes: int | None
    subject: Subject | None
    error_pattern: ErrorPattern | None
    articles_named: str
    article_ids: tuple[int, ...]
    follow_up: str
    unresolved: tuple[str, ...]


Verdict = RowVerdict[CasePlan]


def judge(upload: ConsultationImport) -> ImportPreview[CasePlan]:
    """Return the verdict on each row of `upload` as it is mapped; the number of queries hardly grows with the rows.

    new: would become a case; what stands for nothing in our records is said. unchanged: imported before, or the same
    as an earlier row. refused: with the field, the cell and what was expected.

    Raises DomainError `column_missing` where the column of a required field is not known yet.
    """
    refuse_unmapped(upload.mapping)
    judged = list(_Judge(upload).verdicts())
    known = _imported_before(plan.payload.key for plan in judged if plan.payload)
    seen: dict[str, int] = {}
    verdicts = []
    for verdict in judged:
        if verdict.payload is None:
            verdicts.append(verdict)
            continue
        key = verdict.payload.key
        if key in known:
            verdicts.append(RowVerdict(verdict.row, Outcome.UNCHANGED, verdict.label, (_("Imported before."),)))
        elif key in seen:
            reason = _("Says the same as row %(row)d: it is taken once.") % {"row": seen[key]}
            verdicts.append(RowVerdict(verdict.row, Outcome.UNCHANGED, verdict.label, (reason,)))
        else:
            seen[key] = verdict.row
            verdicts.append(verdict)
    return ImportPreview(upload.file_name, verdicts, [*upload.notes, *merged_notes(upload)])


def refuse_unmapped(mapping: Mapping[str, int]) -> None:
    """Raise DomainError `column_missing` where a field without which there is no case comes from no column."""
    for field in FIELDS:
        if field.is_required and field.key not in mapping:
            message = _("In which column stands: %(field)s? No row can be taken without it.")
            raise DomainError(message % {"field": field.label}, code="column_missing")


def merged_notes(upload: ConsultationImport) -> list[str]:
    """Say of each merged area in the mapped columns what is taken from it; past two hundred only how many more."""
    labels = {column: key for key, column in upload.mapping.items()}
    notes = []
    for area in (Area(*values) for values in upload.merged):
        keys = [labels[column] for column in range(area.first_column, area.last_column + 1) if column in labels]
        if keys:
            fills = upload.fills.get(labels.get(area.first_column, ""), "")
            notes.append(_merged_note(area, is_filled=fills != Fill.NO))
    if len(notes) > _MOST_NOTES:
        more = _("… and %(count)d more.") % {"count": len(notes) - _MOST_NOTES}
        return [*notes[:_MOST_NOTES], more]
    return notes


def _merged_note(area: Area, *, is_filled: bool) -> str:
    values = {"area": area_name(area), "first": area.first_row, "last": area.last_row}
    if area.first_row == area.last_row:
        return _("%(area)s are merged: the value is taken for the first of these columns alone.") % values
    if is_filled:
        return _("%(area)s are merged: the value is taken for each of the rows %(first)d to %(last)d.") % values
    return _("%(area)s are merged: the value is taken for row %(first)d alone.") % values


def area_name(area: Area) -> str:
    """The merged cells as spreadsheet programs call them: A5:A9."""
    return f"{column_letters(area.first_column)}{area.first_row}:{column_letters(area.last_column)}{area.last_row}"


def fingerprint(day: date, clock: time | None, question: str, agency: str, caller: str) -> str:
    """Return the digest of what a row says: the same question of the same asker at the same time is the same case."""
    parts = [day.isoformat(), clock.isoformat() if clock else "", *(
        "".join(normalise(text).split()) for text in (question, canonical_name(agency), caller)
    )]  # fmt: skip
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _imported_before(keys: Iterable[str]) -> set[str]:
    wanted = list(keys)
    found: set[str] = set()
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        some = Consultation.objects.filter(import_key__in=wanted[start : start + _KEYS_AT_ONCE])
        found.update(key for key in some.values_list("import_key", flat=True) if key)
    return found


class _Refused(Exception):  # noqa: N818  what is found about a row, not an error in the program
    """The cell of a field cannot be taken."""

    def __init__(self, field: OldField, message: str) -> None:
        super().__init__(message)
        self.field = field


class _Judge:
    """Reads the rows one after the other; knows what the records hold from a handful of queries."""

    def __init__(self, upload: ConsultationImport) -> None:
        self._upload = upload
        self._fields = {field.key: field for field in FIELDS if field.key in upload.mapping}
        self._today = timezone.localdate()
        self._doubts = {
            (int(row), int(column)): Doubt(doubt)
            for place, doubt in upload.doubts.items()
            for row, _colon, column in [place.partition(":")]
        }
        self._doubtful_rows = {row for row, _column in self._doubts}
        areas = [Area(*values) for values in upload.merged]
        self._merged = _Merged(areas)
        first_rows = {area.first_row for area in areas}
        self._first_cells = {row[0]: row[1:] for row in upload.rows if row[0] in first_rows}
        self._above: dict[str, tuple[int, str]] = {}
        self._articles: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {}
        self._agencies = agencies_by_name({text for text in self._column("agency") if text})
        self._officers = _by_unique_name(
            HotlineOfficer.objects.select_related("person"), lambda each: [each.person.name], key=fold_name
        )
        self._subjects = _by_unique_name(Subject.objects.all(), lambda each: [each.name, each.name_en, each.code])
        self._patterns = _by_unique_name(ErrorPattern.objects.all(), lambda each: [each.name, each.name_en, each.code])

    def verdicts(self) -> Iterator[Verdict]:
        for number, *cells in self._upload.rows:
            yield self._verdict(number, cells)

    def _column(self, key: str) -> list[str]:
        if key not in self._fields:
            return []
        column = self._upload.mapping[key]
        return [row[1 + column] for row in self._upload.rows]

    def _verdict(self, number: int, cells: Sequence[str]) -> Verdict:
        remarks: list[str] = []
        reasons: list[str] = []
        texts: dict[str, str] = {}
        for key, field in self._fields.items():
            try:
                texts[key] = self._text(field, number, cells, remarks)
            except _Refused as refused:
                reasons.append(self._said(refused, number))
                texts[key] = ""
        if (number, len(cells)) in self._doubts:
            reasons.append(doubt_text(Doubt.BEYOND_HEADINGS))
        label = texts["question"] or next((cell for cell in cells if cell), "")
        payload = None if reasons else self._payload(number, texts, remarks, reasons)
        if payload is None:
            return RowVerdict(number, Outcome.REFUSED, label, tuple(reasons))
        return RowVerdict(number, Outcome.NEW, label, tuple(remarks), payload)

    def _text(self, field: OldField, number: int, cells: Sequence[str], remarks: list[str]) -> str:
        """The cell of a field, or what a blank one stands for; says so where it was taken from elsewhere."""
        column = self._upload.mapping[field.key]
        if number in self._doubtful_rows and (number, column) in self._doubts:
            self._above.pop(field.key, None)
            raise _Refused(field, doubt_text(self._doubts[number, column]))
        held = self._upload.held.get(f"{number}:{column}") if field.is_name else None
        if held is not None and (complaint := not_text(held)):
            raise _Refused(field, complaint)
        text = cells[column]
        fill = self._upload.fills.get(field.key, "") if field.may_fill else ""
        if not text:
            area = self._merged.around(number, column)
            if area is not None and fill in (Fill.MERGED, Fill.ABOVE) and area.first_column == column:
                text = self._first_cells.get(area.first_row, [""] * (column + 1))[column]
                if text:
                    remarks.append(self._taken(field, text, area_name(area)))
            elif area is not None and fill != Fill.ABOVE:
                blank = _("The cell is blank: %(area)s are merged, and the value stands in the first one alone.")
                blank %= {"area": area_name(area)}
                if field.is_required:
                    advice = _("Say among the columns that every row takes it.") if field.may_fill else ""
                    raise _Refused(field, f"{blank} {advice}".strip())
                remarks.append(f"{field.label}: {blank}")
            elif fill == Fill.ABOVE and field.key in self._above:
                row, text = self._above[field.key]
                remarks.append(self._taken(field, text, f"{column_letters(column)}{row}"))
        elif fill == Fill.ABOVE:
            self._above[field.key] = (number, text)
        if field.is_required and not text:
            raise _Refused(field, _("The cell is blank. Expected a value."))
        if field.longest is not None and len(text) > field.longest:
            message = _("%(count)d characters; expected at most %(most)d.")
            raise _Refused(field, message % {"count": len(text), "most": field.longest})
        return text

    def _taken(self, field: OldField, text: str, place: str) -> str:
        shown = text if len(text) <= 20 else f"{text[:20]}…"
        return _("%(field)s: “%(value)s” taken from %(place)s.") % {
            "field": field.label,
            "value": shown,
            "place": place,
        }

    def _payload(self, number: int, texts: dict[str, str], remarks: list[str], reasons: list[str]) -> CasePlan | None:
        """The case, or None with the reasons why not."""
        moment, minutes = None, None
        try:
            moment = read_moment(texts["date"], texts.get("time", ""), today=self._today)
        except ValueError as error:
            reasons.append(self._said(_Refused(self._fields["date"], str(error)), number))
        if text := texts.get("minutes", ""):
            try:
                minutes = read_minutes(text)
            except ValueError as error:
                reasons.append(self._said(_Refused(self._fields["minutes"], str(error)), number))
        if moment is None or reasons:
            return None
        if moment.remark:
            remarks.append(moment.remark)
        unresolved: list[str] = []
        agency = self._agencies.get(canonical_name(texts.get("agency", "")))
        self._note_unknown("agency", texts, agency, remarks, unresolved)
        named: dict[str, Any] = {}
        for key, known in (("officer", self._officers), ("subject", self._subjects), ("pattern", self._patterns)):
            plain = fold_name if key == "officer" else _plain
            named[key] = known.get(plain(texts.get(key, "")))
            self._note_unknown(key, texts, named[key], remarks, unresolved)
        channel = read_channel(texts.get("channel", ""))
        self._note_unknown("channel", texts, channel, remarks, unresolved)
        article_ids, not_found = self._find_articles(texts.get("articles", ""))
        remarks += not_found
        return CasePlan(
            key=fingerprint(
                moment.day, moment.clock, texts["question"], texts.get("agency", ""), texts.get("caller", "")
            ),
            asked_at=timezone.make_aware(datetime.combine(moment.day, moment.clock or time())),
            question=texts["question"],
            answer=texts.get("answer", ""),
            agency=agency,
            caller_name=texts.get("caller", ""),
            officer=named["officer"],
            channel=channel or Channel.PHONE,
            minutes=minutes,
            subject=named["subject"],
            error_pattern=named["pattern"],
            articles_named=texts.get("articles", ""),
            article_ids=article_ids,
            follow_up=texts.get("follow_up", ""),
            unresolved=tuple(unresolved),
        )

    def _note_unknown(
        self, key: str, texts: dict[str, str], found: Any, remarks: list[str], unresolved: list[str]
    ) -> None:
        """What stands for nothing in the records is left out of its field, said, and kept with the source."""
        text = texts.get(key, "")
        if text and found is None:
            label = self._fields[key].label
            message = _("%(field)s: “%(value)s” is not in the records; the word is kept with the source of the case.")
            remarks.append(message % {"field": label, "value": text})
            unresolved.append(f"{label} {text}")

    def _find_articles(self, text: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
        if text not in self._articles:
            named = parse_articles(text)
            self._articles[text] = (tuple(named.article_ids), tuple(str(missing) for missing in named.not_found))
        return self._articles[text]

    def _said(self, refused: _Refused, number: int) -> str:
        column = column_letters(self._upload.mapping[refused.field.key])
        return _("%(field)s (cell %(cell)s): %(message)s") % {
            "field": refused.field.label, "cell": f"{column}{number}", "message": refused,
        }  # fmt: skip


class _Merged:
    """Finds the merged cells that a cell belongs to; their first cell, which holds the value, aside."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._columns: dict[int, list[Area]] = {}
        for area in sorted(areas):
            for column in range(area.first_column, area.last_column + 1):
                self._columns.setdefault(column, []).append(area)

    def around(self, row: int, column: int) -> Area | None:
        areas = self._columns.get(column, [])
        place = bisect_right(areas, row, key=attrgetter("first_row")) - 1
        if place < 0 or areas[place].last_row < row:
            return None
        area = areas[place]
        return None if (row, column) == (area.first_row, area.first_column) else area


def _plain(text: str) -> str:
    return "".join(normalise(text).split()).casefold()


def _by_unique_name(objects: Iterable[Any], names: Any, key: Callable[[str], str] = _plain) -> dict[str, Any]:
    """Objects by the key of their names, without the names that several bear."""
    found: dict[str, list[Any]] = {}
    for each in objects:
        for name in {key(name) for name in names(each) if name}:
            found.setdefault(name, []).append(each)
    return {name: bearers[0] for name, bearers in found.items() if len(bearers) == 1}
