"""The arithmetic of absence, free of the database: minutes in, an exact verdict out.

The rule (資格辦法 §15 I): who misses more than a share of all hours of the course (1/10 for the basic
class) may not sit the exam. Shares are fractions, so that 396 of 3,960 minutes is still allowed and 397
is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from courses.catalogue.models import Session

ARTICLE = "資格辦法第 15 條"
"""The article behind the bar, as it is quoted to readers."""


@dataclass(frozen=True)
class AbsenceRule:
    """What a curriculum says of absence. `required_minutes` is the whole course."""

    required_minutes: int
    share: Fraction
    excused_counts_as_missed: bool


@dataclass(frozen=True)
class Marked:
    """Minutes of one record."""

    minutes_present: int
    minutes_excused: int


@dataclass(frozen=True)
class Ledger:
    """Where one enrolment stands. All amounts are minutes of teaching.

    `held_minutes` are those of sessions that are over or already have this person's record;
    `recorded_minutes` only those with a record. A session without a record is neither presence nor
    absence: those that are over stand in `unrecorded_sessions`, the others in `coming_sessions`.
    """

    required_minutes: int
    held_minutes: int
    recorded_minutes: int
    present_minutes: int
    missed_minutes: int
    excused_minutes: int
    allowed_minutes: Fraction
    unrecorded_sessions: tuple[Session, ...]
    coming_sessions: tuple[Session, ...]

    @property
    def remaining_minutes(self) -> Fraction:
        """How many minutes may still be missed; negative once barred."""
        return self.allowed_minutes - self.missed_minutes

    @property
    def is_barred(self) -> bool:
        """Whether the exam is closed to this person: more missed than allowed, never equal."""
        return self.missed_minutes > self.allowed_minutes

    @property
    def is_complete(self) -> bool:
        """Whether every session of the run is over and has a record."""
        return not self.unrecorded_sessions and not self.coming_sessions

    @property
    def share_of_held(self) -> Fraction | None:
        """Attendance of what was held and recorded so far; None before the first record.

        Minutes that the rule does not count as missed (excused ones, where it says so) count as attended.
        """
        if not self.recorded_minutes:
            return None
        return Fraction(self.recorded_minutes - self.missed_minutes, self.recorded_minutes)

    @property
    def share_of_whole(self) -> Fraction | None:
        """Attendance of the whole course; None where the course has no hours yet."""
        if not self.required_minutes:
            return None
        return Fraction(self.recorded_minutes - self.missed_minutes, self.required_minutes)


def reckon(rule: AbsenceRule, sessions: Sequence[Session], over: Iterable[int], marks: Mapping[int, Marked]) -> Ledger:
    """Return the ledger of one enrolment.

    `sessions` are all of the run, `over` the ids of those that have ended, `marks` this person's records
    by session id.
    """
    over_ids = frozenset(over)
    held = recorded = present = excused = 0
    unrecorded: list[Session] = []
    coming: list[Session] = []
    for session in sessions:
        mark = marks.get(session.pk)
        if mark is not None:
            held += session.minutes
            recorded += session.minutes
            present += min(mark.minutes_present, session.minutes)
            excused += min(mark.minutes_excused, session.minutes - min(mark.minutes_present, session.minutes))
        elif session.pk in over_ids:
            held += session.minutes
            unrecorded.append(session)
        else:
            coming.append(session)
    missed = recorded - present
    if not rule.excused_counts_as_missed:
        missed -= excused
    return Ledger(
        required_minutes=rule.required_minutes,
        held_minutes=held,
        recorded_minutes=recorded,
        present_minutes=present,
        missed_minutes=missed,
        excused_minutes=excused,
        allowed_minutes=rule.required_minutes * rule.share,
        unrecorded_sessions=tuple(unrecorded),
        coming_sessions=tuple(coming),
    )
