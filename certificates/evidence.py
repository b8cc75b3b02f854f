"""What the city's certificates rest on: their enrolment is not ended without a question."""

from __future__ import annotations

from django.utils.translation import gettext as _

from courses.enrolment.evidence import Evidence, register_evidence
from courses.enrolment.models import Enrolment

from .models import Certificate


def certificates_of(enrolment: Enrolment) -> list[Evidence]:
    """Return the valid certificates of an enrolment, by serial number."""
    valid = Certificate.objects.filter(enrolment=enrolment, revoked_at__isnull=True)
    return [Evidence(_("the certificate %(serial)s") % {"serial": certificate.serial}) for certificate in valid]


register_evidence("certificates", certificates_of)
