"""Where Django learns of this app."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root as an app, so that its tasks and template tags are found."""

    name = "config"
    label = "config"
    verbose_name = "Configuration"
