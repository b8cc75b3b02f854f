"""The city's certificate rests on its enrolment, which is not ended without a question."""

from collections.abc import Callable

import pytest

from accounts.models import User
from certificates import services
from certificates.models import Certificate
from common.errors import DomainError
from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.evidence import evidence_of, outcomes_of
from courses.enrolment.models import Enrolment
from courses.enrolment.services import withdraw_enrolment

pytestmark = pytest.mark.django_db


def test_who_holds_a_certificate_is_withdrawn_only_by_somebody_who_was_told(
    run: CourseRun, complete: Callable[..., Enrolment], administrator: User
) -> None:
    enrolment = complete()
    services.run_batch(batch_id=services.request_batch(run=run, by=administrator).pk)
    serial = Certificate.objects.get().serial
    said = [str(found) for found in evidence_of(enrolment)]
    assert said == ["1 筆成績", "出席 3960 分鐘", f"結訓證明 {serial}"]
    assert [str(found) for found in outcomes_of(enrolment)] == [said[0], said[2]]
    with pytest.raises(DomainError) as refused:
        withdraw_enrolment(enrolment=enrolment, by=administrator)
    assert serial in str(refused.value)
    ended = withdraw_enrolment(enrolment=enrolment, by=administrator, despite_outcomes=True)
    assert ended.state == EnrolmentState.WITHDRAWN
