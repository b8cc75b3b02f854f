"""Certificates whose ground has fallen away: found, kept with a reason, or settled because it is back.

A certificate stands until it is revoked (行政程序法 §110 III), whatever is corrected in the records under it. So
nothing is taken back by itself: a doubt waits on the Desk until somebody revokes the certificate or keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from courses.enrolment.models import Enrolment

from ..enums import DoubtOutcome
from ..models import Certificate, Doubt
from ..selectors import PORTION, Ground, grounds_of


def examine_certificates(*, run_id: int | None = None, enrolment_ids: Sequence[int] = ()) -> list[Doubt]:
    """Look again at what the certificates of a run, or of some enrolments, rest on; return the doubts newly opened.

    A doubt whose ground is back is settled; one that stands, or was decided on as it is, stays. Doing it again
    changes nothing.
    """
    if run_id is not None:
        return _examine(Q(run=run_id))
    opened: list[Doubt] = []
    for start in range(0, len(enrolment_ids), PORTION):
        touched = Enrolment.objects.filter(
            pk__in=enrolment_ids[start : start + PORTION], run=OuterRef("run"), person=OuterRef("person")
        )
        opened += _examine(Exists(touched))
    return opened


def _examine(condition: Q | Exists) -> list[Doubt]:
    out = Certificate.objects.valid().ready().filter(condition)
    if not out.exists():
        return []
    opened = []
    with transaction.atomic():
        certificates = list(out.select_for_update(of=("self",)).defer("facts", "evidence").order_by("pk"))
        last: dict[int, Doubt] = {}
        for doubt in Doubt.objects.filter(certificate__in=out.order_by().values("pk")).order_by("pk"):
            last[doubt.certificate_id] = doubt
        for ground in grounds_of(certificates):
            opened += _note(ground, last.get(ground.certificate.pk))
    return opened


def _note(ground: Ground, doubt: Doubt | None) -> list[Doubt]:
    """Open, renew or close the doubt about one certificate; return it when it is new."""
    now_lost = ground.fingerprint
    is_open = doubt is not None and doubt.settled_at is None
    if doubt is not None and is_open and not now_lost:
        doubt.settled_at, doubt.outcome = timezone.now(), DoubtOutcome.RESTORED
        doubt.save(update_fields=["settled_at", "outcome"])
        audit("certificate.ground_restored", obj=ground.certificate)
    elif doubt is not None and is_open and doubt.ground != now_lost:
        doubt.ground = now_lost
        doubt.save(update_fields=["ground"])
    elif now_lost and not is_open and not _is_decided(doubt, now_lost):
        opened = Doubt.objects.create(certificate=ground.certificate, ground=now_lost)
        audit("certificate.ground_lost", obj=ground.certificate, steps=[step.key for step in ground.lost])
        return [opened]
    return []


def _is_decided(doubt: Doubt | None, lost: list[list[object]]) -> bool:
    """Whether the last doubt was decided in favour of the certificate, on the very same facts."""
    return doubt is not None and doubt.outcome == DoubtOutcome.KEPT and doubt.ground == lost


def keep_certificate(*, certificate: Certificate, reason: str, by: User) -> Doubt:
    """Keep a certificate although what it rests on is not met any more; the reason is kept and audited.

    It is not asked about again until the ground changes. Deciding the same again returns the decision.
    Raises DomainError `no_reason`, `revoked` or `no_doubt` (everything that it rests on is met).
    """
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Please state why the certificate is kept."), code="no_reason")
    with transaction.atomic():
        certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if certificate.is_revoked:
            raise DomainError(_("This certificate is revoked; it cannot be kept."), code="revoked")
        (ground,) = grounds_of([certificate])
        if not ground.lost:
            raise DomainError(_("Everything that this certificate rests on is met."), code="no_doubt")
        doubt = Doubt.objects.filter(certificate=certificate).order_by("pk").last()
        if doubt is not None and _is_decided(doubt, ground.fingerprint):
            return doubt
        if doubt is None or doubt.settled_at is not None:
            doubt = Doubt(certificate=certificate)
        doubt.ground, doubt.reason, doubt.outcome = ground.fingerprint, reason, DoubtOutcome.KEPT
        doubt.settled_at, doubt.settled_by = timezone.now(), by
        doubt.save()
        audit("certificate.kept", obj=certificate, by=by, reason=reason, steps=[step.key for step in ground.lost])
    return doubt
