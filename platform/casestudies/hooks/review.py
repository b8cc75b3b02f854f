"""Listing, taxonomy, diagnoses and the city's table in Wagtail's admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from ..permissions import can_view_cases
from ..viewsets.diagnosing import DiagnosingViewSet
from ..viewsets.listing import ListingViewSet
from ..viewsets.listing_rules import ListingRuleViewSet
from ..viewsets.taxonomy import TaxonomyViewSet


class _TableMenuItem(MenuItem):
    """Leads to the city's table, for those who may see it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the same question as the page."""
        return can_view_cases(request.user)


@hooks.register("register_admin_viewset")
def register_review() -> list[ViewSet]:
    """Register the screens of listing, rules, diagnosing and taxonomy."""
    return [ListingViewSet(), ListingRuleViewSet(), DiagnosingViewSet(), TaxonomyViewSet()]


@hooks.register("register_tenders_menu_item")
def table_menu_item() -> MenuItem:
    """Lead to the city's table, which stands in the front office since report viewers read it too."""
    url = reverse_lazy("casestudies:table")
    return _TableMenuItem(_("Table for the council"), url, name="tenders-table", icon_name="table", order=60)
