"""Kinds of passages that may give somebody away, and what was decided about one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FlagKind(models.TextChoices):
    """What a published page must not give away."""

    NAME = "name", _("name of a person")
    PHONE = "phone", _("phone number")
    EMAIL = "email", _("e-mail address")
    NATIONAL_ID = "national_id", _("ID number")
    CASE_NUMBER = "case_number", _("case number")
    ADDRESS = "address", pgettext_lazy("of a place", "address")
    AGENCY = "agency", _("agency")


ONE_BY_ONE = frozenset({FlagKind.PHONE, FlagKind.EMAIL, FlagKind.NATIONAL_ID})
"""What reaches or identifies a person for sure: never decided about together with others, on whatever page."""


class FlagState(models.TextChoices):
    """What was decided about a flagged passage."""

    OPEN = "open", pgettext_lazy("of a flag", "to decide")
    REPLACED = "replaced", pgettext_lazy("of a flag", "replaced")
    HARMLESS = "harmless", pgettext_lazy("of a flag", "harmless")
