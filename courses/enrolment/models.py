"""Who takes part in which run, and who waits for a seat."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Person
from courses.catalogue.models import CourseRun

from .enums import COUNTABLE_STATES, EnrolmentState, WaitingState


class Enrolment(models.Model):
    """Trainee × run, with the agency of that day: one per person and run, whatever becomes of it.

    Created by `services.enrol_trainee` and `services.promote_waiting`, which also give it back to somebody who
    withdrew; ended by `services.withdraw_enrolment`, undone by `services.restore_enrolment`. One that
    `services.mark_entered_in_error` marked is in no figure; the same person may have another one beside it.
    `number` (學號) is given once within the run and never reused. `is_agency_confirmed`: the agency was known from
    itself or the administrator, not only from the person. `entry_reason` says why somebody was enrolled when the
    run had begun or was over, `exit_reason` why they withdrew or why it was an error.
    `language` is the one in which they enrolled; messages about it come in it. `is_announcement_due`
    is set with every change of state and cleared once its message lies in the outbox.
    """

    run = models.ForeignKey(
        CourseRun, verbose_name=_("course run"), on_delete=models.PROTECT, related_name="enrolments"
    )
    person = models.ForeignKey(Person, verbose_name=_("trainee"), on_delete=models.PROTECT, related_name="enrolments")
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency of that day"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="enrolments",
    )  # fmt: skip
    is_agency_confirmed = models.BooleanField(_("agency confirmed"), default=True)
    number = models.PositiveSmallIntegerField(_("number within the run"))
    state = models.CharField(
        _("state"), max_length=10, choices=EnrolmentState.choices, default=EnrolmentState.CONFIRMED
    )
    confirmed_at = models.DateTimeField(_("confirmed at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    restored_at = models.DateTimeField(_("withdrawal taken back at"), null=True, blank=True)
    entry_reason = models.CharField(_("reason of the late entry"), max_length=200, blank=True)
    exit_reason = models.CharField(_("reason of the withdrawal"), max_length=200, blank=True)
    calendar_sequence = models.PositiveSmallIntegerField(_("version of the calendar entry"), default=0)
    timetable_version_sent = models.PositiveIntegerField(_("version of the timetable sent"), default=0)
    language = models.CharField(_("language of messages"), max_length=10, default="zh-hant")
    is_announcement_due = models.BooleanField(_("message still to be written"), default=False)
    enrolled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("enrolled by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person"],
                condition=models.Q(state__in=COUNTABLE_STATES),
                name="one_enrolment_per_person",
                violation_error_message=_("This person already has an enrolment in this run."),
            ),
            models.UniqueConstraint(
                fields=["run", "number"],
                name="enrolment_number_once",
                violation_error_message=_("This number is already taken in this run."),
            ),
            models.CheckConstraint(
                condition=models.Q(state=EnrolmentState.CONFIRMED, withdrawn_at__isnull=True)
                | models.Q(state__in=[EnrolmentState.WITHDRAWN, EnrolmentState.IN_ERROR], withdrawn_at__isnull=False),
                name="ended_has_a_date",
                violation_error_message=_("Only an enrolment that has ended has a day of withdrawal."),
            ),
        ]
        indexes = [models.Index(fields=["person", "state"], name="enrolment_of_person")]

    def __str__(self) -> str:
        return f"{self.run.code} #{self.number}"


class WaitingListEntry(models.Model):
    """A place in the queue for a run: first come, first promoted (`services.promote_waiting`)."""

    run = models.ForeignKey(CourseRun, verbose_name=_("course run"), on_delete=models.PROTECT, related_name="queue")
    person = models.ForeignKey(
        Person, verbose_name=_("trainee"), on_delete=models.PROTECT, related_name="waiting_entries"
    )
    state = models.CharField(_("state"), max_length=10, choices=WaitingState.choices, default=WaitingState.WAITING)
    queued_at = models.DateTimeField(_("in the queue since"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    timetable_version_sent = models.PositiveIntegerField(_("version of the timetable sent"), default=0)
    language = models.CharField(_("language of messages"), max_length=10, default="zh-hant")
    is_announcement_due = models.BooleanField(_("message still to be written"), default=False)
    queued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("queued by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("waiting-list entry")
        verbose_name_plural = _("waiting list")
        ordering = ["run", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person"],
                condition=models.Q(state=WaitingState.WAITING),
                name="one_active_waiting_entry",
                violation_error_message=_("This person already waits for this run."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run.code} {self.person_id}"
