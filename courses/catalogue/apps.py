"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    """Configuration of the app."""

    name = "courses.catalogue"
    label = "catalogue"
    verbose_name = _("Catalogue")
