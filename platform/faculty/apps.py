"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FacultyConfig(AppConfig):
    """Configuration of the app."""

    name = "faculty"
    label = "faculty"
    verbose_name = _("Faculty")
