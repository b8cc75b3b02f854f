"""What the hotline shows in others' places."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from website.slots import Slot, fill

from .threads import unread_answers


def answer_to_read(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """The newest answer that the reader of My learning has not read."""
    case = unread_answers(request.user).first()
    if case is None:
        return None
    return {
        "over": _("The hotline has answered"),
        "title": _("Your answer is here: %(number)s") % {"number": case.number},
        "detail": case.question[:80] + ("…" if len(case.question) > 80 else ""),
        "url": case.get_absolute_url(),
        "label": _("Read the answer"),
    }


fill(Slot.MY_NEXT, order=25, template="consultations/next_panel.html", context=answer_to_read)
