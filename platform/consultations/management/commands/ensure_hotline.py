"""`manage.py ensure_hotline`: lay what the hotline begins with: error patterns, and the list of published questions."""

from typing import Any

from django.core.management.base import BaseCommand

from consultations.services.patterns import ensure_error_patterns
from consultations.services.places import ensure_question_list


class Command(BaseCommand):
    """Lay what is missing. Running it again changes nothing, and what was edited stays."""

    help = "Lay the error patterns (錯誤態樣) and the list of published questions where they are missing (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Lay them, and say what is there."""
        patterns, questions = ensure_error_patterns(), ensure_question_list()
        self.stdout.write(f"{len(patterns)} error patterns, {questions.url or questions.slug}")
