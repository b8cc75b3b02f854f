"""What this app adds to the site: its menu entry, its part of the site map, links in editors' text."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from website.enrichment import register_enricher
from website.navigation import add_entry
from website.slots import Slot, fill

from .documents import documents_listed
from .models import CitationReview, Law, ProcurementTask
from .permissions import can_review_citations
from .references import link_references
from .zone import whats_new


def laws_for_site_map(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return the laws, or None before the first one is there."""
    laws = list(Law.objects.all())
    return {"laws": laws} if laws else None


def tasks_for_site_map(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return the tasks of buyers, or None before there is one."""
    tasks = list(ProcurementTask.objects.all())
    return {"tasks": tasks} if tasks else None


def documents_for_site_map(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return the documents on offer, or None before there is one."""
    documents = list(documents_listed())
    return {"documents": documents} if documents else None


def zone_for_home(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return the newest things of the zone, or None before there is one."""
    news = whats_new(limit=3)
    return {"news": news} if news else None


def reviews_waiting(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return how many reviews after changes of law wait, or None where none does."""
    count = CitationReview.objects.filter(closed_at=None).count()
    return {"count": count} if count else None


add_entry(
    order=40,
    label=_("Procurement zone"),
    url_name="library:zone",
    predicate=lambda user: True,
    covers=("library:law_list", "library:documents", "library:thresholds", "library:task_list"),
)
fill(
    Slot.DESK,
    order=70,
    template="library/desk_panel.html",
    context=reviews_waiting,
    predicate=can_review_citations,
)
fill(Slot.HOME, order=30, template="library/home_panel.html", context=zone_for_home)
fill(Slot.SITE_MAP, order=30, template="library/site_map_tasks.html", context=tasks_for_site_map)
fill(Slot.SITE_MAP, order=35, template="library/site_map_documents.html", context=documents_for_site_map)
fill(Slot.SITE_MAP, order=40, template="library/site_map_panel.html", context=laws_for_site_map)
register_enricher(link_references)
