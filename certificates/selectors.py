"""Reads of certificates: what a run may still issue, what a person holds, what the public may check."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.learning.completion import CompletionVerdict
from courses.learning.selectors import completion_of_enrolments

from .models import PUBLIC_ID_ALPHABET, PUBLIC_ID_LENGTH, Certificate

DESK_LOOKS_BACK = datetime.timedelta(days=365)
"""Runs that ended longer ago no longer ask for certificates on the desk."""


@dataclass(frozen=True)
class Candidate:
    """One active enrolment of a run, and its certificate: a valid one, or the last that was revoked."""

    verdict: CompletionVerdict
    certificate: Certificate | None

    @property
    def has_valid(self) -> bool:
        """Whether a valid certificate is out."""
        return self.certificate is not None and not self.certificate.is_revoked and bool(self.certificate.file)

    @property
    def is_refused(self) -> bool:
        """Whether one was revoked for good, so that none is issued again."""
        found = self.certificate
        return found is not None and found.is_revoked and not found.may_be_replaced

    @property
    def is_to_issue(self) -> bool:
        """Whether a certificate is due."""
        return self.verdict.is_complete and not self.has_valid and not self.is_refused


@dataclass(frozen=True)
class IssuingOverview:
    """Everybody of a run, sorted by what is to be done about their certificate."""

    run: CourseRun
    candidates: list[Candidate]

    @property
    def to_issue(self) -> list[Candidate]:
        """Complete, and without a certificate."""
        return [row for row in self.candidates if row.is_to_issue]

    @property
    def issued(self) -> list[Candidate]:
        """Those with a valid certificate."""
        return [row for row in self.candidates if row.has_valid]

    @property
    def blocked(self) -> list[Candidate]:
        """Those of whom a session that was held has no record."""
        return [row for row in self.candidates if row.verdict.is_blocked and not row.has_valid]

    @property
    def incomplete(self) -> list[Candidate]:
        """Those who have not reached it, for other reasons than a missing record."""
        return [
            row
            for row in self.candidates
            if not row.verdict.is_complete and not row.verdict.is_blocked and not row.has_valid
        ]

    @property
    def refused(self) -> list[Candidate]:
        """Those whose certificate was revoked for good."""
        return [row for row in self.candidates if row.is_refused]


def issuing_of_run(run: CourseRun) -> IssuingOverview:
    """Return who of `run` gets a certificate, who has one, and who gets none and why. Constant queries."""
    return IssuingOverview(run, _candidates(_active(Q(run=run))))


def _active(condition: Q) -> QuerySet[Enrolment]:
    return (
        Enrolment.objects.filter(condition, state=EnrolmentState.CONFIRMED)
        .select_related("person", "agency", "run__course", "run__curriculum")
        .order_by("run", "number")
    )


def _candidates(enrolments: Iterable[Enrolment]) -> list[Candidate]:
    verdicts = completion_of_enrolments(enrolments)
    runs = {verdict.enrolment.run_id for verdict in verdicts}
    # revoked ones first, so that a valid one takes their place
    found: dict[int, Certificate] = {}
    certificates = Certificate.objects.filter(enrolment__run__in=runs).defer("facts", "evidence")
    for certificate in certificates.order_by(F("revoked_at").asc(nulls_last=True), "pk"):
        found[certificate.enrolment_id] = certificate
    return [Candidate(verdict, found.get(verdict.enrolment.pk)) for verdict in verdicts]


def runs_to_issue(*, day: datetime.date | None = None) -> list[IssuingOverview]:
    """Return the overviews of recently finished runs that have certificates to issue, the oldest first.

    Constant queries: whoever already has a certificate is left out before completion is judged.
    """
    today = day or timezone.localdate()
    recent = Q(run__ends_on__lt=today, run__ends_on__gte=today - DESK_LOOKS_BACK, run__cancelled_at__isnull=True)
    certified = Certificate.objects.valid().ready().filter(enrolment=OuterRef("pk"))
    without = _active(recent).exclude(Exists(certified))
    by_run: dict[int, IssuingOverview] = {}
    for candidate in _candidates(without):
        run = candidate.verdict.enrolment.run
        by_run.setdefault(run.pk, IssuingOverview(run, [])).candidates.append(candidate)
    waiting = [overview for overview in by_run.values() if overview.to_issue]
    return sorted(waiting, key=lambda overview: (overview.run.ends_on, overview.run.code))


def runs_with_counts() -> QuerySet[CourseRun]:
    """Return the runs annotated with `enrolled_count` and `certificate_count` (valid ones), the latest first."""
    enrolled = _count(Enrolment.objects.filter(run=OuterRef("pk"), state=EnrolmentState.CONFIRMED), "run")
    issued = _count(Certificate.objects.valid().ready().filter(enrolment__run=OuterRef("pk")), "enrolment__run")
    return CourseRun.objects.select_related("course").annotate(enrolled_count=enrolled, certificate_count=issued)


def _count(rows: QuerySet[Enrolment] | QuerySet[Certificate], key: str) -> Coalesce:
    counted = rows.order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def certificates_of_person(person_id: int) -> dict[int, Certificate]:
    """Return the certificates that are out for a person, by enrolment: the valid one, or the last revoked."""
    found: dict[int, Certificate] = {}
    own = Certificate.objects.ready().filter(enrolment__person=person_id)
    for certificate in own.order_by(F("revoked_at").asc(nulls_last=True), "pk"):
        found[certificate.enrolment_id] = certificate
    return found


def normalise_public_id(text: str) -> str:
    """Return what somebody typed as a public number is written: no spaces, dashes or full-width forms."""
    return re.sub(r"[\s\-–—‐_.]+", "", unicodedata.normalize("NFKC", text)).upper()


def looks_like_public_id(text: str) -> bool:
    """Whether `text`, normalised, could be a public number at all."""
    return len(text) == PUBLIC_ID_LENGTH and set(text) <= set(PUBLIC_ID_ALPHABET)


def find_public(public_id: str) -> Certificate | None:
    """Return the certificate of this public number, valid or revoked, or None."""
    return Certificate.objects.ready().filter(public_id=public_id).first()
