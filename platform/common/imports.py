"""What an import says before it is applied: a verdict per row, so that nobody has to guess what will happen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Payload = TypeVar("Payload")


class Outcome(StrEnum):
    """What applying a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"

    @property
    def label(self) -> str | Promise:
        """The outcome in words for the reader."""
        return _OUTCOME_LABELS[self]


_OUTCOME_LABELS: dict[Outcome, str | Promise] = {
    Outcome.NEW: _("New"),
    Outcome.CHANGED: _("Changed"),
    Outcome.UNCHANGED: _("Unchanged"),
    Outcome.REFUSED: _("Refused"),
}


@dataclass(frozen=True)
class RowVerdict(Generic[Payload]):
    """The verdict on one row of a file.

    `row` is the row's number as the user sees it, `label` names what it speaks of, `reasons` say why it is refused
    or what changes, and `payload` is what the app's service needs to apply it (None where refused).
    """

    row: int
    outcome: Outcome
    label: str
    reasons: tuple[str, ...] = ()
    payload: Payload | None = None


@dataclass(frozen=True)
class ImportPreview(Generic[Payload]):
    """All verdicts on one file, in the order of its rows, with what else the reader should know (`notes`)."""

    file: str
    verdicts: Sequence[RowVerdict[Payload]]
    notes: Sequence[str] = field(default=())

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many rows have each outcome; outcomes that do not occur count 0."""
        found = Counter(verdict.outcome for verdict in self.verdicts)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def refused(self) -> list[RowVerdict[Payload]]:
        """The rows that cannot be applied."""
        return [verdict for verdict in self.verdicts if verdict.outcome is Outcome.REFUSED]

    @property
    def to_apply(self) -> list[RowVerdict[Payload]]:
        """The rows that would change something."""
        return [verdict for verdict in self.verdicts if verdict.outcome in {Outcome.NEW, Outcome.CHANGED}]
