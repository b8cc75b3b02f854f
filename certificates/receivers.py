"""When something under a certificate changes, this app looks whether the certificate still stands on it."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from courses.assessment.signals import result_recorded
from courses.attendance.signals import attendance_recorded
from courses.catalogue.signals import run_cancelled, timetable_changed
from courses.enrolment.signals import enrolment_confirmed, enrolment_withdrawn

from . import services, tasks


@receiver([result_recorded, attendance_recorded], dispatch_uid="certificates.records_changed")
def examine_those_recorded(*, enrolment_ids: Sequence[int], **_arguments: Any) -> None:
    """Look at the certificates of whose result or attendance is new or changed."""
    services.examine_certificates(enrolment_ids=enrolment_ids)


@receiver([enrolment_confirmed, enrolment_withdrawn], dispatch_uid="certificates.enrolment_changed")
def examine_enrolled(*, enrolment_id: int, **_arguments: Any) -> None:
    """Look at the certificate of who gave up a seat or took it again."""
    services.examine_certificates(enrolment_ids=[enrolment_id])


@receiver([timetable_changed, run_cancelled], dispatch_uid="certificates.run_changed")
def examine_run(*, run_id: int, **_arguments: Any) -> None:
    """Look at the certificates of a run whose sessions changed, or that was cancelled."""
    tasks.examine_run.delay(run_id)
