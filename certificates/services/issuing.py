"""One certificate: issuing, printing, revoking.

It comes out in two short steps, so that no lock is held while a page is drawn: the row with its serial number
and frozen facts first (`issue_certificate`), then the PDF (`print_certificate`). The constraint of one valid
certificate per person and run, and the lock on their enrolments, see to it that nobody ever gets two.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from common.fonts import FontSet
from common.rocdates import roc_year
from courses.catalogue.enums import CourseKind
from courses.catalogue.models import Course
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.learning.completion import CompletionVerdict
from courses.learning.selectors import completion_of
from notifications.services import queue_message

from ..enums import DoubtOutcome
from ..messages import MessageKind
from ..models import Certificate, Doubt, IssueBatch, SerialCounter, SerialSeries, new_public_id
from ..printing import print_facts
from ..waiting_names import REASON, enrolments_whose_name_waits
from ..wording import DEFAULT_WORDS, compose_facts

LANGUAGE = "zh-hant"
"""The language of evidence and of the messages: nobody is at the screen while a batch runs."""


def issue_certificate(
    *,
    enrolment: Enrolment,
    batch: IssueBatch | None = None,
    verdict: CompletionVerdict | None = None,
    issued_at: datetime | None = None,
    by: User | None = None,
) -> Certificate:
    """Give `enrolment` its certificate: serial number, public number, frozen facts and evidence; no PDF yet.

    The same call again returns the same certificate, also for another enrolment of the same person in this run.
    Raises DomainError when the enrolment was withdrawn or is not complete (`incomplete`), when its
    person's new name waits for a word (`name_waits`), or when an earlier certificate was revoked for good
    (`revoked_for_good`).
    """
    moment = issued_at or timezone.now()
    verdict = verdict or completion_of(enrolment)
    with transaction.atomic():
        # all that this person has in this run, so that two enrolments cannot be certified at once
        own = Enrolment.objects.select_for_update().filter(run=enrolment.run_id, person=enrolment.person_id)
        states = dict(own.order_by("pk").values_list("pk", "state"))
        earlier = Certificate.objects.filter(run=enrolment.run_id, person=enrolment.person_id)
        last = earlier.order_by(F("revoked_at").asc(nulls_last=True), "pk").last()
        if last is not None and not last.is_revoked:
            return _adopted(last, batch)
        if states.get(enrolment.pk) != EnrolmentState.CONFIRMED or not verdict.is_complete:
            raise DomainError(
                _("%(name)s has not completed this run.") % {"name": enrolment.person.name}, code="incomplete"
            )
        if enrolments_whose_name_waits([verdict.enrolment]):
            raise DomainError(REASON, code="name_waits")
        if last is not None and not last.may_be_replaced:
            raise DomainError(
                _("The certificate %(serial)s was revoked for good; none is issued again.") % {"serial": last.serial},
                code="revoked_for_good",
            )
        serial = _next_serial(stem_of(verdict.enrolment.run.course, moment))
        public_id = new_public_id()
        certificate = Certificate.objects.create(
            public_id=public_id,
            serial=serial,
            enrolment=enrolment,
            person_id=enrolment.person_id,
            run_id=enrolment.run_id,
            batch=batch,
            facts=compose_facts(verdict, serial=serial, public_id=public_id, issued_at=moment),
            evidence=[step.as_evidence() for step in verdict.steps],
            issued_at=moment,
        )
        audit(
            "certificate.issued",
            obj=certificate,
            by=by or (batch.requested_by if batch else None),
            enrolment=str(enrolment),
        )
    return certificate


def _adopted(certificate: Certificate, batch: IssueBatch | None) -> Certificate:
    """Return a certificate that is there; one whose PDF a failed batch still owed now belongs to `batch`."""
    if batch is not None and not certificate.file and certificate.batch_id != batch.pk:
        certificate.batch = batch
        certificate.save(update_fields=["batch"])
    return certificate


def stem_of(course: Course, moment: datetime) -> str:
    """Return the stem of the serial number: ROC year of issue and the course's word, such as 115-基礎."""
    word = SerialSeries.objects.filter(course=course).values_list("word", flat=True).first()
    return f"{roc_year(timezone.localdate(moment))}-{word or DEFAULT_WORDS[CourseKind(course.kind)]}"


