"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualificationsConfig(AppConfig):
    """Configuration of the app."""

    name = "qualifications"
    label = "qualifications"
    verbose_name = _("Qualifications")
