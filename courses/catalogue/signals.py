"""What happened to runs, for the apps above. Sent by the services once the transaction is committed.

`run_id` is the run's key; a receiver fetches what it needs.
"""

from django.dispatch import Signal

run_cancelled = Signal()
"""A run will not take place; argument `run_id`."""

timetable_changed = Signal()
"""What people are told of a run changed (`timetables.Timetable`); argument `run_id`."""
