"""Certificates when two enrolments of one person become one: each keeps what it says."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.merging import people
from accounts.models import User
from common.errors import DomainError
from courses.enrolment.merging import enrolments
from courses.enrolment.models import Enrolment

from .models import Certificate


def merge_certificates(kept: Enrolment, gone: Enrolment, by: User) -> list[str]:
    """Move the certificates. Raises DomainError where both enrolments have a valid one."""
    both = Certificate.objects.filter(enrolment__in=[kept, gone])
    if len(serials := list(both.filter(revoked_at=None).order_by("pk").values_list("serial", flat=True))) > 1:
        raise DomainError(
            _("Both have a valid certificate of one class (%(serials)s). Revoke the wrong one first.")
            % {"serials": "、".join(serials)},
            code="two-certificates",
        )
    both.update(enrolment=kept)
    return []


enrolments.register("certificates.Certificate.enrolment", merge_certificates)
people.register("certificates.Certificate.person")  # after the enrolments, whose rule has looked for two valid ones
