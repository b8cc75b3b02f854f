"""Levels and states of a qualification (資格辦法 §3–5, §10, §17)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """基本資格 and 進階資格."""

    BASIC = "basic", _("basic qualification")
    ADVANCED = "advanced", _("advanced qualification")


class QualificationState(models.TextChoices):
    """What has become of a certificate since it was issued."""

    VALID = "valid", _("valid")
    LOST = "lost", _("lost (Art. 10)")
    CANCELLED = "cancelled", _("cancelled (Art. 10)")
    REVOKED = "revoked", _("revoked (Art. 17)")
