"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    """Configuration of the app."""

    name = "consultations"
    label = "consultations"
    verbose_name = _("Hotline")

    def ready(self) -> None:
        """Connect the receivers."""
        from . import receivers  # noqa: F401  connecting is all it is imported for
