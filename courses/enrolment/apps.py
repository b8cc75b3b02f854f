"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class EnrolmentConfig(AppConfig):
    """Configuration of the app."""

    name = "courses.enrolment"
    label = "enrolment"
    verbose_name = _("Enrolment")

    def ready(self) -> None:
        """Connect the receivers, and ask every app what of it rests on enrolments (`evidence.py`)."""
        from . import receivers  # noqa: F401  importing connects them

        autodiscover_modules("evidence")
