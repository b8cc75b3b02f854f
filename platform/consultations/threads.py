"""What an account asked, and the answers it got."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from .enums import ConsultationState
from .models import Consultation


@dataclass(frozen=True)
class Thread:
    """A question and everything that was asked on after it, oldest first; all of one asker."""

    cases: list[Consultation]

    @property
    def first(self) -> Consultation:
        """The question that began it."""
        return self.cases[0]

    @property
    def last(self) -> Consultation:
        """The question asked last."""
        return self.cases[-1]

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is still to come."""
        return self.last.state == ConsultationState.OPEN

    @property
    def has_news(self) -> bool:
        """Whether an answer came that the asker has not read."""
        return any(case.state == ConsultationState.ANSWERED and case.answer_seen_at is None for case in self.cases)


def threads_of(user: Any) -> QuerySet[Consultation]:
    """Return the first questions of `user`'s threads, the thread that moved last first.

    Each has `moved_at`; `as_threads` makes threads of a page of them.
    """
    mine = Consultation.objects.counted().filter(asked_by=user, asks_on=None)
    moved = Coalesce(Max("asked_on__asked_at"), "asked_at")
    return mine.select_related("subject").annotate(moved_at=moved).order_by("-moved_at", "-pk")


def as_threads(firsts: list[Consultation]) -> list[Thread]:
    """Return the threads that begin with these questions, in one query."""
    later: dict[int | None, list[Consultation]] = {}
    for case in _with_what_is_shown().filter(asks_on__in=firsts):
        later.setdefault(case.asks_on_id, []).append(case)
    return [Thread([first, *later.get(first.pk, [])]) for first in firsts]


def thread_of(user: Any, pk: int) -> Thread | None:
    """Return the thread of `user` in which the case `pk` stands, or None: also where it is somebody else's."""
    case = Consultation.objects.counted().filter(pk=pk, asked_by=user).first()
    if case is None:
        return None
    root = case.asks_on_id or case.pk
    cases = _with_what_is_shown().filter(Q(pk=root) | Q(asks_on=root), asked_by=user).prefetch_related("articles__law")
    return Thread(list(cases))


def unread_answers(user: Any) -> QuerySet[Consultation]:
    """Return the answered questions of `user` whose answer they have not read, the newest answer first."""
    return Consultation.objects.answered().filter(asked_by=user, answer_seen_at=None).order_by("-answered_at", "-pk")


def _with_what_is_shown() -> QuerySet[Consultation]:
    return Consultation.objects.counted().select_related("subject", "officer__person").order_by("asked_at", "pk")
