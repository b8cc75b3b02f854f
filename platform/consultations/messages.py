"""The kinds of messages that the hotline sends; their templates stand in `templates/emails/consultations/`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RosterMessage(models.TextChoices):
    """Kinds of messages to officers."""

    SHIFTS_PLANNED = "consultations.shifts_planned", _("shifts planned")
    SHIFTS_CLEARED = "consultations.shifts_cleared", _("shifts cleared")
    SHIFT_GIVEN = "consultations.shift_given", _("shift taken over")
    SHIFT_TAKEN = "consultations.shift_taken", _("shift given away")
    SHIFTS_REMINDED = "consultations.shifts_reminded", _("reminder of a shift")
    SWAP_PROPOSED = "consultations.swap_proposed", _("swap proposed")
    SWAP_ACCEPTED = "consultations.swap_accepted", _("swap accepted")
    SWAP_DECLINED = "consultations.swap_declined", _("swap declined")
    SWAP_WITHDRAWN = "consultations.swap_withdrawn", _("swap withdrawn")
    PROMISES_REMINDED = "consultations.promises_reminded", _("reminder of promised answers")

    @property
    def event(self) -> str:
        """What happened, as the templates ask it."""
        return self.value.partition(".")[2]


class ConsultationMessage(models.TextChoices):
    """Kinds of messages about questions asked by form, their answers, and imports."""

    ASKED = "consultations.asked", _("question received")
    QUESTION_ARRIVED = "consultations.question_arrived", _("question to answer")
    ANSWERED = "consultations.answered", _("answer to a question")
    CORRECTED = "consultations.answer_corrected", _("corrected answer")
    IMPORT_FINISHED = "consultations.import_finished", _("import of cases finished")
