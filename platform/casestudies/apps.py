"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseStudiesConfig(AppConfig):
    """Configuration of the app."""

    name = "casestudies"
    label = "casestudies"
    verbose_name = _("Failed tenders")

    def ready(self) -> None:
        """Connect the receivers."""
        from . import receivers  # noqa: F401  connecting is all it is imported for
