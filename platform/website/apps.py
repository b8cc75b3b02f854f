"""Where Django learns of this app."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class WebsiteConfig(AppConfig):
    """Configuration of the app; at start-up it asks every app for its panels, search sources and checked pages."""

    name = "website"
    label = "website"
    verbose_name = _("Website")

    def ready(self) -> None:
        """Import `panels.py`, `search.py` and `clearing.py` of every app that has them."""
        from .privacy import receivers  # noqa: F401  connecting is all it is imported for

        for config in apps.get_app_configs():
            for module in ("panels", "search", "clearing"):
                if config.module is not None and config.path and _is_ours(config) and _exists(config, module):
                    import_module(f"{config.name}.{module}")


def _is_ours(config: AppConfig) -> bool:
    return "site-packages" not in config.path


def _exists(config: AppConfig, module: str) -> bool:
    return find_spec(f"{config.name}.{module}") is not None
