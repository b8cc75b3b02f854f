"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    """Configuration of the app."""

    name = "library"
    label = "library"
    verbose_name = _("Library")

    def ready(self) -> None:
        """Connect the receivers."""
        from . import receivers  # noqa: F401  importing connects them
