"""What happens at the hotline, said after the commit."""

from django.dispatch import Signal

consultation_answered = Signal()
"""A case got its answer, or a new one. Arguments: `consultation`."""
