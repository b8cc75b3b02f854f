"""The figures of failed tenders over 50,000 notices on PostgreSQL, against the bare SQL aggregate.

Makes a scratch database beside the one of TEST_POSTGRES_URL, lays cases with their notices, listings and diagnoses in
bulk, times the whole report and the bare aggregate in this process for each kind of row (best of fifteen, alternating),
prints the ratios and drops the database. The target is at most 2 for each. The bare aggregate is what a careful hand
would write for the same figures: one query for the rows, one for the median of all, which is not made of medians, with
the days that the cases reach over, and one for the cases of unknown agencies, which the report tells of.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from functools import partial
from typing import Any

from benchmarks.scratch import analyse, best_seconds, scratch_database

NOTICES = int(os.environ.get("BENCH_NOTICES", "50000"))
YEARS = 8
TARGET = 2.0
ROUNDS = 15

_WORKS = "c.kind = 'works' AND c.band IN ('publication', 'inspection', 'large')"
_TIMED = "c.awarded_on <= %(day)s AND c.has_first_notice AND c.awarded_on >= c.first_notice_on"
_MEDIAN = f"PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY c.awarded_on - c.first_notice_on) FILTER (WHERE {_TIMED})"
_MEASURES = f"""
       COUNT(*) AS cases,
       COUNT(*) FILTER (WHERE {_WORKS}) AS tenders,
       COUNT(*) FILTER (WHERE {_WORKS} AND l.listed_on <= %(day)s) AS listed,
       COUNT(*) FILTER (WHERE c.failures > 0) AS failed,
       COUNT(*) FILTER (WHERE c.failures = 1) AS failed_once,
       COUNT(*) FILTER (WHERE c.failures = 2) AS failed_twice,
       COUNT(*) FILTER (WHERE c.failures > 2) AS failed_more,
       COALESCE(SUM(c.failures), 0) AS failed_notices,
       COUNT(*) FILTER (WHERE c.awarded_on <= %(day)s) AS awarded,
       COUNT(*) FILTER (WHERE {_TIMED}) AS timed,
       COALESCE(SUM(c.awarded_on - c.first_notice_on) FILTER (WHERE {_TIMED}), 0) AS days,
       COUNT(*) FILTER (WHERE c.failures > 0 AND d.id IS NULL) AS undiagnosed,
       COUNT(*) FILTER (WHERE c.kind = 'works' AND c.band = '') AS amount_unknown,
       COUNT(*) FILTER (WHERE l.listed_on <= %(day)s AND NOT ({_WORKS})) AS listed_elsewhere,
       {_MEDIAN}
