"""What attendance tells whoever listens, after the change is committed."""

from django.dispatch import Signal

attendance_recorded = Signal()
"""Sent with `session_id` and `enrolment_ids` (those whose record is new or changed)."""
