"""Certificates of before get their person and run, and of two valid ones of a person and run one stays."""

from collections.abc import Callable

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def migrate(name: str) -> Apps:
    executor = MigrationExecutor(connection)
    executor.migrate([("certificates", name)])
    return MigrationExecutor(connection).loader.project_state([("certificates", name)]).apps


def test_of_two_valid_ones_that_of_the_standing_enrolment_stays(
    run: CourseRun, complete: Callable[..., Enrolment], capsys: pytest.CaptureFixture[str]
) -> None:
    left, other = complete(), complete()
    Enrolment.objects.filter(pk=left.pk).update(state=EnrolmentState.IN_ERROR, withdrawn_at=timezone.now())
    back = complete(person=left.person)
    try:
        before = migrate("0001_initial").get_model("certificates", "Certificate")
        for number, enrolment in enumerate((back, left, other), 1):
            before.objects.create(
                public_id=f"N{number}", serial=f"115-基礎-000{number}", enrolment_id=enrolment.pk, facts={},
                issued_at=timezone.now(),
            )  # fmt: skip
    finally:
        after = migrate("0004_one_valid_certificate_of_a_run").get_model("certificates", "Certificate")
    rows = after.objects.order_by("pk").values_list("enrolment", "person", "run", "revoked_at", "revoked_reason")
    assert [(enrolment, person, of, bool(revoked), reason) for enrolment, person, of, revoked, reason in rows] == [
        (back.pk, left.person_id, run.pk, False, ""),
        (left.pk, left.person_id, run.pk, True, "同一人同一期別重複核發，以 115-基礎-0001 為準"),
        (other.pk, other.person_id, run.pk, False, ""),
    ]
    assert "115-基礎-0002 is revoked: 115-基礎-0001" in capsys.readouterr().out
