"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """Configuration of the app."""

    name = "demo"
    label = "demo"
    verbose_name = _("Demonstration data")
