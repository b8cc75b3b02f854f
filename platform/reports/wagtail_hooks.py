"""What this app adds to Wagtail's admin."""

from wagtail import hooks

from .viewsets import TargetViewSet


@hooks.register("register_admin_viewset")
def register_targets() -> TargetViewSet:
    """Add the yearly targets under System."""
    return TargetViewSet()
