"""Kinds of text in the library."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TextSource(models.TextChoices):
    """Where the words of an article come from."""

    OFFICIAL = "official", _("official text")
    SUMMARY = "summary", _("summary in our own words")
