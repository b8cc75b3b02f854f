"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    """Configuration of the app."""

    name = "certificates"
    label = "certificates"
    verbose_name = _("The city's certificates")

    def ready(self) -> None:
        """Connect the receivers; say what rests on enrolments."""
        from courses.enrolment.issued import tell_what_was_issued

        from . import receivers  # noqa: F401  importing connects them
        from .selectors import serials_of_enrolments

        tell_what_was_issued(serials_of_enrolments)
