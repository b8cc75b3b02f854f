"""What this app adds to Wagtail's admin."""

from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from .viewsets import ScoreImportViewSet, SittingViewSet


@hooks.register("register_admin_viewset")
def register_results() -> list[ViewSet]:
    """Add the import of scores and the results under Classes."""
    return [ScoreImportViewSet(), SittingViewSet()]
