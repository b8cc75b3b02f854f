"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Configuration of the app."""

    name = "accounts"
    label = "accounts"
    verbose_name = _("People and agencies")

    def ready(self) -> None:
        """Connect the receivers, and let every app say how its rows are merged."""
        from . import receivers  # noqa: F401  importing connects them

        autodiscover_modules("merging")
