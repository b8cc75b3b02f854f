"""Notices into the records, a portion at a time: each is judged, and what is new or changed is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import Value
from django.utils.translation import gettext as _

from accounts.models import User
from common.imports import Outcome, RowVerdict
from library.thresholds import KnownThresholds

from ..chain import Link
from ..enums import CaseSource, Failure, NoticeKind
from ..models import TenderCase, TenderNotice
from ..reading.entries import Entry
from ..reading.notices import ReadNotice, RefusedNotice, is_own_key, key_of
from ..reading.personal import without_personal_data
from .case_finding import CaseFinder, FoundCase
from .chains import lay_chain, refresh_cases
from .listing import list_cases
from .matching import place_cases
from .rules import failure_teller

CHUNK = 500
"""So many notices are judged and written at a time; memory goes with it, not with the length of a file."""

_BATCH = 250
_AS_READ = (
    "kind", "printed_type", "published_on", "title", "classification", "method", "original_on", "reason",
    "will_continue", "budget", "options_amount", "has_options", "procurement_amount", "printed_band", "tenders",
    "awarded_on", "award_amount", "note", "url",
)  # fmt: skip
_SAID = [
    *_AS_READ, "raw", "key", "procurement_kind", "failure", "decided_by", "decided_at", "digest", "source",
]  # fmt: skip

_RAW = TenderNotice._meta.get_field("raw")


class Known(NamedTuple):
    """A notice on record."""

    case_id: int
    pk: int
    key: str
    digest: str
    kind: str
    published_on: date


@dataclass(frozen=True)
class Plan:
    """What is to be written: the notice, its case, and the notice on record that it takes the place of."""

    notice: ReadNotice
    digest: str
    case: FoundCase
    known: Known | None


Verdict = RowVerdict[Plan]


class Intake:
    """Judges portions of notices and writes them; one for the whole of a file, so that it knows what came before.

    The caller holds the transaction. After the last portion comes `finish`.
    """

    def __init__(self, *, source: CaseSource) -> None:
        self._source = source
        self._cases = CaseFinder()
        self._known: dict[tuple[int, str], Known] = {}
        self._by_day: dict[tuple[int, str], Known] = {}
        self._seen: dict[int, tuple[int, int]] = {}
        self._touched: set[int] = set()
        self._stale: set[int] = set()
        self._where: dict[int, tuple[FoundCase, str]] = {}

    @cached_property
    def _tell(self) -> Callable[[str], Failure]:
        return failure_teller()

    @cached_property
    def _thresholds(self) -> KnownThresholds:
        return KnownThresholds()

    def judge(self, entries: Sequence[Entry]) -> list[Verdict]:
        """Return what would become of each; at most four queries.

        unchanged: on record with the same words, or the same as an earlier row of the file; refused: it cannot be
        read, or an earlier row says otherwise of the same notice.
        """
        self._cases.look_up((entry.number for entry in entries), (entry.agency_name for entry in entries))
        cases = [
            self._cases.case_of(unit_id=entry.unit_id, agency_name=entry.agency_name, number=entry.number)
            for entry in entries
        ]
        self._look_up_notices({case.pk for case in cases if case.pk is not None})
        self._where = {}
        return [self._verdict(entry, case) for entry, case in zip(entries, cases, strict=True)]

    def _look_up_notices(self, case_ids: set[int]) -> None:
        rows = (
            TenderNotice.objects.filter(case_id__in=case_ids).order_by("pk")
            if case_ids
            else TenderNotice.objects.none()
        )
        notices = [Known(*row) for row in rows.values_list(*Known._fields)]
        self._known = {(notice.case_id, notice.key): notice for notice in notices}
        self._by_day = {
            (notice.case_id, key_of(NoticeKind(notice.kind), notice.published_on)): notice
            for notice in notices
            if not is_own_key(notice.key)
        }

    def _verdict(self, entry: Entry, case: FoundCase) -> Verdict:
        self._where[entry.row] = case, entry.key
        if entry.key and (known := self._unchanged(entry, case, entry.key, entry.digest)):
            return known
        try:
            notice = entry.read()
        except RefusedNotice as refused:
            # what was printed is quoted, and may stand in the wrong field
            reasons = tuple(without_personal_data(str(problem)) for problem in refused.problems)
            return RowVerdict(entry.row, Outcome.REFUSED, entry.label, reasons)
        key, digest = notice.known_by, entry.digest
        self._where[entry.row] = case, key
        if not entry.key and (known := self._unchanged(entry, case, key, digest)):
            return known
        self._seen[_place(case, key)] = (entry.row, hash(digest))
        before = self._before(case, key, notice)
        if before is not None and not notice.key and not is_own_key(before.key):
            self._where[entry.row] = case, before.key
            return RowVerdict(entry.row, Outcome.UNCHANGED, entry.label, (_("On record already, as published."),))
        outcome = Outcome.NEW if before is None else Outcome.CHANGED
        return RowVerdict(entry.row, outcome, entry.label, payload=Plan(notice, digest, case, before))

    def _unchanged(self, entry: Entry, case: FoundCase, key: str, digest: str) -> Verdict | None:
        """The verdict where there is nothing to write: it is on record, or an earlier row spoke of it."""
        place = _place(case, key)
        if place in self._seen:
            row, before = self._seen[place]
            if before == hash(digest):
                reason = _("Says the same as row %(row)d: it is taken once.") % {"row": row}
                return RowVerdict(entry.row, Outcome.UNCHANGED, entry.label, (reason,))
            reason = _(
                "Row %(row)d says something else of the same notice (%(key)s). Leave one of the two in the file."
            )
            return RowVerdict(entry.row, Outcome.REFUSED, entry.label, (reason % {"row": row, "key": key},))
        known = None if case.pk is None else self._known.get((case.pk, key))
        if known is None or known.digest != digest:
            return None
        self._seen[place] = (entry.row, hash(digest))
        return RowVerdict(entry.row, Outcome.UNCHANGED, entry.label)

    def _before(self, case: FoundCase, key: str, notice: ReadNotice) -> Known | None:
        """The notice on record that this one is: of the same name, or of the same kind and day from another source.

        A source without names for notices (a spreadsheet, a form) knows them by kind and day alone.
        """
        if case.pk is None:
            return None
        if known := self._known.get((case.pk, key)):
            return known
        by_day = key_of(notice.kind, notice.published_on)
        return self._known.get((case.pk, by_day)) if notice.key else self._by_day.get((case.pk, by_day))

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Write what is new or changed in a portion that `judge` has just judged; a handful of queries."""
        plans = [verdict.payload for verdict in verdicts if verdict.payload is not None]
        if not plans:
            return
        self._adopt(plans)
        self._make_cases(plans)
        self._write_new([plan for plan in plans if plan.known is None])
        self._write_changed([plan for plan in plans if plan.known is not None])
        self._touched.update(plan.case.pk for plan in plans if plan.case.pk is not None)

    def place_of(self, entry: Entry) -> tuple[int | None, str]:
        """Return the case of a notice of the last portion, and what it is known by there."""
        case, key = self._where[entry.row]
        return case.pk, key

    def finish(self, *, by: User | None) -> None:
        """Compute anew what the cases say whose notices came in more than one portion, and list those that failed."""
        refresh_cases(self._stale)
        list_cases(self._touched, by=by)

    def _adopt(self, plans: Sequence[Plan]) -> None:
        """Give cases without a unit the one that a notice tells."""
        for case in {id(plan.case): plan.case for plan in plans if plan.case.is_adopted}.values():
            TenderCase.objects.filter(pk__in=[case.pk], unit_id="").update(unit_id=case.unit_id)
            case.is_adopted = False

    def _make_cases(self, plans: Sequence[Plan]) -> None:
        """Make the cases that are not on record, with what the notices of this portion say of them."""
        notices: dict[int, list[ReadNotice]] = defaultdict(list)
        unmade: dict[int, FoundCase] = {}
        for plan in plans:
            if plan.case.pk is None:
                unmade[id(plan.case)] = plan.case
                notices[id(plan.case)].append(plan.notice)
            else:
                self._stale.add(plan.case.pk)
        cases = []
        for place, found in unmade.items():
            case = TenderCase(
                unit_id=found.unit_id, number=found.number, agency_name=found.agency_name, source=self._source
            )
            lay_chain(case, (_link(notice) for notice in notices[place]), self._thresholds)
            cases.append(case)
        place_cases(cases)
        TenderCase.objects.bulk_create(cases, batch_size=_BATCH)
        for found, case in zip(unmade.values(), cases, strict=True):
            found.pk = case.pk

    def _write_new(self, plans: Sequence[Plan]) -> None:
        rows = [self._row(plan, TenderNotice(case_id=plan.case.pk or 0)) for plan in plans]
        TenderNotice.objects.bulk_create(rows, batch_size=_BATCH)

    def _write_changed(self, plans: Sequence[Plan]) -> None:
        """Write what notices on record say now; how one failed stays where a person has decided it."""
        if not plans:
            return
        keys = [plan.known.pk for plan in plans if plan.known]
        rows = TenderNotice.objects.select_for_update(of=("self",)).defer("raw").filter(pk__in=keys).order_by("pk")
        by_key = {row.pk: row for row in rows}
        changed = [self._row(plan, by_key[plan.known.pk]) for plan in plans if plan.known and plan.known.pk in by_key]
        TenderNotice.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["id"], update_fields=_SAID, batch_size=_BATCH
        )

    def _row(self, plan: Plan, row: TenderNotice) -> TenderNotice:
        notice = plan.notice
        for name in _AS_READ:
            setattr(row, name, getattr(notice, name))
        # as an expression: Django would send plain values as one array, whose quotation marks psycopg escapes in Python
        row.raw = Value(notice.raw, output_field=_RAW)
        row.key, row.digest, row.source = notice.known_by, plan.digest, self._source
        row.procurement_kind = notice.procurement_kind or ""
        if notice.kind != NoticeKind.FAILED:
            row.failure, row.decided_by, row.decided_at = "", None, None
        elif row.decided_at is None:
            row.failure = self._tell(notice.reason)
        return row


def _place(case: FoundCase, key: str) -> int:
    """What stands for a notice in the memory of a file: a number takes a tenth of the words."""
    return hash((case.unit_id or case.agency_name, case.number, key))


def _link(notice: ReadNotice) -> Link:
    values = {name: getattr(notice, name) for name in Link._fields if name not in {"key", "procurement_kind"}}
    return Link(key=notice.known_by, procurement_kind=notice.procurement_kind or "", **values)
