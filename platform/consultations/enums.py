"""Channels, states and kinds at the hotline."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    """How a question came."""

    PHONE = "phone", _("telephone")
    FORM = "form", _("form on this platform")
    EMAIL = "email", _("e-mail")
    VISIT = "visit", _("visit")
    LETTER = "letter", _("official letter")


class ConsultationState(models.TextChoices):
    """Where a case stands. A draft is an entry that is still being written: it has no number and is never counted."""

    DRAFT = "draft", pgettext_lazy("of a case", "draft")
    OPEN = "open", pgettext_lazy("of a case", "open")
    ANSWERED = "answered", pgettext_lazy("of a case", "answered")


COUNTED_STATES = (ConsultationState.OPEN, ConsultationState.ANSWERED)


class ShiftPart(models.TextChoices):
    """Half a working day."""

    MORNING = "morning", _("morning")
    AFTERNOON = "afternoon", _("afternoon")


class SwapState(models.TextChoices):
    """What became of a proposal to swap shifts."""

    PROPOSED = "proposed", _("proposed")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("of a swap", "withdrawn")


class ImportState(models.TextChoices):
    """Where the import of a spreadsheet stands. Rows are written between running and indexing, in one commit."""

    UPLOADED = "uploaded", pgettext_lazy("of an import", "to be checked")
    QUEUED = "queued", pgettext_lazy("of an import", "waits for its turn")
    RUNNING = "running", pgettext_lazy("of an import", "under way")
    DONE = "done", pgettext_lazy("of an import", "done")
    FAILED = "failed", pgettext_lazy("of an import", "failed")


class Fill(models.TextChoices):
    """What a blank cell of an old spreadsheet means; nobody guesses it, the person who imports says so."""

    NO = "", _("blank cells stay blank")
    MERGED = "merged", _("merged cells: every row takes the value")
    ABOVE = "above", _("blank cells: take the value above")


class Change(models.TextChoices):
    """How often something is asked about, compared with before: clearly more or less, perhaps, or the same."""

    RISES = "rises", pgettext_lazy("of a count", "rises")
    MORE = "more", pgettext_lazy("of a count", "a little more, perhaps chance")
    SAME = "same", pgettext_lazy("of a count", "as before")
    LESS = "less", pgettext_lazy("of a count", "a little less, perhaps chance")
    FALLS = "falls", pgettext_lazy("of a count", "falls")
