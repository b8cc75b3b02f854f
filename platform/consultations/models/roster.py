"""Who answers the hotline, and when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person

from ..enums import ShiftPart, SwapState


class HotlineOfficer(models.Model):
    """A person who takes turns at the hotline (諮詢專線輪值人員).

    Only holders of a valid qualification do: `services.officers` refuses others, and who has lost it is marked.
    `order` is the place in the rotation.
    """

    person = models.OneToOneField(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="hotline_officer"
    )
    order = models.PositiveSmallIntegerField(_("place in the rotation"), default=0)
    is_active = models.BooleanField(pgettext_lazy("of an officer", "takes turns"), default=True)

    class Meta:
        verbose_name = _("hotline officer")
        verbose_name_plural = _("hotline officers")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.person.name


class DutyShift(models.Model):
    """Half a working day at the hotline. Written by `services.roster`: planned in rotation, swapped, reassigned."""

    day = models.DateField(_("day"))
    part = models.CharField(_("half day"), max_length=10, choices=ShiftPart.choices)
    officer = models.ForeignKey(
        HotlineOfficer, verbose_name=_("officer"), on_delete=models.PROTECT, related_name="shifts"
    )
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("duty shift")
        verbose_name_plural = _("duty shifts")
        # morning before afternoon
        ordering = ["day", "-part"]
        constraints = [models.UniqueConstraint(fields=["day", "part"], name="duty_shift_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.get_part_display()}"


class ShiftSwap(models.Model):
    """An officer asks another to take a shift, in exchange for one of theirs or as a favour.

    Written by `services.swaps`; the shifts change hands when the other accepts, never before.
    """

    shift = models.ForeignKey(DutyShift, verbose_name=_("shift"), on_delete=models.CASCADE, related_name="swaps")
    asked_by = models.ForeignKey(
        HotlineOfficer, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="swaps_asked"
    )
    asked_of = models.ForeignKey(
        HotlineOfficer, verbose_name=_("asked of"), on_delete=models.PROTECT, related_name="swaps_received"
    )
    in_exchange = models.ForeignKey(
        DutyShift, verbose_name=_("in exchange for"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=SwapState.choices, default=SwapState.PROPOSED)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("swap of shifts")
        verbose_name_plural = _("swaps of shifts")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shift"],
                condition=Q(state=SwapState.PROPOSED),
                name="shift_swap_one_at_a_time",
                violation_error_message=_("Somebody has already been asked to take this shift."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.shift}: {self.asked_by} → {self.asked_of}"
