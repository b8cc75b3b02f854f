"""Similar cases among 10,000 on PostgreSQL, against a bare full-text query for the same words.

Makes a scratch database beside the one of TEST_POSTGRES_URL, lays the cases in bulk, times `similar_cases` and the bare
query in this process (median over thirty texts, alternating), prints the ratio and drops the database. The target is at
most 3. The bare query ranks `to_tsvector('simple', …)` of the same segmented texts, with a GIN index, by `ts_rank`.
"""

from __future__ import annotations

import os
import random
import statistics
from functools import partial
from typing import Any

from benchmarks.scratch import analyse, scratch_database, seconds

CASES = int(os.environ.get("BENCH_CASES", "10000"))
TARGET = 3.0
ROUNDS = 3

BARE_SQL = """
SELECT consultation_id FROM bench_text
WHERE words @@ to_tsquery('simple', %s)
ORDER BY ts_rank(words, to_tsquery('simple', %s)) DESC
LIMIT 5
"""


def main() -> None:
    """Make the database, lay the cases, time, print, drop."""
    with scratch_database("suggestions"):
        ratio = _measure()
    if ratio > TARGET:
        raise SystemExit(f"✗ Suggestions take {ratio:.2f} times the bare full-text query; the target is {TARGET}.")


def _measure() -> float:
    """Return how many times the bare query the suggestions take."""
    from django.db import connection

    from consultations.suggestions import similar_cases
    from website.segmentation import query_words

    texts = _lay()
    analyse()

    def bare(text: str) -> list[Any]:
        words = " | ".join(dict.fromkeys(query_words(text)))
        with connection.cursor() as cursor:
            cursor.execute(BARE_SQL, [words, words])
            return cursor.fetchall()

    timings: dict[str, list[float]] = {"bare": [], "similar": []}
    for text in texts:
        if not (bare(text) and similar_cases(text)):
            raise SystemExit(f"✗ Nothing was found for {text!r}.")
    for _ in range(ROUNDS):
        for text in texts:
            timings["bare"].append(seconds(partial(bare, text)))
            timings["similar"].append(seconds(partial(similar_cases, text)))
    median = {name: statistics.median(values) for name, values in timings.items()}
    ratio = median["similar"] / median["bare"]
    print(
        f"{CASES:,} answered cases, {len(texts)} texts of {min(map(len, texts))} to {max(map(len, texts))} characters"
    )
    print(f"bare full-text query {median['bare'] * 1000:.1f} ms, suggestions {median['similar'] * 1000:.1f} ms")
    print(f"ratio {ratio:.2f} (target: at most {TARGET:.1f})")
    return ratio


def _lay() -> list[str]:
    """Lay the cases with their words and the table of the bare query; return the thirty texts to ask for."""
    from django.db import connection
    from django.utils import timezone

    from consultations.enums import ConsultationState
    from consultations.models import Consultation
    from consultations.services.suggesting import reindex_cases
    from demo.pages import read
    from website.segmentation import segment

    content, chance = read("consultations"), random.Random(3)

    def filled(text: str) -> str:
        return text.format(**{key: chance.choice(choices) for key, choices in content["words"].items()})

    def sentences(key: str) -> str:
        """Return a text of two pairs, so that the cases are not copies of some hundred."""
        first, second = chance.sample(content["pairs"], 2)
        return filled(first[key]) + filled(second[key])[: chance.randint(20, 80)]

    Consultation.objects.bulk_create(
        (
            Consultation(
                number=f"115-{number:05}", state=ConsultationState.ANSWERED, answered_at=timezone.now(),
                question=chance.choice(content["openings"][""]) + sentences("question"), answer=sentences("answer"),
            )
            for number in range(1, CASES + 1)
        ),
        batch_size=1000,
    )  # fmt: skip
    reindex_cases()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_text (consultation_id bigint PRIMARY KEY, words tsvector)")
        cursor.executemany(
            "INSERT INTO bench_text VALUES (%s, to_tsvector('simple', %s))",
            [
                (pk, segment(f"{question} {answer}"))
                for pk, question, answer in Consultation.objects.values_list("pk", "question", "answer")
            ],
        )
        cursor.execute("CREATE INDEX ON bench_text USING gin (words)")
    return [filled(pair["question"]) for pair in chance.sample(content["pairs"], 30)]


if __name__ == "__main__":
    main()
