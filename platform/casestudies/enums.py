"""Kinds and states of notices, cases, diagnoses and meetings."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseScope(models.TextChoices):
    """Whose case it is: only the city's own count in the city's figures."""

    CITY = "city", _("the city’s own")
    REFERENCE = "reference", _("reference: not the city’s")
    UNCLEAR = "unclear", _("agency not known: to be matched")


class NoticeKind(models.TextChoices):
    """What a notice announces."""

    TENDER = "tender", _("tender")
    CORRECTION = "correction", _("correction of a tender")
    FAILED = "failed", _("no award (無法決標)")
    AWARD = "award", _("award")
    OTHER = "other", pgettext_lazy("kind of notice", "other")


class Failure(models.TextChoices):
    """How a tender failed; decided by rules over the printed reason (`FailureRule`), or by a person."""

    NO_TENDERS = "no_tenders", _("too few tenderers (流標)")
    SCRAPPED = "scrapped", _("opened, but no award (廢標)")
    NOT_OPENED = "not_opened", _("not opened or awarded for another cause")
    UNDECIDED = "undecided", _("to be decided")


class AmountState(models.TextChoices):
    """How much of a case's amount is known."""

    KNOWN = "known", _("known, options included")
    WITHOUT_OPTIONS = "without_options", _("options not known: at least")
    UNKNOWN = "unknown", pgettext_lazy("of an amount", "unknown")


class CaseSource(models.TextChoices):
    """Where a case or a notice came from."""

    API = "api", _("open tender data (JSON)")
    SHEET = "sheet", _("spreadsheet")
    FORM = "form", _("written by hand")
    DEMONSTRATION = "demonstration", _("invented for the demonstration")


class NoticeImportState(models.TextChoices):
    """Where the import of a file of notices stands. All is written between running and done, in one commit."""

    UPLOADED = "uploaded", pgettext_lazy("of an import", "to be checked")
    READING = "reading", pgettext_lazy("of an import", "is being read")
    READ = "read", pgettext_lazy("of an import", "read: to be applied")
    QUEUED = "queued", pgettext_lazy("of an import", "waits for its turn")
    RUNNING = "running", pgettext_lazy("of an import", "under way")
    DONE = "done", pgettext_lazy("of an import", "done")
    FAILED = "failed", pgettext_lazy("of an import", "failed")


class Dimension(models.TextChoices):
    """What an entry of the taxonomy says of a failed tender (流廢標類別、態樣暨原因及精進措施)."""

    CATEGORY = "category", _("category (類別)")
    STAGE = "stage", _("stage (階段)")
    PATTERN = "pattern", _("pattern (態樣)")
    CAUSE = "cause", _("main cause (主因)")
    MEASURE = "measure", _("measure (精進措施)")


class MeetingState(models.TextChoices):
    """Where a meeting of the review group stands."""

    PLANNED = "planned", pgettext_lazy("of a meeting", "planned")
    CONVENED = "convened", pgettext_lazy("of a meeting", "convened: opinions are written")
    CLOSED = "closed", pgettext_lazy("of a meeting", "minutes closed")


class ChecklistAnswer(models.TextChoices):
    """What a buyer says of one point of the checklist."""

    YES = "yes", pgettext_lazy("point of a checklist", "yes")
    NO = "no", pgettext_lazy("point of a checklist", "not yet")
    NOT_APPLICABLE = "na", pgettext_lazy("point of a checklist", "does not apply")
