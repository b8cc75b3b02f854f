"""Places where several apps show something together.

`website` owns the slots; an app fills them from its `panels.py`, which is imported at start-up:

    fill(Slot.DESK, order=30, template="assessment/desk_panel.html", context=desk_context,
         predicate=can_import_scores)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.http import HttpRequest


class Slot(Enum):
    """The places; the comment says what `subject` the context function receives."""

    HOME = "home"  # None
    COURSE_PAGE = "course_page"  # catalogue.Course
    RUN_PAGE = "run_page"  # catalogue.CourseRun
    MY_NEXT = "my_next"  # courses.learning.my_page.MyPage: the first panel that answers is what to do next
    MY_RECORDS = "my_records"  # courses.learning.my_page.MyPage: what somebody holds besides their classes
    MY_LEARNING = "my_learning"  # the enrolment being shown (enrolment.Enrolment)
    MY_AGENCY = "my_agency"  # accounts.Agency
    TODAY = "today"  # None
    DESK = "desk"  # None
    ARTICLE = "article"  # library.Article
    ZONE = "zone"  # None: the front page of the procurement zone
    TASK = "task"  # library.ProcurementTask
    SUBJECT = "subject"  # library.Subject: what teaches and answers it, as a short list
    SITE_MAP = "site_map"  # None


@dataclass(frozen=True)
class Panel:
    """One contribution to a slot. `context` returns None when there is nothing to show."""

    slot: Slot
    order: int
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]
    predicate: Callable[[Any], bool]


_panels: dict[Slot, list[Panel]] = {slot: [] for slot in Slot}


def _everybody(user: Any) -> bool:
    return True


def fill(
    slot: Slot,
    *,
    order: int,
    template: str,
    context: Callable[[HttpRequest, Any], dict[str, Any] | None],
    predicate: Callable[[Any], bool] = _everybody,
) -> None:
    """Register a panel; `predicate` receives the user (perhaps anonymous)."""
    panel = Panel(slot, order, template, context, predicate)
    _panels[slot].append(panel)
    _panels[slot].sort(key=lambda item: item.order)


def panels_for(slot: Slot, request: HttpRequest, subject: Any = None) -> list[tuple[Panel, dict[str, Any]]]:
    """Return the panels this user sees in `slot`, each with its context, in order."""
    shown = []
    for panel in _panels[slot]:
        if panel.predicate(request.user):
            context = panel.context(request, subject)
            if context is not None:
                shown.append((panel, context))
    return shown