"""
_FROM = """
FROM casestudies_tendercase c
LEFT JOIN casestudies_listing l ON l.case_id = c.id
LEFT JOIN casestudies_diagnosis d ON d.case_id = c.id AND d.is_current
"""
_WHERE = "WHERE c.scope = 'city' AND c.first_notice_on <= %(day)s"
BARE_MEDIAN = f"SELECT {_MEDIAN}, MIN(c.first_notice_on), MAX(c.first_notice_on) FROM casestudies_tendercase c"
BARE_UNCLEAR = """
SELECT COUNT(*) FROM casestudies_tendercase c WHERE c.scope = 'unclear' AND c.first_notice_on <= %(day)s"""
_AGENCY = "LEFT JOIN accounts_agency a ON a.id = c.agency_id"
_CODE = "COALESCE(e.code, CASE WHEN c.failures > 0 THEN 'none' ELSE 'not_failed' END)"
_KEYS = {
    "pivot": ("a.kind, c.band", _AGENCY),
    "agency_kind": ("a.kind", _AGENCY),
    "band": ("c.band", ""),
    "failures": ("c.failures", ""),
    "kind": ("c.kind", ""),
    **{
        name: (_CODE, f"LEFT JOIN casestudies_taxonomyentry e ON e.id = d.{name}_id")
        for name in ("category", "stage", "pattern", "cause")
    },
    "year": ("EXTRACT(YEAR FROM c.first_notice_on)", ""),
    "month": ("EXTRACT(YEAR FROM c.first_notice_on), EXTRACT(MONTH FROM c.first_notice_on)", ""),
    "agency": ("c.agency_id, a.name", _AGENCY),
}
"""What each kind of row is grouped by, and the join that it takes."""


def main() -> None:
    """Make the database, lay the rows, time, print, drop."""
    with scratch_database("failed_tenders"):
        ratios = _measure()
    slow = {by: round(ratio, 2) for by, ratio in ratios.items() if ratio > TARGET}
    if slow:
        raise SystemExit(f"✗ The report takes more than {TARGET} times the bare SQL aggregate: {slow}.")


def _measure() -> dict[str, float]:
    """Return, for each kind of row, how many times the bare aggregate the whole report takes."""
    from django.db import connection
    from django.utils import timezone

    from casestudies.models import TenderCase, TenderNotice
    from reports.registry import get

    _lay()
    analyse()
    report = get("failed-tenders")
    assert report is not None
    day = timezone.localdate()

    def bare(by: str) -> list[tuple[Any, ...]]:
        (keys, join), places = _KEYS[by], "1, 2" if by in ("pivot", "month", "agency") else "1"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {keys}, {_MEASURES} {_FROM} {join} {_WHERE} GROUP BY {places} ORDER BY {places}",
                {"day": day},
            )
            rows = cursor.fetchall()
            cursor.execute(f"{BARE_MEDIAN} {_WHERE}", {"day": day})
            cursor.fetchall()
            cursor.execute(BARE_UNCLEAR, {"day": day})
            cursor.fetchall()
            return rows

    def whole(by: str) -> list[dict[str, Any]]:
        form = report.form({"by": by})
        assert form.is_valid(), form.errors
        return report.compute(form.cleaned_data).rows

    print(f"{TenderNotice.objects.count():,} notices of {TenderCase.objects.count():,} cases")
    ratios = {}
    for by in _KEYS:
        counted = ("cases", "tenders", "listed", "failed", "failed_notices", "awarded", "undiagnosed")
        places = (-15, -14, -13, -12, -8, -7, -4)
        same = sorted(tuple(row[key] for key in counted) for row in whole(by))
        if same != sorted(tuple(row[place] for place in places) for row in bare(by)):
            raise SystemExit(f"✗ The report and the bare SQL do not count the same by {by}.")
        best = best_seconds({"bare": partial(bare, by), "whole": partial(whole, by)}, rounds=ROUNDS)
        ratios[by] = best["whole"] / best["bare"]
        print(
            f"by {by}: {len(same)} rows, bare SQL aggregate {best['bare'] * 1000:.0f} ms, "
            f"report {best['whole'] * 1000:.0f} ms, ratio {ratios[by]:.2f} (target: at most {TARGET:.1f})"
        )
    return ratios


def _lay() -> None:
    """Lay cases with two notices each, their listings and diagnoses, over `YEARS` years; some are not the city's."""
    from accounts.enums import AgencyKind
    from accounts.models import Agency
    from casestudies.enums import AmountState, CaseScope, Dimension, Failure, NoticeKind
    from casestudies.models import (
        Diagnosis,
        Listing,
        ListingRule,
        TaxonomyEdition,
        TaxonomyEntry,
        TenderCase,
        TenderNotice,
    )
    from library.enums import Band, ProcurementKind
    from library.services.thresholds import ensure_thresholds

    ensure_thresholds()
    kinds, bands = AgencyKind.values, [*Band.values, ""]
    agencies = Agency.objects.bulk_create(Agency(name=f"bench {n}", kind=kinds[n % len(kinds)]) for n in range(540))
    first, number = date(2018, 1, 1), NOTICES // 2
    cases = []
    for n in range(number):
        band, failures = bands[n % 17 % 6], (0, 0, 0, 1, 1, 2, 3)[n % 7]
        begun = first + timedelta(days=n * 365 * YEARS // number)
        failed = begun + timedelta(days=14) if failures else None
        cases.append(
            TenderCase(
                scope=CaseScope.CITY if n % 25 else (CaseScope.UNCLEAR, CaseScope.REFERENCE)[n % 2],
                unit_id="3.87", number=f"b-{n}", agency_name="bench", title="bench",
                agency=agencies[n % 540] if n % 31 else None, kind=ProcurementKind.values[n % 5 % 3], band=band,
                first_notice_on=begun, has_first_notice=bool(n % 40), failures=failures, first_failed_on=failed,
                last_failed_on=failed, awarded_on=begun + timedelta(days=20 + n % 83) if n % 6 else None,
                budget=1_000_000 + n if band else None, award_amount=900_000 + n if n % 6 else None,
                amount_state=AmountState.KNOWN if band else AmountState.UNKNOWN,
            )
        )  # fmt: skip
    cases = TenderCase.objects.bulk_create(cases, batch_size=5000)
    TenderNotice.objects.bulk_create(
        (
            TenderNotice(
                case=case, key=f"{kind}", kind=kind, printed_type="bench", published_on=on or first, digest="-",
                failure=Failure.NO_TENDERS if kind == NoticeKind.FAILED else "",
            )
            for case in cases
            for kind, on in (
                (NoticeKind.TENDER, case.first_notice_on),
                (NoticeKind.FAILED, case.first_failed_on) if case.failures else (NoticeKind.AWARD, case.awarded_on),
            )
        ),
        batch_size=5000,
    )  # fmt: skip
    rule = ListingRule.objects.create(name="bench", failures=2, effective_from=first, source="bench")
    Listing.objects.bulk_create(
        (Listing(case=case, rule=rule, listed_on=case.last_failed_on or first) for case in cases if case.failures > 1),
        batch_size=5000,
    )
    edition = TaxonomyEdition.objects.create(name="bench", effective_from=first, source="bench")
    entries = {
        dimension: TaxonomyEntry.objects.bulk_create(
            TaxonomyEntry(edition=edition, dimension=dimension, code=f"{dimension[:2]}{n}", name=f"{n}", source="bench")
            for n in range(12)
        )
        for dimension in Dimension
    }
    Diagnosis.objects.bulk_create(
        (
            Diagnosis(
                case=case, edition=edition, category=entries[Dimension.CATEGORY][n % 12],
                stage=entries[Dimension.STAGE][n % 5], pattern=entries[Dimension.PATTERN][n % 7],
                cause=entries[Dimension.CAUSE][n % 11], explanation="bench", diagnosed_on=case.last_failed_on or first,
                is_current=is_current,
            )
            for n, case in enumerate(cases)
            if case.failures and n % 3
            for is_current in (False, True)
        ),
        batch_size=5000,
    )  # fmt: skip


if __name__ == "__main__":
    main()
