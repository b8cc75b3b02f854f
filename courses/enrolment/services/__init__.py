"""Every write to enrolments and queues, and the messages about them."""

from .agencies import settle_agencies
from .announcements import announce_enrolment, announce_entry, announce_run_change
from .seats import (
    change_seats,
    enrol_trainee,
    leave_waiting_list,
    mark_entered_in_error,
    promote_waiting,
    register_and_enrol,
    restore_enrolment,
    withdraw_enrolment,
)

__all__ = [
    "announce_enrolment",
    "announce_entry",
    "announce_run_change",
    "change_seats",
    "enrol_trainee",
    "leave_waiting_list",
    "mark_entered_in_error",
    "promote_waiting",
    "register_and_enrol",
    "restore_enrolment",
    "settle_agencies",
    "withdraw_enrolment",
]
