"""The words of answered cases, by which `consultations.suggestions` finds similar ones.

A word is what the search index knows as one: a pair of Han characters, a Latin word, a number. What a word weighs in
a case is reckoned once, here (BM25 over two fields): the first mention counts most, words of the question count more
than words of the answer, and words of long texts less than those of short ones. How rare a word is, and so how
telling, is not stored: it changes with every case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from website.segmentation import query_words

from ..models import Consultation, QuestionTerm
from ..models.log import ConsultationQuerySet

QUESTION_COUNTS = 2.0
"""How many mentions in the answer one mention in the question is worth."""

SCALE = 1000
"""Weights are whole numbers below this one."""

_SATURATION = 2.0
_LENGTH_MATTERS = 0.5
_USUAL_QUESTION = 70
_USUAL_ANSWER = 170
_BATCH = 5000
_CASES_AT_ONCE = 200
_LOOK_BACK = timedelta(days=2)


def index_case(*, consultation: Consultation) -> int:
    """Let the words of `consultation` be those of its question and answer; return how many there are.

    A case that is not answered has none. Idempotent; replaces what was there.
    """
    return index_cases([consultation])


@transaction.atomic
def index_cases(consultations: Iterable[Consultation]) -> int:
    """Do as `index_case` for many cases at once; return how many words were written."""
    cases = {case.pk: case for case in consultations}
    # locked, so that two who index the same case at once do not meet in its words
    kept = set(Consultation.objects.answered().filter(pk__in=cases).select_for_update().values_list("pk", flat=True))
    QuestionTerm.objects.filter(consultation__in=cases).delete()
    rows = [
        QuestionTerm(consultation_id=pk, term=term, weight=weight)
        for pk, case in cases.items()
        if pk in kept
        for term, weight in weigh(case.question, case.answer).items()
    ]
    QuestionTerm.objects.bulk_create(rows, batch_size=_BATCH)
    return len(rows)


def drop_case(*, consultation: Consultation) -> None:
    """Forget the words of `consultation`: it is suggested to nobody until it is indexed again."""
    QuestionTerm.objects.filter(consultation=consultation).delete()


def reindex_cases() -> int:
    """Write the words of every answered case anew, a few hundred cases at a time; return how many cases."""
    QuestionTerm.objects.exclude(consultation__in=Consultation.objects.answered()).delete()
    return _index_all(Consultation.objects.answered())


def sweep_terms() -> int:
    """Index what a lost signal left out: answered cases without words, and those changed lately; return how many.

    Idempotent; meant for the night.
    """
    known = QuestionTerm.objects.filter(consultation=OuterRef("pk"))
    lately = timezone.now() - _LOOK_BACK
    return _index_all(Consultation.objects.answered().filter(~Exists(known) | Q(changed_at__gte=lately)))


def _index_all(cases: ConsultationQuerySet) -> int:
    keys = list(cases.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), _CASES_AT_ONCE):
        index_cases(Consultation.objects.filter(pk__in=keys[start : start + _CASES_AT_ONCE]))
    return len(keys)


def weigh(question: str, answer: str) -> dict[str, int]:
    """Return each word of a case with its weight, 1 to `SCALE`."""
    asked, said = _words(question), _words(answer)
    norms = _norm(sum(asked.values()), _USUAL_QUESTION), _norm(sum(said.values()), _USUAL_ANSWER)
    weights = {}
    for word in asked | said:
        mentions = QUESTION_COUNTS * asked[word] / norms[0] + said[word] / norms[1]
        weights[word] = max(1, round(SCALE * mentions / (mentions + _SATURATION)))
    return weights


def _words(text: str) -> Counter[str]:
    longest = QuestionTerm._meta.get_field("term").max_length
    return Counter(word[:longest] for word in query_words(text))


def _norm(length: int, usual: int) -> float:
    return 1 - _LENGTH_MATTERS + _LENGTH_MATTERS * length / usual
