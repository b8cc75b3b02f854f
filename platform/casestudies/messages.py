"""The kinds of messages about failed tenders; their templates stand in `templates/emails/casestudies/`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewMessage(models.TextChoices):
    """Kinds of messages about meetings of the review group and what it decided."""

    CONVENED = "casestudies.meeting_convened", _("meeting convened")
    MOVED = "casestudies.meeting_moved", _("meeting at another time or place")
    UNINVITED = "casestudies.meeting_uninvited", _("no longer invited to a meeting")
    DECIDED = "casestudies.decisions_made", _("decisions to carry out")
    REMINDED = "casestudies.decisions_reminded", _("reminder of decisions")

    @property
    def event(self) -> str:
        """What happened, as the templates ask it."""
        return self.value.partition(".")[2]


class ImportMessage(models.TextChoices):
    """Kinds of messages about files of notices."""

    FINISHED = "casestudies.notice_import_finished", _("import of notices finished")
