"""Where Django learns of this app."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.core.checks import register
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Configuration of the app; at start-up it asks every app for its reports."""

    name = "reports"
    label = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """Teach SQLite the median; import `<app>/reports.py` of every app of ours that has one."""
        from .aggregates import teach_sqlite
        from .checks import formula_is_known

        register(formula_is_known)
        connection_created.connect(teach_sqlite, dispatch_uid="reports.teach_sqlite")
        for config in apps.get_app_configs():
            if config is not self and "site-packages" not in config.path and find_spec(f"{config.name}.reports"):
                import_module(f"{config.name}.reports")
