"""What this app shows on the Desk: runs that wait for results, score files that wait for a decision."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from website.slots import Slot, fill

from .permissions import can_import_scores
from .selectors import imports_waiting, runs_without_results

SHOWN = 20


def desk_context(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """Return what waits; nothing where nothing does."""
    context = {"imports": list(imports_waiting()[:SHOWN]), "runs": list(runs_without_results()[:SHOWN])}
    return context if any(context.values()) else None


fill(Slot.DESK, order=30, template="assessment/desk_panel.html", context=desk_context, predicate=can_import_scores)
