"""Where the procurement zone stands in the tree of pages: laid by code in a new installation, then editors' own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from website.services import ensure_page, ensure_site

from ..models import AnnouncementIndexPage, ZonePage


def ensure_zone() -> ZonePage:
    """Make sure that the zone and its list of announcements stand in every language; return the zone. Idempotent."""
    zone = ensure_page(
        parent=ensure_site(),
        page_type=ZonePage,
        slug="zone",
        words={
            "title": _("Procurement zone"),
            "introduction": _("Choose what you are about to do: documents, answers and lessons are in one place."),
        },
    )
    ensure_page(parent=zone, page_type=AnnouncementIndexPage, slug="announcements", words={"title": _("Announcements")})
    return zone
