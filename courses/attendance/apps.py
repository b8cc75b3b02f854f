"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttendanceConfig(AppConfig):
    """Configuration of the app."""

    name = "courses.attendance"
    label = "attendance"
    verbose_name = _("Attendance")

    def ready(self) -> None:
        """Let records follow when their sessions are corrected."""
        from courses.catalogue.session_followers import follow_sessions

        from .services import foresee_renewal, renew_records

        follow_sessions(foresee=foresee_renewal, follow=renew_records)
