"""What the log shows in others' places: where officers begin, the menu, an article, the Desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import is_hotline_officer
from library.models import Article
from website.navigation import add_entry
from website.permissions import can_open_desk
from website.slots import Slot, fill
from website.start_pages import add_start_page

from .models import Consultation
from .permissions import can_log_consultations
from .selectors import cases_citing, open_without_officer, overdue

SHOWN = 5


def cases_of_article(request: HttpRequest, article: Article) -> dict[str, Any] | None:
    """Return the newest cases that name `article` and how many there are, or None; two queries."""
    cases = cases_citing(article)
    shown = list(cases[:SHOWN])
    if not shown:
        return None
    return {"article": article, "cases": shown, "count": cases.count() if len(shown) == SHOWN else len(shown)}


def cases_for_desk(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """Return the open cases that are nobody's and the promises that are overdue, or None; at most four queries."""
    nobodys = open_without_officer()
    late = overdue(Consultation.objects.all()).select_related("officer__person").order_by("promised_for", "pk")
    context = {
        "nobodys": list(nobodys[:SHOWN]),
        "nobodys_count": nobodys.count(),
        "late": list(late[:SHOWN]),
        "late_count": late.count(),
        "today": timezone.localdate(),
    }
    return context if context["nobodys"] or context["late"] else None


add_start_page(order=20, url_name="consultations_log:new", predicate=is_hotline_officer)
add_entry(order=65, label=_("Log a case"), url_name="consultations_log:new", predicate=is_hotline_officer)
fill(
    Slot.ARTICLE, order=50, template="consultations/article_panel.html", context=cases_of_article,
    predicate=can_log_consultations,
)  # fmt: skip
fill(
    Slot.DESK, order=40, template="consultations/cases_desk_panel.html", context=cases_for_desk,
    predicate=can_open_desk,
)  # fmt: skip
