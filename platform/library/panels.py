"""What this app adds to the site: its menu entry, its part of the site map, links in editors' text."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from website.enrichment import register_enricher
from website.navigation import add_entry
from website.slots import Slot, fill

from .models import Law
from .references import link_references


def laws_for_site_map(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Return the laws, or None before the first one is there."""
    laws = list(Law.objects.all())
    return {"laws": laws} if laws else None


add_entry(order=40, label=_("Laws"), url_name="library:law_list", predicate=lambda user: True)
fill(Slot.SITE_MAP, order=40, template="library/site_map_panel.html", context=laws_for_site_map)
register_enricher(link_references)
