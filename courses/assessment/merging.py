"""Results and national certificates when two enrolments of one person become one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import DomainError
from courses.enrolment.merging import enrolments
from courses.enrolment.models import Enrolment

from .models import Certification, Result


def merge_results(kept: Enrolment, gone: Enrolment, by: User) -> list[str]:
    """Move the results; of two of one sitting an absence gives way. Raises DomainError where both sat it."""
    own = {result.sitting_id: result for result in Result.objects.filter(enrolment=kept)}
    for result in Result.objects.filter(enrolment=gone).select_related("sitting"):
        other = own.get(result.sitting_id)
        if other is not None:
            absent = next((each for each in (result, other) if each.absent), None)
            if absent is None:
                raise DomainError(
                    _(
                        "Both have a result of %(sitting)s (numbers %(one)s and %(other)s). Enter the wrong one as"
                        " absent (缺考) first; the other one then stays."
                    )
                    % {"sitting": result.sitting, "one": kept.number, "other": gone.number},
                    code="two-results",
                )
            absent.delete()
            if absent is result:
                continue
        Result.objects.filter(pk=result.pk).update(enrolment=kept)
    return []


def merge_certifications(kept: Enrolment, gone: Enrolment, by: User) -> list[str]:
    """Move the national certificate. Raises DomainError where both enrolments led to one."""
    both = Certification.objects.filter(enrolment__in=[kept, gone]).select_related("record")
    if len(numbers := [str(each.record.number) for each in both]) > 1:
        raise DomainError(
            _("Both led to a national certificate (%(numbers)s). Correct the wrong one first.")
            % {"numbers": "、".join(numbers)},
            code="two-certifications",
        )
    both.update(enrolment=kept)
    return []


enrolments.register("assessment.Result.enrolment", merge_results)
enrolments.register("assessment.Certification.enrolment", merge_certifications)
