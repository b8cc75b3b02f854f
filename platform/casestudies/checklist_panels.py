"""Where the checklist before publishing is found: the zone, tasks that end in a tender, My learning, the site map."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import signed_in
from library.enums import ProcurementKind
from library.models import ProcurementTask
from website.slots import Slot, fill

from .checklists import checklists_of, progress_of_all
from .taxonomies import current_edition

TENDERING_SUBJECTS = frozenset({"02", "09", "10"})
"""The statutory subjects of tendering: the Act on tendering and award, tender documents, most advantageous tender."""

STILL_FILLED = timedelta(days=30)
"""A checklist that was not touched for so long is no longer what to do next."""

_KINDS = {"工程": ProcurementKind.WORKS, "財物": ProcurementKind.GOODS, "服務": ProcurementKind.SERVICES}


def checklist_for_zone(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return the kinds of purchases, or None before there is anything to ask."""
    return {"kinds": ProcurementKind} if current_edition() else None


def checklist_for_task(request: HttpRequest, task: ProcurementTask) -> dict[str, Any] | None:
    """Return the kind of purchase that the task names (empty: any), for tasks that end in a tender."""
    codes = {subject.code for subject in task.subjects.all()}
    if not codes & TENDERING_SUBJECTS or current_edition() is None:
        return None
    return {"kind": next((kind.value for word, kind in _KINDS.items() if word in task.name), "")}


def checklist_to_finish(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """The reader's checklist changed last, while points of it are open: after what a class asks for."""
    last = checklists_of(signed_in(request)).filter(changed_at__gte=timezone.now() - STILL_FILLED).first()
    if last is None:
        return None
    [(checklist, progress)] = progress_of_all([last])
    if progress.is_done:
        return None
    counts = {"answered": progress.answered, "total": progress.total, "open": progress.not_yet}
    return {
        "over": _("Before you publish your tender"),
        "title": checklist.title or _("A tender without a title yet"),
        "detail": _("%(answered)s of %(total)s answered, %(open)s not yet") % counts,
        "url": checklist.get_absolute_url(),
        "label": _("Go on with the checklist"),
    }


fill(Slot.ZONE, order=15, template="casestudies/checklist_zone_panel.html", context=checklist_for_zone)
fill(Slot.TASK, order=10, template="casestudies/checklist_task_panel.html", context=checklist_for_task)
fill(Slot.MY_NEXT, order=60, template="casestudies/checklist_next_panel.html", context=checklist_to_finish)
fill(Slot.SITE_MAP, order=45, template="casestudies/checklist_site_map.html", context=checklist_for_zone)
