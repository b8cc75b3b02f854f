"""What this app adds to Wagtail's admin."""

from wagtail import hooks

from .viewsets import ClassesGroup


@hooks.register("register_admin_viewset")
def register_classes() -> ClassesGroup:
    """Add runs, courses and curricula."""
    return ClassesGroup()
