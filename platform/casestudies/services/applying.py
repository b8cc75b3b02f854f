"""A file of notices from its first row to its last: judged only, or judged and written in one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from common.imports import Outcome

from ..enums import CaseSource
from ..reading.entries import Entry
from .intake import CHUNK, Intake, Verdict

MOST_PROBLEMS = 200
"""So many refused rows are kept with an import; the others are counted."""

Watcher = Callable[[Sequence[Verdict]], None]


@dataclass
class Tally:
    """What has become of the rows so far: how many of each outcome, and the first that were refused."""

    counts: dict[str, int] = field(default_factory=lambda: {outcome.value: 0 for outcome in Outcome})
    problems: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0

    @property
    def refused(self) -> int:
        """How many rows are refused."""
        return self.counts[Outcome.REFUSED.value]

    def add(self, verdicts: Iterable[Verdict]) -> None:
        """Count a portion."""
        for verdict in verdicts:
            self.rows += 1
            self.counts[verdict.outcome.value] += 1
            if verdict.outcome is Outcome.REFUSED and len(self.problems) < MOST_PROBLEMS:
                self.problems.append(_problem(verdict))


def _problem(verdict: Verdict) -> dict[str, Any]:
    # the field stands in front of each reason: a row may have several
    return {"row": verdict.row, "field": "", "label": verdict.label, "reason": "; ".join(verdict.reasons)}


def judge_entries(entries: Iterable[Entry], *, source: CaseSource, watch: Watcher) -> Tally:
    """Return what applying a file would do; nothing is written. `watch` sees each portion of verdicts.

    Raises what reading the file raises.
    """
    tally, intake, rows = Tally(), Intake(source=source), iter(entries)
    while portion := list(islice(rows, CHUNK)):
        verdicts = intake.judge(portion)
        tally.add(verdicts)
        watch(verdicts)
    return tally


@transaction.atomic
def import_entries(
    entries: Iterable[Entry], *, name: str, source: CaseSource, by: User | None, is_partial: bool, watch: Watcher
) -> Tally:
    """Write a file called `name` that was not uploaded, as `apply_entries` does, and put it on record."""
    tally = apply_entries(entries, source=source, by=by, is_partial=is_partial, watch=watch)
    audit("notices.imported", by=by, file=name, counts=tally.counts)
    return tally


def apply_entries(
    entries: Iterable[Entry], *, source: CaseSource, by: User | None, is_partial: bool, watch: Watcher
) -> Tally:
    """Write a file in one commit: all of it, or with `is_partial` all but the refused rows, or nothing.

    After a row that stops everything the rest is only judged, so that all refused rows are named at once. Raises
    DomainError `refused_rows`, and what reading the file raises; nothing is written then.
    """
    tally, intake, rows = Tally(), Intake(source=source), iter(entries)
    with transaction.atomic():
        while portion := list(islice(rows, CHUNK)):
            verdicts = intake.judge(portion)
            tally.add(verdicts)
            if is_partial or not tally.refused:
                intake.write(verdicts)
            watch(verdicts)
        if tally.refused and not is_partial:
            message = _("%(count)d rows are refused. Correct the file, or take only the accepted rows.")
            raise DomainError(message % {"count": tally.refused}, code="refused_rows")
        intake.finish(by=by)
    return tally
