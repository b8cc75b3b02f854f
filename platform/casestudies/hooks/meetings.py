"""Meetings of the review group and their decisions in Wagtail's admin."""

from __future__ import annotations

from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from ..viewsets.committee import CommitteeViewSet
from ..viewsets.decisions import DecisionViewSet
from ..viewsets.meetings import MeetingViewSet
from ..viewsets.quarterly import QuarterlyViewSet


@hooks.register("register_admin_viewset")
def register_review_group() -> list[ViewSet]:
    """Register meetings, members, decisions and the quarterly report."""
    return [MeetingViewSet(), CommitteeViewSet(), DecisionViewSet(), QuarterlyViewSet()]
