"""Writing the messages about seats into the outbox, each exactly once.

A change of state marks its row `is_announcement_due`; whoever writes the message locks the row, writes and
clears the mark in one transaction. So it does not matter how often, or by whom, this is called.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from courses.catalogue.enums import RunState
from courses.catalogue.models import CourseRun
from courses.catalogue.selectors import sessions_of
from notifications.services import queue_message

from ..calendars import attachment_of
from ..enums import EnrolmentState, WaitingState
from ..messages import EnrolmentMessage
from ..models import Enrolment, WaitingListEntry
from ..selectors import overlapping_runs, place_in_queue


@transaction.atomic
def announce_enrolment(*, enrolment_id: int) -> None:
    """Tell the trainee that they have a seat, or that they gave it up, with the calendar file."""
    enrolment = _locked_enrolment(enrolment_id)
    if not enrolment.is_announcement_due:
        return
    if enrolment.state != EnrolmentState.CONFIRMED:
        kind = EnrolmentMessage.WITHDRAWN
    elif _came_from_queue(enrolment):
        kind = EnrolmentMessage.PROMOTED
    else:
        kind = EnrolmentMessage.CONFIRMED
    _write_about_enrolment(kind, enrolment)


@transaction.atomic
def announce_entry(*, entry_id: int) -> None:
    """Tell who waits which place they have, or that the waiting ended without a seat and why."""
    entry = (
        WaitingListEntry.objects.select_for_update(of=("self",))
        .select_related("person", "run__course")
        .get(pk=entry_id)
    )
    if not entry.is_announcement_due:
        return
    entry.is_announcement_due = False
    entry.save(update_fields=["is_announcement_due"])
    is_waiting = entry.state == WaitingState.WAITING
    if entry.state == WaitingState.PROMOTED or not entry.person.email:
        return
    kind = EnrolmentMessage.QUEUED if is_waiting else EnrolmentMessage.QUEUE_ENDED
    with override(entry.language):
        context = {**_facts(entry.run), "person": entry.person, "entry": entry}
        if is_waiting:
            context["place"] = place_in_queue(entry)
        queue_message(
            kind=kind.value, to=entry.person.email, template=kind.template, context=context, person=entry.person,
            language=entry.language,
        )  # fmt: skip


def announce_run_change(*, run_id: int, enrolment_ids: list[int] | None = None) -> None:
    """Send everybody enrolled (or those named) the timetable as it now is, or that the run is cancelled.

    Skips who already has this version of the timetable, and runs that are over.
    """
    run = CourseRun.objects.get(pk=run_id)
    if run.state == RunState.FINISHED:
        return
    due = Enrolment.objects.filter(
        run=run, state=EnrolmentState.CONFIRMED, timetable_version_sent__lt=run.timetable_version
    )
    if enrolment_ids is not None:
        due = due.filter(pk__in=enrolment_ids)
    for enrolment_id in due.order_by("pk").values_list("pk", flat=True):
        _announce_run_change_to(enrolment_id)


@transaction.atomic
def _announce_run_change_to(enrolment_id: int) -> None:
    enrolment = _locked_enrolment(enrolment_id)
    if (
        enrolment.state == EnrolmentState.CONFIRMED
        and enrolment.timetable_version_sent < enrolment.run.timetable_version
    ):
        is_cancelled = bool(enrolment.run.cancelled_at)
        kind = EnrolmentMessage.RUN_CANCELLED if is_cancelled else EnrolmentMessage.TIMETABLE_CHANGED
        _write_about_enrolment(kind, enrolment)


def _locked_enrolment(enrolment_id: int) -> Enrolment:
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("person", "run__course")
    return rows.get(pk=enrolment_id)


def _write_about_enrolment(kind: EnrolmentMessage, enrolment: Enrolment) -> None:
    run, person = enrolment.run, enrolment.person
    enrolment.is_announcement_due = False
    enrolment.timetable_version_sent = run.timetable_version
    enrolment.save(update_fields=["is_announcement_due", "timetable_version_sent"])
    if not person.email:
        return
    with override(enrolment.language):
        queue_message(
            kind=kind.value, to=person.email, template=kind.template, person=person, language=enrolment.language,
            context={
                **_facts(run), "person": person, "enrolment": enrolment,
                "overlaps": overlapping_runs(run, person) if enrolment.state == EnrolmentState.CONFIRMED else [],
            },
            attachments=[attachment_of(enrolment)],
        )  # fmt: skip


def _came_from_queue(enrolment: Enrolment) -> bool:
    """Whether this seat was given from the queue, at the very moment the place there was settled."""
    return (
        enrolment.restored_at is None
        and WaitingListEntry.objects.filter(
            run=enrolment.run_id, person=enrolment.person_id, state=WaitingState.PROMOTED,
            settled_at=enrolment.confirmed_at,
        ).exists()
    )  # fmt: skip


def _facts(run: CourseRun) -> dict[str, Any]:
    """Return what every message says of its run; addresses are in the language of the message."""
    path = reverse("enrolment:run", args=[run.code])
    return {
        "run": run,
        "sessions": list(sessions_of(run)),
        "run_url": settings.SITE_URL + path,
        "withdraw_url": settings.SITE_URL + reverse("enrolment:withdraw", args=[run.code]),
        "can_withdraw": timezone.now() < run.withdraw_until,
    }
