"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Configuration of the app."""

    name = "accounts"
    label = "accounts"
    verbose_name = _("People and agencies")

    def ready(self) -> None:
        """Connect the receivers."""
        from . import receivers  # noqa: F401  importing connects them
