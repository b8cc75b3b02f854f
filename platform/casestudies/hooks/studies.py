"""Case studies in Wagtail's admin."""

from __future__ import annotations

from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from ..viewsets.studies import StudyViewSet


@hooks.register("register_admin_viewset")
def register_studies() -> ViewSet:
    """Register the list of case studies, and the way from a diagnosed case to a draft."""
    return StudyViewSet()
