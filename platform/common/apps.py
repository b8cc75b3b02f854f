"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    """Configuration of the app."""

    name = "common"
    label = "common"
    verbose_name = _("Common")

    def ready(self) -> None:
        """Teach SQLite the order by strokes."""
        from . import strokes  # noqa: F401  importing connects it
