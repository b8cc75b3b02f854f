"""Every write to enrolments and queues, and the messages about them."""

from .announcements import announce_enrolment, announce_entry, announce_run_change
from .seats import change_seats, enrol_trainee, leave_waiting_list, promote_waiting, withdraw_enrolment

__all__ = [
    "announce_enrolment",
    "announce_entry",
    "announce_run_change",
    "change_seats",
    "enrol_trainee",
    "leave_waiting_list",
    "promote_waiting",
    "withdraw_enrolment",
]
