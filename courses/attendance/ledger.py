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
    """What a curriculum says of absence. `required_minutes` is the whole course, `share` how much may be missed.

    `closes_exam` tells whether missing more closes an exam; a course without one is only not completed then.
    """

    required_minutes: int
    share: Fraction
    excused_counts_as_missed: bool
    closes_exam: bool = True


@dataclass(frozen=True)
class Marked:
    """Minutes of one record."""

    minutes_present: int
    minutes_excused: int

    def missed_of(self, minutes: int, *, excused_counts_as_missed: bool) -> int:
        """Return how many of a session's `minutes` were missed by the rule of the curriculum."""
        attended = self.minutes_present + (0 if excused_counts_as_missed else self.minutes_excused)
        return max(minutes - attended, 0)


@dataclass(frozen=True)
class Ledger:
    """Where one enrolment stands. All amounts are minutes of teaching.

    `required_minutes` is the whole against which everything is measured: the course's hours, also where
    its sessions have more. `held_minutes` are those of sessions that are over or already have this person's record;
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
    closes_exam: bool
    unrecorded_sessions: tuple[Session, ...]
    coming_sessions: tuple[Session, ...]

    @property
    def reckoned_minutes(self) -> int:
        """Minutes held and recorded, as far as the course has hours: more than the whole is never reckoned."""
        return min(self.recorded_minutes, self.required_minutes)

    @property
    def attended_minutes(self) -> int:
        """What this person attended of the course: the one figure for pages, sheets, completion and certificates.

        Reckoned but not missed. So excused minutes count wherever the rule does not count them as missed,
        nobody attends more than the whole, and whoever is barred never appears to have attended enough.
        """
        return max(self.reckoned_minutes - self.missed_minutes, 0)

    @property
    def remaining_minutes(self) -> Fraction:
        """How many minutes may still be missed; negative once it was too much."""
        return self.allowed_minutes - self.missed_minutes

    @property
    def exceeded_minutes(self) -> Fraction:
        """How many minutes more than allowed were missed; 0 while it was not too much."""
        return max(-self.remaining_minutes, Fraction(0))

    @property
    def is_barred(self) -> bool:
        """Whether the exam is closed to this person: more missed than allowed, never equal; never without an exam."""
        return self.closes_exam and self.missed_minutes > self.allowed_minutes

    @property
    def is_complete(self) -> bool:
        """Whether every session of the run is over and has a record."""
        return not self.unrecorded_sessions and not self.coming_sessions

    @property
    def share_of_held(self) -> Fraction | None:
        """Attendance of what was held and recorded so far; None before the first record."""
        if not self.reckoned_minutes:
            return None
        return Fraction(self.attended_minutes, self.reckoned_minutes)

    @property
    def share_of_whole(self) -> Fraction | None:
        """Attendance of the whole course; None where the course has no hours yet."""
        if not self.required_minutes:
            return None
        return Fraction(self.attended_minutes, self.required_minutes)


def reckon(rule: AbsenceRule, sessions: Sequence[Session], over: Iterable[int], marks: Mapping[int, Marked]) -> Ledger:
    """Return the ledger of one enrolment.

    `sessions` are all of the run, `over` the ids of those that have ended, `marks` this person's records
    by session id, of sessions that have begun.
    """
    over_ids = frozenset(over)
    held = recorded = present = excused = missed = 0
    unrecorded: list[Session] = []
    coming: list[Session] = []
    for session in sessions:
        mark = marks.get(session.pk)
        if mark is not None:
            held += session.minutes
            recorded += session.minutes
            present += min(mark.minutes_present, session.minutes)
            excused += min(mark.minutes_excused, session.minutes - min(mark.minutes_present, session.minutes))
            missed += mark.missed_of(session.minutes, excused_counts_as_missed=rule.excused_counts_as_missed)
        elif session.pk in over_ids:
            held += session.minutes
            unrecorded.append(session)
        else:
            coming.append(session)
    return Ledger(
        required_minutes=rule.required_minutes,
        held_minutes=held,
        recorded_minutes=recorded,
        present_minutes=present,
        missed_minutes=missed,
        excused_minutes=excused,
        allowed_minutes=rule.required_minutes * rule.share,
        closes_exam=rule.closes_exam,
        unrecorded_sessions=tuple(unrecorded),
        coming_sessions=tuple(coming),
    )
