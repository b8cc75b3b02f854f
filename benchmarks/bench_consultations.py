"""The statistics over 100,000 cases on PostgreSQL, against the bare SQL aggregate.

Makes a scratch database beside the one of TEST_POSTGRES_URL, lays the rows in bulk, times the whole report and the bare
aggregate in this process by month, subject and article (best of seven, alternating), prints the ratios and drops the
database. The target is at most 2 for each.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.scratch import analyse, best_seconds, scratch_database

CASES = int(os.environ.get("BENCH_CASES", "100000"))
YEARS = 10
TARGET = 2.0
ROUNDS = 7

_MEASURES = """
       COUNT(*) AS cases,
       COUNT(*) FILTER (WHERE c.state = 'answered' AND c.answered_at < %(end)s) AS answered,
       COALESCE(SUM(c.minutes), 0) AS minutes,
       COUNT(c.minutes) AS timed,
       COUNT(*) FILTER (WHERE c.has_helped) AS helped,
       COUNT(*) FILTER (WHERE NOT c.has_helped) AS not_helped
"""
_WHERE = "WHERE c.state IN ('open', 'answered') AND c.asked_at < %(end)s"
# What a careful hand would write for each kind of row.
BARE_SQL = {
    "month": f"""
SELECT EXTRACT(YEAR FROM c.asked_at AT TIME ZONE 'Asia/Taipei'),
       EXTRACT(MONTH FROM c.asked_at AT TIME ZONE 'Asia/Taipei'), {_MEASURES}
FROM consultations_consultation c {_WHERE} GROUP BY 1, 2 ORDER BY 1, 2""",
    "subject": f"""
SELECT s.code, s.name, {_MEASURES}
FROM consultations_consultation c LEFT JOIN library_subject s ON s.id = c.subject_id
{_WHERE} GROUP BY 1, 2 ORDER BY 1""",
    "article": f"""
SELECT l.pcode, a.number, {_MEASURES}
FROM consultations_consultation c
LEFT JOIN consultations_consultation_articles ca ON ca.consultation_id = c.id
LEFT JOIN library_article a ON a.id = ca.article_id LEFT JOIN library_law l ON l.id = a.law_id
{_WHERE} GROUP BY 1, 2 ORDER BY 1, 2""",
}
# the rows by article overlap, so the totals that count a case once are a query of their own
BARE_TOTALS = f"SELECT {_MEASURES} FROM consultations_consultation c {_WHERE}"


def main() -> None:
    """Make the database, lay the rows, time, print, drop."""
    with scratch_database("consultations"):
        ratios = _measure()
    slow = {by: ratio for by, ratio in ratios.items() if ratio > TARGET}
    if slow:
        raise SystemExit(f"✗ The report takes more than {TARGET} times the bare SQL aggregate: {slow}.")


def _measure() -> dict[str, float]:
    """Return, for each kind of row, how many times the bare aggregate the whole report takes."""
    from django.db import connection
    from django.utils import timezone

    from consultations.statistics import first_moment
    from reports.registry import get

    _lay()
    analyse()
    report = get("consultations")
    assert report is not None
    as_of = timezone.localdate()
    end = first_moment(as_of + timedelta(days=1))

    def bare(by: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(BARE_SQL[by], {"end": end})
            rows = cursor.fetchall()
            if by == "article":
                cursor.execute(BARE_TOTALS, {"end": end})
                cursor.fetchall()
            return rows

    def whole(by: str) -> list[dict[str, Any]]:
        form = report.form({"by": by, "as_of": as_of.isoformat()})
        assert form.is_valid(), form.errors
        return report.compute(form.cleaned_data).rows

    print(f"{CASES:,} cases")
    ratios = {}
    for by in BARE_SQL:
        same = sorted(tuple(row[key] for key in ("cases", "answered", "minutes", "helped")) for row in whole(by))
        if same != sorted((row[2], row[3], row[4], row[6]) for row in bare(by)):
            raise SystemExit(f"✗ The report and the bare SQL do not count the same by {by}.")
        best = best_seconds({"bare": partial(bare, by), "whole": partial(whole, by)}, rounds=ROUNDS)
        ratios[by] = best["whole"] / best["bare"]
        print(
            f"by {by}: {len(same)} rows, bare SQL aggregate {best['bare'] * 1000:.0f} ms, "
            f"report {best['whole'] * 1000:.0f} ms, ratio {ratios[by]:.2f} (target: at most {TARGET:.1f})"
        )
    return ratios


def _lay() -> None:
    """Lay the cases with their subjects, agencies, patterns and articles."""
    from accounts.enums import AgencyKind
    from accounts.models import Agency
    from consultations.enums import Channel, ConsultationState
    from consultations.models import Consultation
    from consultations.services.patterns import ensure_error_patterns
    from library.models import Article, Law, Subject

    patterns = ensure_error_patterns()
    subjects = list(Subject.objects.all())
    law = Law.objects.create(pcode="BENCH", name="bench")
    articles = Article.objects.bulk_create(Article(law=law, number=str(n), order=n) for n in range(1, 115))
    kinds = AgencyKind.values
    agencies = Agency.objects.bulk_create(Agency(name=f"bench {n}", kind=kinds[n % len(kinds)]) for n in range(540))
    first = datetime(2015, 1, 1, 9, tzinfo=ZoneInfo("Asia/Taipei"))
    step = timedelta(days=365 * YEARS) / CASES
    cases = Consultation.objects.bulk_create(
        (
            Consultation(
                number=f"b-{n}",
                state=ConsultationState.ANSWERED if n % 40 else ConsultationState.OPEN,
                channel=Channel.values[n % 7 % len(Channel.values)],
                asked_at=first + step * n,
                answered_at=first + step * n + timedelta(minutes=8) if n % 40 else None,
                question="bench",
                answer="bench" if n % 40 else "",
                minutes=n % 23 or None,
                subject=subjects[n % 15] if n % 15 < 14 else None,
                error_pattern=patterns[n % len(patterns)] if n % 3 else None,
                agency=agencies[n % 540] if n % 11 else None,
                has_helped=None if n % 5 else bool(n % 4),
            )
            for n in range(CASES)
        ),
        batch_size=5000,
    )
    cites = Consultation.articles.through
    cites.objects.bulk_create(
        (
            cites(consultation_id=case.pk, article_id=articles[(n * k) % len(articles)].pk)
            for n, case in enumerate(cases, 1)
            for k in range(1, 1 + n % 3)
            if k == 1 or (n * k) % len(articles) != n % len(articles)
        ),
        batch_size=5000,
    )


if __name__ == "__main__":
    main()
