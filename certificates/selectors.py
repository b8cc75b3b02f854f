"""Reads of certificates: what a run may still issue, what a person holds, what the public may check."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.learning.completion import CompletionVerdict, Step
from courses.learning.selectors import completion_of_enrolments
from notifications.enums import MessageState
from notifications.models import Message

from .enums import DoubtOutcome
from .messages import MessageKind
from .models import PUBLIC_ID_ALPHABET, PUBLIC_ID_LENGTH, Certificate, Doubt, IssueBatch
from .waiting_names import enrolments_whose_name_waits

DESK_LOOKS_BACK = datetime.timedelta(days=365)
"""Runs that ended longer ago no longer ask for certificates on the desk."""


PORTION = 500
"""Keys named in one query (SQLite bounds its parameters)."""


@dataclass(frozen=True)
class Ground:
    """What a certificate rests on today: the enrolment of its person in its run, and the verdict on it."""

    certificate: Certificate
    verdict: CompletionVerdict

    @property
    def not_enrolled(self) -> list[Step]:
        """What is missing before the rule of completion even applies: a class that was held, a place in it."""
        enrolment, missing = self.verdict.enrolment, []
        if enrolment.run.cancelled_at:
            missing.append(_not_met("held", _("Class held"), _("The class was cancelled."), cancelled=True))
        if enrolment.state != EnrolmentState.CONFIRMED:
            state = str(enrolment.get_state_display())
            missing.append(_not_met("enrolled", _("Place in the class"), state, state=enrolment.state))
        return missing

    @property
    def lost(self) -> list[Step]:
        """The conditions that are not met (any more), with what is the case instead."""
        return [*self.not_enrolled, *self.verdict.open_steps]

    @property
    def fingerprint(self) -> list[list[Any]]:
        """What is not met, as JSON to compare with: the same as long as nothing about it changes."""
        return [[step.key, step.ok, step.facts] for step in self.lost]


def _not_met(key: str, label: str, detail: str, **facts: Any) -> Step:
    return Step(key=key, ok=False, label=label, detail=detail, facts=facts)


@dataclass(frozen=True)
class Candidate:
    """One enrolment of a run, and its person's certificate: a valid one, or the last that was revoked."""

    verdict: CompletionVerdict
    certificate: Certificate | None
    doubt: Doubt | None = None
    name_waits: bool = False

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
        return self.verdict.is_complete and not self.has_valid and not self.is_refused and not self.name_waits

    @property
    def ground(self) -> Ground | None:
        """What a valid certificate rests on today."""
        return Ground(self.certificate, self.verdict) if self.certificate and self.has_valid else None

    @property
    def not_enrolled(self) -> list[Step]:
        """Why a certificate that is out belongs to nobody enrolled here (any more)."""
        return self.ground.not_enrolled if self.ground else []

    @property
    def kept(self) -> Doubt | None:
        """The decision to keep a valid certificate in spite of exactly what is not met now."""
        if self.ground is None or self.doubt is None or self.doubt.outcome != DoubtOutcome.KEPT:
            return None
        return self.doubt if self.doubt.ground == self.ground.fingerprint else None

    @property
    def is_doubtful(self) -> bool:
        """Whether a certificate is out whose ground has fallen away, and nobody has decided on that."""
        return self.ground is not None and bool(self.ground.lost) and self.kept is None


@dataclass(frozen=True)
class IssuingOverview:
    """Everybody of a run, sorted by what is to be done about their certificate.

    Those who hold one though they are no longer enrolled are among them.
    """

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
    def doubtful(self) -> list[Candidate]:
        """Those whose certificate is out and no longer rests on what it says."""
        return [row for row in self.candidates if row.is_doubtful]

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
    def waiting_for_name(self) -> list[Candidate]:
        """Complete, but under a name of their own giving that nobody has confirmed."""
        return [row for row in self.candidates if row.name_waits and row.verdict.is_complete and not row.has_valid]

    @property
    def refused(self) -> list[Candidate]:
        """Those whose certificate was revoked for good."""
        return [row for row in self.candidates if row.is_refused]

    @property
    def without_address(self) -> list[Person]:
        """Those to get a certificate of whom no e-mail address is known, so that no message reaches them."""
        return [row.verdict.enrolment.person for row in self.to_issue if not row.verdict.enrolment.person.email]


