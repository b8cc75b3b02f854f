"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttendanceConfig(AppConfig):
    """Configuration of the app."""

    name = "courses.attendance"
    label = "attendance"
    verbose_name = _("Attendance")
