"""What this app adds to Wagtail's admin."""

from wagtail import hooks

from .viewsets import RollCallViewSet


@hooks.register("register_admin_viewset")
def register_roll_calls() -> RollCallViewSet:
    """Add the correction of roll calls under Classes."""
    return RollCallViewSet()
