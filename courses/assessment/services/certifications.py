"""The national certificate that came of an enrolment (資格辦法 §16): what the reported pass rate counts."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from qualifications.services import record_qualification

from ..enums import LEVEL_OF_KIND
from ..models import Certification
from ..selectors import first_passed_on
from ..signals import result_recorded


@transaction.atomic
def certify(
    *, enrolment: Enrolment, number: str, issued_on: datetime.date, source: str, by: User | None
) -> Certification:
    """Record that the national authority certified this trainee because of this run. Idempotent.

    Raises DomainError: `no_exam` (a kind that leads to no certificate), `withdrawn`, `never_passed`, `before_pass`,
    `certified_otherwise` (this enrolment has another certificate, or this certificate came of another
    enrolment), and what `qualifications.services.record_qualification` raises.
    """
    level = LEVEL_OF_KIND.get(enrolment.run.course.kind)
    if level is None:
        raise DomainError(_("This kind of course leads to no national certificate."), code="no_exam")
    if enrolment.state != EnrolmentState.CONFIRMED:
        raise DomainError(_("A certificate cannot be recorded for an enrolment that does not stand."), code="withdrawn")
    passed_on = first_passed_on(enrolment)
    if passed_on is None:
        raise DomainError(_("A certificate cannot be recorded for somebody who never passed."), code="never_passed")
    if issued_on < passed_on:
        raise DomainError(_("The certificate is older than the exam it rests on."), code="before_pass")
    record = record_qualification(
        person=enrolment.person, level=level, number=number, issued_on=issued_on, source=source, by=by
    )
    known = Certification.objects.filter(enrolment=enrolment).first()
    if known is not None and known.record_id == record.pk:
        return known
    if known is not None or Certification.objects.filter(record=record).exists():
        raise DomainError(
            _("This trainee has another certificate from this run, or this certificate came of another run."),
            code="certified_otherwise",
        )
    certification = Certification.objects.create(enrolment=enrolment, record=record)
    audit("assessment.certified", obj=certification, by=by, enrolment=enrolment.pk, number=record.number)
    after_commit(result_recorded.send_robust, sender=Certification, enrolment_ids=[enrolment.pk])
    return certification


@transaction.atomic
def untie_certification(*, certification: Certification, reason: str, by: User) -> None:
    """Take back that a national certificate came of an enrolment; the certificate itself stays recorded.

    For one that was tied to the wrong trainee or run: afterwards it can be corrected, and tied where it belongs.
    Audited with the reason. Raises DomainError `no_reason`.
    """
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Please state the reason."), code="no_reason")
    record, enrolment_id = certification.record, certification.enrolment_id
    audit(
        "assessment.certification_untied", obj=certification, by=by,
        enrolment=enrolment_id, number=record.number, reason=reason,
    )  # fmt: skip
    certification.delete()
    after_commit(result_recorded.send_robust, sender=Certification, enrolment_ids=[enrolment_id])
