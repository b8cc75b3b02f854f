"""What the cases show in others' places: on the Desk, what waits for an administrator."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from website.slots import Slot, fill

from .permissions import can_manage_cases
from .waiting import what_waits


def cases_for_desk(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """Agencies to match, reasons to decide, files to apply; nothing where nothing waits."""
    waiting = what_waits()
    return {"waiting": waiting} if waiting else None


fill(
    Slot.DESK, order=35, template="casestudies/cases_desk_panel.html", context=cases_for_desk,
    predicate=can_manage_cases,
)  # fmt: skip
