"""What other records say of a certificate of the national authority, so that correcting it contradicts none of them.

The apps above know what rests on a certificate. They hand in a question when they start:

    claim(contradiction_of_certification)
"""

from __future__ import annotations

from collections.abc import Callable

from .models import QualificationRecord

Question = Callable[[QualificationRecord], str]
"""Returns in words what a record, as it would be saved, contradicts; "" where it contradicts nothing."""

_questions: list[Question] = []


def claim(question: Question) -> None:
    """Have `question` asked before a record is corrected."""
    _questions.append(question)


def contradictions_of(record: QualificationRecord) -> list[str]:
    """Return everything that `record`, as it would be saved, contradicts."""
    return [found for found in (question(record) for question in _questions) if found]
