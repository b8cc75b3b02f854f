"""States of an issuing batch, and what becomes of a doubt about a certificate."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """queued → running → done | failed."""

    QUEUED = "queued", _("about to begin")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


OPEN_STATES = [BatchState.QUEUED, BatchState.RUNNING]


class DoubtOutcome(models.TextChoices):
    """What became of a doubt about a certificate; "" while it waits."""

    KEPT = "kept", _("kept")
    REVOKED = "revoked", _("revoked")
    RESTORED = "restored", _("complete again")
