"""The outbox in the back office."""

from wagtail import hooks

from .viewsets import MessageViewSet


@hooks.register("register_admin_viewset")
def register_outbox() -> MessageViewSet:
    """Register the outbox; its entry stands in the menu System."""
    return MessageViewSet()
