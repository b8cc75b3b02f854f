"""Answered cases like the one that somebody is just asking about.

Five queries, whatever is typed: how many cases know each word; how many cases there are; the best cases by the most
telling words; those cases; their published pages. The databases' own full-text ranking does not know how rare a word
is, so it is reckoned here over the rows that `services.suggesting` keeps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.db.models import Case, Count, F, FloatField, Sum, Value, When

from website.segmentation import query_words

from .models import Consultation, QuestionPage, QuestionTerm

LONGEST_TEXT = 4000
"""Characters that are looked at; what comes after them is left."""

MOST_WORDS = 250
"""Different words of the text, the first ones, whose frequency is asked for."""

TELLING_WORDS = 24
"""The rarest of them, by which cases are ranked: common words would cost most and say least."""

SAME_ANSWER = 0.8
"""Share of common words from which two answers are one: officers give the same answer many times a year."""

_CANDIDATES = 4  # for each place: some were reopened since they were indexed, some give an answer already shown


@dataclass(frozen=True)
class Suggestion:
    """An answered case with its score (only good for the order), and its published page where there is one."""

    consultation: Consultation
    score: float
    page: QuestionPage | None


def similar_cases(text: str, *, limit: int = 5, exclude: int | None = None) -> list[Suggestion]:
    """Return at most `limit` answered cases like `text`, the most similar first; `exclude` is a case's key.

    Of cases with the same answer the most similar one stands for all. An empty text, or one of punctuation alone,
    finds none. The cases come with subject, error pattern, agency and officer; only live pages are attached.
    """
    weights = _telling(text)
    if not weights or limit < 1:
        return []
    scores = _scores(weights, limit=limit * _CANDIDATES, exclude=exclude)
    cases = (
        Consultation.objects.answered()
        .select_related("subject", "error_pattern", "agency", "officer__person")
        .in_bulk(list(scores))
    )
    found = _different([pk for pk in scores if pk in cases], cases, limit)
    pages = {
        page.consultation_id: page
        for page in QuestionPage.objects.live().filter(consultation__in=found, alias_of=None).order_by("pk")
    }
    return [Suggestion(cases[pk], scores[pk], pages.get(pk)) for pk in found]


def _different(ranked: list[int], cases: dict[int, Consultation], limit: int) -> list[int]:
    """Return the first `limit` of `ranked` that each give another answer."""
    shown: dict[int, set[str]] = {}
    for pk in ranked:
        words = set(query_words(cases[pk].answer))
        if not any(len(words & others) >= SAME_ANSWER * len(words | others) for others in shown.values()):
            shown[pk] = words
        if len(shown) == limit:
            break
    return list(shown)


def _telling(text: str) -> dict[str, float]:
    """Return the rarest words of `text` that some case knows, each with its inverse document frequency."""
    words = list(dict.fromkeys(query_words(text[:LONGEST_TEXT])))[:MOST_WORDS]
    if not words:
        return {}
    known = QuestionTerm.objects.filter(term__in=words).order_by().values_list("term").annotate(cases=Count("pk"))
    frequencies = dict(known.values_list("term", "cases"))
    everybody = max([Consultation.objects.answered().count(), *frequencies.values()], default=0)
    rarest = sorted(frequencies, key=lambda word: (frequencies[word], word))[:TELLING_WORDS]
    return {word: math.log(1 + (everybody - frequencies[word] + 0.5) / (frequencies[word] + 0.5)) for word in rarest}


def _scores(weights: dict[str, float], *, limit: int, exclude: int | None) -> dict[int, float]:
    """Return the best cases with their scores, best first; of two alike the newer one."""
    rarity = Case(*[When(term=term, then=Value(weight)) for term, weight in weights.items()], output_field=FloatField())
    rows = QuestionTerm.objects.filter(term__in=weights)
    if exclude is not None:
        rows = rows.exclude(consultation=exclude)
    best = (
        rows.order_by()
        .values("consultation")
        .annotate(score=Sum(F("weight") * rarity))
        .order_by("-score", "-consultation")
    )
    return dict(best.values_list("consultation", "score")[:limit])
