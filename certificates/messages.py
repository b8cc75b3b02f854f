"""The messages that this app sends."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageKind(models.TextChoices):
    """Every kind of message of this app; the text lies in templates/emails/certificates/."""

    ISSUED = "certificates.issued", _("certificate issued")
    REVOKED = "certificates.revoked", _("certificate revoked")
    BATCH_FINISHED = "certificates.batch_finished", _("issuing of certificates finished")