def issuing_of_run(run: CourseRun) -> IssuingOverview:
    """Return who of `run` gets a certificate, who has one, and who gets none and why. Constant queries."""
    active = _active(Q(run=run))
    left = _without_seat(Certificate.objects.valid().ready().filter(run=run))
    return IssuingOverview(run, _candidates([*active, *left]))


def _active(condition: Q) -> QuerySet[Enrolment]:
    return _with_run(Enrolment.objects.filter(condition, state=EnrolmentState.CONFIRMED))


def _without_seat(certificates: QuerySet[Certificate]) -> QuerySet[Enrolment]:
    """Return the enrolments of `certificates` whose person is not enrolled in the run any more."""
    active = Enrolment.objects.filter(run=OuterRef("run"), person=OuterRef("person"), state=EnrolmentState.CONFIRMED)
    left = certificates.filter(~Exists(active))
    return _with_run(Enrolment.objects.filter(pk__in=left.order_by().values("enrolment")))


def _with_run(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    return enrolments.select_related("person", "agency", "run__course", "run__curriculum").order_by("run", "number")


def _candidates(enrolments: Iterable[Enrolment]) -> list[Candidate]:
    verdicts = completion_of_enrolments(enrolments)
    runs = {verdict.enrolment.run_id for verdict in verdicts}
    # revoked ones first, so that a valid one takes their place
    found: dict[tuple[int, int], Certificate] = {}
    certificates = Certificate.objects.filter(run__in=runs).defer("facts", "evidence")
    for certificate in certificates.order_by(F("revoked_at").asc(nulls_last=True), "pk"):
        found[certificate.run_id, certificate.person_id] = certificate
    waiting = enrolments_whose_name_waits(verdict.enrolment for verdict in verdicts)
    doubts = {doubt.certificate_id: doubt for doubt in Doubt.objects.filter(certificate__run__in=runs).order_by("pk")}
    candidates = []
    for verdict in verdicts:
        own = found.get((verdict.enrolment.run_id, verdict.enrolment.person_id))
        doubt = doubts.get(own.pk) if own else None
        candidates.append(Candidate(verdict, own, doubt, name_waits=verdict.enrolment.pk in waiting))
    return candidates


def grounds_of(certificates: Sequence[Certificate]) -> list[Ground]:
    """Return what each of `certificates` rests on today, in their order. Constant queries.

    That is the active enrolment of its person in its run; where there is none, the one it was issued for.
    """
    runs = {certificate.run_id for certificate in certificates}
    people = {certificate.person_id for certificate in certificates}
    active = {(row.run_id, row.person_id): row for row in _active(Q(run__in=runs)) if row.person_id in people}
    missing = [
        certificate.enrolment_id
        for certificate in certificates
        if (certificate.run_id, certificate.person_id) not in active
    ]
    left = {row.pk: row for row in _with_run(Enrolment.objects.filter(pk__in=missing))} if missing else {}
    rests_on = [
        active.get((certificate.run_id, certificate.person_id)) or left[certificate.enrolment_id]
        for certificate in certificates
    ]
    verdicts = completion_of_enrolments(rests_on)
    return [Ground(*pair) for pair in zip(certificates, verdicts, strict=True)]


def doubts_waiting() -> list[Ground]:
    """Return the certificates whose ground has fallen away and on which nobody has decided, the oldest doubt first."""
    open_doubts = Doubt.objects.filter(settled_at__isnull=True).select_related(
        "certificate__person", "certificate__run__course"
    )
    certificates = [doubt.certificate for doubt in open_doubts.order_by("found_at", "pk")]
    return [ground for ground in grounds_of(certificates) if ground.lost]


def runs_to_issue(*, day: datetime.date | None = None) -> list[IssuingOverview]:
    """Return the overviews of recently finished runs that have certificates to issue, the oldest first.

    Constant queries: whoever already has a certificate is left out before completion is judged.
    """
    today = day or timezone.localdate()
    recent = Q(run__ends_on__lt=today, run__ends_on__gte=today - DESK_LOOKS_BACK, run__cancelled_at__isnull=True)
    certified = Certificate.objects.valid().ready().filter(run=OuterRef("run"), person=OuterRef("person"))
    without = _active(recent).exclude(Exists(certified))
    by_run: dict[int, IssuingOverview] = {}
    for candidate in _candidates(without):
        run = candidate.verdict.enrolment.run
        by_run.setdefault(run.pk, IssuingOverview(run, [])).candidates.append(candidate)
    waiting = [overview for overview in by_run.values() if overview.to_issue]
    return sorted(waiting, key=lambda overview: (overview.run.ends_on, overview.run.code))


def runs_with_counts() -> QuerySet[CourseRun]:
    """Return the runs annotated with `enrolled_count` and `certificate_count` (valid ones), the latest first."""
    enrolled = _count(Enrolment.objects.filter(run=OuterRef("pk"), state=EnrolmentState.CONFIRMED))
    issued = _count(Certificate.objects.valid().ready().filter(run=OuterRef("pk")))
    return CourseRun.objects.select_related("course").annotate(enrolled_count=enrolled, certificate_count=issued)


def _count(rows: QuerySet[Enrolment] | QuerySet[Certificate]) -> Coalesce:
    counted = rows.order_by().values("run").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def runs_with_certificates() -> list[int]:
    """Return the keys of the runs of which valid certificates are out."""
    out = Certificate.objects.valid().ready().order_by("run")
    return list(out.values_list("run", flat=True).distinct())


def people_not_told(batch: IssueBatch) -> list[Person]:
    """Return whose certificate of `batch` is out without a message: they had no e-mail address, or it failed."""
    told = Message.objects.filter(
        person=OuterRef("person"), kind=MessageKind.ISSUED, created_at__gte=OuterRef("issued_at")
    ).exclude(state=MessageState.FAILED)
    issued = Certificate.objects.ready().filter(~Exists(told), batch=batch).select_related("person")
    return [certificate.person for certificate in issued.order_by("enrolment__number").defer("facts", "evidence")]


def certificates_of_person(person_id: int) -> dict[int, Certificate]:
    """Return the certificates that are out for a person, by run: the valid one, or the last revoked."""
    found: dict[int, Certificate] = {}
    own = Certificate.objects.ready().filter(person=person_id).select_related("run__course")
    for certificate in own.order_by(F("revoked_at").asc(nulls_last=True), "pk"):
        found[certificate.run_id] = certificate
    return found


def serials_of_enrolments(enrolment_ids: Collection[int]) -> dict[int, str]:
    """Return the serial numbers of the valid certificates that rest on these enrolments."""
    ids = sorted(enrolment_ids)
    found: dict[int, str] = {}
    for start in range(0, len(ids), PORTION):
        portion = Enrolment.objects.filter(pk__in=ids[start : start + PORTION])
        valid = Certificate.objects.valid().ready().filter(run=OuterRef("run"), person=OuterRef("person"))
        rows = portion.annotate(serial=Subquery(valid.values("serial")[:1])).filter(serial__isnull=False)
        found |= dict(rows.values_list("pk", "serial"))
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


def is_in_doubt(certificate: Certificate) -> bool:
    """Whether a decision on this valid certificate is awaited, since its ground has fallen away."""
    return not certificate.is_revoked and certificate.doubts.filter(settled_at__isnull=True).exists()
