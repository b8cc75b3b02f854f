"""The national certificate, as a record: the city does not issue it (資格辦法 §16)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person

from .enums import Level, QualificationState


class QualificationRecord(models.Model):
    """One certificate of the national authority (及格證書).

    Written by `services.record_qualification`, corrected by `services.correct_record`; only
    `services.change_state` changes its state. The number's format is not published: it is free text.
    """

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="qualifications"
    )
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    number = models.CharField(_("certificate number"), max_length=80, unique=True)
    issued_on = models.DateField(_("issued on"))
    state = models.CharField(
        _("state"), max_length=10, choices=QualificationState.choices, default=QualificationState.VALID
    )
    state_since = models.DateField(_("in this state since"), null=True, blank=True)
    state_reason = models.CharField(_("reason of this state"), max_length=250, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("qualification record")
        verbose_name_plural = _("qualification records")
        ordering = ["-issued_on", "-pk"]
        indexes = [models.Index(fields=["person", "level", "state"], name="qualification_lookup")]

    def __str__(self) -> str:
        return self.number
