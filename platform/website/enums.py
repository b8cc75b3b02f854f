"""Who may see a page or a file."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Visibility(models.TextChoices):
    """Public, for anyone signed in, or for the enrolled of the course."""

    PUBLIC = "public", _("public")
    SIGNED_IN = "signed_in", _("signed-in people")
    ENROLLED = "enrolled", _("the enrolled")