def _next_serial(stem: str) -> str:
    """Return the next serial number under `stem`; gaps appear only where a transaction is rolled back."""
    SerialCounter.objects.get_or_create(stem=stem)
    counter = SerialCounter.objects.select_for_update().get(stem=stem)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{stem}-{counter.last:04d}"


def print_certificate(*, certificate: Certificate, fonts: FontSet) -> Certificate:
    """Draw the PDF from the facts, store it with its fingerprint, and tell the holder; once.

    Raises `PdfError` when the page cannot be drawn as it must be; then nothing is stored.
    """
    if certificate.file:
        return certificate
    content = print_facts(certificate.facts, fonts=fonts)
    file = certificate.file
    file.save(f"{certificate.public_id}.pdf", ContentFile(content), save=False)
    is_ours = False
    try:
        with transaction.atomic():
            is_ours = bool(
                Certificate.objects.filter(pk=certificate.pk, file="").update(
                    file=file.name,
                    sha256=hashlib.sha256(content).hexdigest(),
                    characters="".join(sorted(fonts.characters)),
                )
            )
            if is_ours:
                if certificate.batch is not None:
                    note_progress(certificate.batch)
                _tell_holder(certificate, MessageKind.ISSUED, "issued")
    finally:
        if not is_ours:
            file.storage.delete(str(file.name))  # another worker was first, or nothing was committed
    certificate.refresh_from_db()
    return certificate


def note_progress(batch: IssueBatch, *, remaining: int = 0) -> None:
    """Count what is out, and show that the batch is alive."""
    batch.done = Certificate.objects.ready().filter(batch=batch).count()
    if remaining:
        batch.total = batch.done + remaining
    IssueBatch.objects.filter(pk=batch.pk).update(done=batch.done, total=batch.total, changed_at=timezone.now())


def _tell_holder(certificate: Certificate, kind: MessageKind, template: str) -> None:
    """Write to the holder; without an address there is no message."""
    person = certificate.person
    if not person.email:
        return
    queue_message(
        kind=kind,
        to=person.email,
        person=person,
        template=template,
        context={
            "certificate": certificate,
            "facts": certificate.facts,
            "my_learning_url": absolute_url("learning:my_learning"),
            "verify_url": certificate.facts["verify_url"],
        },
        language=LANGUAGE,
    )


def absolute_url(name: str, *args: Any) -> str:
    """Return the address of a page, as messages give it."""
    with override(LANGUAGE):
        return settings.SITE_URL.rstrip("/") + reverse(name, args=args)


def revoke_certificate(
    *, certificate: Certificate, reason: str, by: User | None, may_be_replaced: bool = False
) -> Certificate:
    """Take a certificate back, for good or to be replaced by a corrected one; it is kept with its reason.

    Revoking again changes nothing. Raises DomainError without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Please state the reason of the revocation."), code="no_reason")
    with transaction.atomic():
        certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if certificate.is_revoked:
            return certificate
        certificate.revoked_at = timezone.now()
        certificate.revoked_reason = reason
        certificate.may_be_replaced = may_be_replaced
        certificate.save(update_fields=["revoked_at", "revoked_reason", "may_be_replaced"])
        Doubt.objects.filter(certificate=certificate, settled_at__isnull=True).update(
            settled_at=certificate.revoked_at, outcome=DoubtOutcome.REVOKED, reason=reason, settled_by=by
        )
        audit("certificate.revoked", obj=certificate, by=by, reason=reason, may_be_replaced=may_be_replaced)
        if certificate.file:
            _tell_holder(certificate, MessageKind.REVOKED, "revoked")
    return certificate


def note_collected(*, certificate: Certificate, by: User) -> None:
    """Remember that the holder has downloaded the certificate for the first time; others leave no mark here."""
    if by.person_id == certificate.person_id:
        Certificate.objects.filter(pk=certificate.pk, collected_at__isnull=True).update(collected_at=timezone.now())
