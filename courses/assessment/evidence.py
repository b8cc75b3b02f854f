"""What of exams rests on an enrolment: results, and the national certificate that came of it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.enrolment.evidence import Evidence, register_evidence
from courses.enrolment.models import Enrolment

from .models import Certification, Result


def outcomes_of(enrolment: Enrolment) -> list[Evidence]:
    """Return the number of results and the number of the national certificate, in words."""
    found = []
    results = Result.objects.filter(enrolment=enrolment).count()
    if results:
        found.append(Evidence(ngettext("%(number)s result", "%(number)s results", results) % {"number": results}))
    certification = Certification.objects.filter(enrolment=enrolment).select_related("record").first()
    if certification is not None:
        found.append(Evidence(_("the national certificate %(number)s") % {"number": certification.record.number}))
    return found


register_evidence("assessment", outcomes_of)
