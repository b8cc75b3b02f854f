"""Two workers, two clicks, one certificate each; and a control that shows what the lock prevents. On PostgreSQL."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from certificates import services
from certificates.models import Certificate, IssueBatch, SerialCounter
from courses.enrolment.models import Enrolment
from courses.learning.selectors import completion_of_run
from tests.concurrency.test_seats import at_once
from tests.factories.enrolment import EnrolmentFactory
from tests.factories.learning import finished_lecture, record_attendance

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

PEOPLE = 8


def _complete_run() -> list[Enrolment]:
    """A lecture that eight people completed."""
    run = finished_lecture(seats=PEOPLE)
    enrolments = [EnrolmentFactory(run=run, number=number) for number in range(1, PEOPLE + 1)]
    record_attendance(*enrolments)
    return enrolments


def _issuing(times: int) -> list[Callable[[], Any]]:
    verdicts = completion_of_run(_complete_run()[0].run)
    return [
        lambda verdict=verdict: services.issue_certificate(enrolment=verdict.enrolment, verdict=verdict)
        for verdict in verdicts
        for _ in range(times)
    ]


def test_workers_at_once_give_everybody_one_certificate_and_every_number_once() -> None:
    results = at_once(_issuing(times=2))
    assert [result for result in results if isinstance(result, Exception)] == []
    numbers = sorted(int(serial.rpartition("-")[2]) for serial in Certificate.objects.values_list("serial", flat=True))
    assert numbers == list(range(1, PEOPLE + 1))
    assert Certificate.objects.values("enrolment").distinct().count() == PEOPLE


def test_control_without_the_lock_on_the_counter_numbers_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same deed with the lock patched away draws a number twice: so the test above does test the lock."""

    def unlocked(stem: str) -> str:
        counter, _created = SerialCounter.objects.get_or_create(stem=stem)
        import time

        time.sleep(0.2)  # what a busy machine does by itself
        SerialCounter.objects.filter(pk=counter.pk).update(last=counter.last + 1)
        return f"{stem}-{counter.last + 1:04d}"

    monkeypatch.setattr(services.issuing, "_next_serial", unlocked)
    results = at_once(_issuing(times=1))
    assert any(isinstance(result, Exception) for result in results)


def test_two_clicks_at_once_are_one_batch_and_two_workers_share_it() -> None:
    run = _complete_run()[0].run
    batches = at_once([lambda: services.request_batch(run=run, by=None)] * 2)
    assert [batch.pk for batch in batches] == [IssueBatch.objects.get().pk] * 2
    # the sweep takes a slow worker for a dead one: both work on the same batch
    batch = IssueBatch.objects.get()

    def work() -> Any:
        IssueBatch.objects.update(changed_at=timezone.now() - services.STALE_AFTER - datetime.timedelta(seconds=1))
        return services.run_batch(batch_id=batch.pk)

    results = at_once([work, work])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert Certificate.objects.ready().count() == PEOPLE
    assert Certificate.objects.values("enrolment").distinct().count() == PEOPLE
    batch.refresh_from_db()
    assert (batch.state, batch.done) == ("done", PEOPLE)
