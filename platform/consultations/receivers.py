"""What the hotline does when something happens elsewhere."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from .models import Consultation
from .services.asking import mail_answer
from .services.suggesting import index_case
from .signals import consultation_answered


@receiver(consultation_answered)
def index_words(sender: Any, consultation: Consultation, **kwargs: Any) -> None:
    """An answered case is found by those who are asked the like; a new answer brings new words."""
    index_case(consultation=consultation)


@receiver(consultation_answered)
def tell_asker(sender: Any, consultation: Consultation, **kwargs: Any) -> None:
    """Who asked from an account gets the answer by mail, and a corrected one again."""
    mail_answer(consultation=consultation)
