"""Apps above that keep something about sessions, and follow when a session is corrected.

    follow_sessions(foresee=what_a_correction_does, follow=renew_records)

`foresee` answers before saving, in sentences for whoever saves, what following would do; `follow` does it,
inside the transaction of the revision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .models import Session

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class SessionCorrection:
    """A session as it is on record and as it is to be."""

    before: Session
    after: Session


@dataclass(frozen=True)
class SessionFollower:
    """What an app above does when sessions are corrected."""

    foresee: Callable[[Sequence[SessionCorrection]], list[str]]
    follow: Callable[[Sequence[SessionCorrection], User | None], None]


_followers: list[SessionFollower] = []


def follow_sessions(
    *,
    foresee: Callable[[Sequence[SessionCorrection]], list[str]],
    follow: Callable[[Sequence[SessionCorrection], User | None], None],
) -> None:
    """Register a follower."""
    _followers.append(SessionFollower(foresee, follow))


def session_followers() -> list[SessionFollower]:
    """Return the followers that were registered."""
    return list(_followers)
