"""What results tell whoever listens, after the change is committed."""

from django.dispatch import Signal

result_recorded = Signal()
"""Sent with `enrolment_ids`: whose results or national certificate are new or changed."""
