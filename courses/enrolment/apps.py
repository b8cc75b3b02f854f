"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrolmentConfig(AppConfig):
    """Configuration of the app."""

    name = "courses.enrolment"
    label = "enrolment"
    verbose_name = _("Enrolment")

    def ready(self) -> None:
        """Connect the receivers."""
        from . import receivers  # noqa: F401  importing connects them
