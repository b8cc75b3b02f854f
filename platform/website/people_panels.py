"""What the apps below this one show in its menu and on the Desk; they may not know the website themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import can_manage_accounts, can_open_my_agency
from accounts.selectors import declared_without_contact, name_changes_to_decide, possible_duplicates, proposed_agencies
from notifications.permissions import can_view_outbox
from notifications.selectors import failed_messages

from .navigation import add_entry
from .slots import Slot, fill

SHOWN = 5
RECENT = timedelta(days=30)
"""How long the Desk names newcomers who look like somebody on record; the list of them names all."""


def people_to_confirm(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return what of people waits: agencies without a contact or only proposed, new names, look-alikes."""
    people = declared_without_contact()
    waiting = people.count()
    proposed = proposed_agencies().count()
    changes = name_changes_to_decide()
    renamed = changes.count()
    twice = possible_duplicates(recorded_since=timezone.now() - RECENT).count()
    if not waiting and not proposed and not renamed and not twice:
        return None
    return {
        "people": people[:SHOWN],
        "waiting": waiting,
        "more": max(waiting - SHOWN, 0),
        "proposed": proposed,
        "name_changes": changes[:SHOWN],
        "renamed": renamed,
        "twice": twice,
    }


def messages_that_failed(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return how many messages reached nobody."""
    count = failed_messages().count()
    return {"count": count} if count else None


add_entry(order=60, label=_("My agency"), url_name="accounts:my_agency", predicate=can_open_my_agency)
fill(Slot.DESK, order=50, template="accounts/desk_panel.html", context=people_to_confirm, predicate=can_manage_accounts)
fill(
    Slot.DESK,
    order=60,
    template="notifications/desk_panel.html",
    context=messages_that_failed,
    predicate=can_view_outbox,
)
