"""What happened to enrolments, for the apps above and for this one's own receivers.

Sent by the services once the transaction is committed. Arguments are keys; a receiver fetches what it needs.
"""

from django.dispatch import Signal

enrolment_confirmed = Signal()
"""Somebody got a seat; arguments `enrolment_id`, `run_id`."""

enrolment_withdrawn = Signal()
"""Somebody gave up a seat; arguments `enrolment_id`, `run_id`."""

seat_freed = Signal()
"""A run may have a free seat while people wait; argument `run_id`."""

waiting_list_joined = Signal()
"""Somebody joined the queue; arguments `entry_id`, `run_id`."""

waiting_list_settled = Signal()
"""A place in the queue ended without a seat (left, passed over); arguments `entry_id`, `run_id`."""
