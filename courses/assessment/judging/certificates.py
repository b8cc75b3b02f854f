"""The rules of the national certificate: it rests on a pass, belongs to one trainee, and is recorded once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from courses.enrolment.models import Enrolment
from qualifications.models import QualificationRecord
from qualifications.services import normalise_number

from ..enums import LEVEL_OF_KIND
from ..score_sheet import CERTIFICATE, ISSUED_ON
from .facts import Facts
from .verdict import Judged, groups_sharing, other_rows


def judge_certificate(item: Judged, facts: Facts, passed_on: datetime.date | None) -> None:
    """Check the national certificate of a row; `passed_on` is the day of the first pass once the file is applied."""
    if item.enrolment is None:
        return
    known = facts.certifications.get(item.enrolment.pk)
    if known is not None and item.changes and (passed_on is None or passed_on > known.record.issued_on):
        item.refuse("pass_is_certified", known=known.record.number)
    if bool(item.given.certificate) != bool(item.given.issued_on):
        if not {CERTIFICATE.heading, ISSUED_ON.heading} & {problem.column for problem in item.given.problems}:
            item.refuse("certificate_half", CERTIFICATE.heading)
    elif item.given.certificate:
        if not item.problems:  # a row that is refused anyway passes nobody
            _judge_days(item, passed_on)
        _judge_record(item, item.enrolment, facts)


def _judge_days(item: Judged, passed_on: datetime.date | None) -> None:
    """A certificate is issued after the exam it rests on, and up to today."""
    issued_on = item.given.issued_on
    if passed_on is None or issued_on is None:
        item.refuse("certificate_without_pass", CERTIFICATE.heading)
    elif issued_on < passed_on:
        item.refuse("certificate_before_pass", ISSUED_ON.heading, day=passed_on.isoformat())
    elif issued_on > timezone.localdate():
        item.refuse("certificate_in_future", ISSUED_ON.heading)


def _judge_record(item: Judged, enrolment: Enrolment, facts: Facts) -> None:
    """A certificate belongs to one trainee and came of one run; a trainee has one of a run."""
    number = normalise_number(item.given.certificate)
    known, record = facts.certifications.get(enrolment.pk), facts.records.get(number)
    level = LEVEL_OF_KIND.get(facts.runs[item.given.run].course.kind)
    if known is not None and known.record.number != number:
        item.refuse("certificate_differs", CERTIFICATE.heading, known=known.record.number)
    elif record is not None and record.person_id != enrolment.person_id:
        item.refuse("certificate_of_another", CERTIFICATE.heading)
    elif record is not None and _came_of_another(record, enrolment):
        item.refuse("certificate_of_another_run", CERTIFICATE.heading, run=record.certification.enrolment.run.code)
    elif record is not None and (record.level, record.issued_on) != (level, item.given.issued_on):
        recorded = f"{record.get_level_display()} {record.issued_on.isoformat()}"
        item.refuse("certificate_recorded_otherwise", CERTIFICATE.heading, known=recorded)
    elif known is None:
        item.certificate_is_new = True
        if item.known is not None or item.given.is_certificate_alone:
            item.changes.append((CERTIFICATE.heading, "–", number))


def _came_of_another(record: QualificationRecord, enrolment: Enrolment) -> bool:
    """Whether this person's certificate is already tied to another enrolment of theirs."""
    return hasattr(record, "certification") and record.certification.enrolment_id != enrolment.pk


def refuse_certificates_twice(judged: Sequence[Judged]) -> None:
    """Refuse a certificate that the file gives to two trainees, and two that it gives to one."""

    def key(item: Judged) -> Any:
        return normalise_number(item.given.certificate) if item.given.certificate and item.enrolment else None

    for group in groups_sharing(judged, key):
        if len({item.enrolment.pk for item in group if item.enrolment}) > 1:
            for item in group:
                item.refuse("certificate_twice", CERTIFICATE.heading, rows=other_rows(group, item))
    _refuse_two_certificates(judged)


def _refuse_two_certificates(judged: Sequence[Judged]) -> None:
    """Refuse two certificates that the file gives to one trainee, on rows of two sittings or alone."""

    def key(item: Judged) -> Any:
        return item.enrolment.pk if item.given.certificate and item.enrolment else None

    for group in groups_sharing(judged, key):
        numbers = {(normalise_number(item.given.certificate), item.given.issued_on) for item in group}
        if len(numbers) > 1:
            for item in group:
                item.refuse("two_certificates", CERTIFICATE.heading, rows=other_rows(group, item))
