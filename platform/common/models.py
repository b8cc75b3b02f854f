"""The audit trail, which keeps numbers and labels so that it outlives what it speaks of; the office calendar."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(TypeError):
    """The code tried to change or delete what is only ever added to."""

    def __init__(self) -> None:
        super().__init__("the audit trail is append-only: its entries are never changed or deleted")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Entries can be added and read. Each of the other ways in is shut: `AppendOnlyError`."""

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refused."""
        raise AppendOnlyError

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused."""
        raise AppendOnlyError

    def update_or_create(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused."""
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        """Refused."""
        raise AppendOnlyError


class AuditEntry(models.Model):
    """One change that matters, written by `common.audit.audit()` and never changed afterwards."""

    at = models.DateTimeField(_("time"), auto_now_add=True, db_index=True)
    action = models.CharField(_("action"), max_length=80, db_index=True)
    actor_id = models.BigIntegerField(_("account number"), null=True, blank=True, db_index=True)
    actor_label = models.CharField(_("by"), max_length=200, blank=True)
    object_type = models.CharField(_("kind of object"), max_length=80, blank=True)
    object_id = models.CharField(_("object number"), max_length=64, blank=True)
    object_label = models.CharField(_("object"), max_length=250, blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry. Raises `AppendOnlyError` for one that is there already."""
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused: raises `AppendOnlyError`."""
        raise AppendOnlyError


class OfficeDay(models.Model):
    """A day on which the office calendar (政府行政機關辦公日曆表) differs from Monday to Friday, or names a holiday.

    Read by `common.officedays`, written by `common.officecalendar`: imported by year, or set by hand.
    """

    day = models.DateField(_("day"), primary_key=True)
    is_working = models.BooleanField(_("worked"))
    name = models.CharField(_("holiday"), max_length=80, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("day of the office calendar")
        verbose_name_plural = _("days of the office calendar")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()
