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
from courses.catalogue.models import CourseRun, FormerTimetable
from courses.catalogue.selectors import sessions_of
from courses.catalogue.timetables import Change, Timetable
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
    entry.timetable_version_sent = entry.run.timetable_version
    entry.save(update_fields=["is_announcement_due", "timetable_version_sent"])
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


def announce_run_change(
    *, run_id: int, enrolment_ids: list[int] | None = None, entry_ids: list[int] | None = None
) -> None:
    """Tell who is enrolled and who waits (or those named) what changed in the run, or that it is cancelled.

    Skips who already has this version of the timetable, and runs that are over. Who waits for a run that is
    cancelled hears of it when the queue is closed.
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
    if run.cancelled_at:
        return
    waiting = WaitingListEntry.objects.filter(
        run=run, state=WaitingState.WAITING, timetable_version_sent__lt=run.timetable_version
    )
    if entry_ids is not None:
        waiting = waiting.filter(pk__in=entry_ids)
    for entry_id in waiting.order_by("pk").values_list("pk", flat=True):
        _announce_run_change_to_waiting(entry_id)


@transaction.atomic
def _announce_run_change_to_waiting(entry_id: int) -> None:
    rows = WaitingListEntry.objects.select_for_update(of=("self",)).select_related("person", "run__course")
    entry = rows.get(pk=entry_id)
    run, sent = entry.run, entry.timetable_version_sent
    if entry.state != WaitingState.WAITING or sent >= run.timetable_version:
        return
    entry.timetable_version_sent = run.timetable_version
    entry.save(update_fields=["timetable_version_sent"])
    if not entry.person.email:
        return
    with override(entry.language):
        changes = _changes_since(run, sent)
        if changes == []:
            return
        kind = EnrolmentMessage.TIMETABLE_CHANGED
        queue_message(
            kind=kind.value, to=entry.person.email, template=kind.template, person=entry.person,
            language=entry.language,
            context={**_facts(run), "person": entry.person, "entry": entry, "changes": changes},
        )  # fmt: skip


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
    run, person, sent = enrolment.run, enrolment.person, enrolment.timetable_version_sent
    enrolment.is_announcement_due = False
    enrolment.timetable_version_sent = run.timetable_version
    enrolment.save(update_fields=["is_announcement_due", "timetable_version_sent"])
    if not person.email:
        return
    with override(enrolment.language):
        changes = _changes_since(run, sent) if kind == EnrolmentMessage.TIMETABLE_CHANGED else None
        if changes == []:
            return
        queue_message(
            kind=kind.value, to=person.email, template=kind.template, person=person, language=enrolment.language,
            context={
                **_facts(run), "person": person, "enrolment": enrolment, "changes": changes,
                "overlaps": overlapping_runs(run, person) if enrolment.state == EnrolmentState.CONFIRMED else [],
            },
            attachments=[attachment_of(enrolment)],
        )  # fmt: skip


def _changes_since(run: CourseRun, version: int) -> list[Change] | None:
    """Return what changed since somebody was told `version`, in the current language; None where it was not kept.

    Empty where a change was taken back before it was told.
    """
    former = FormerTimetable.objects.filter(run=run, version=version).first()
    if former is None:
        return None
    return Timetable.of(run).changes_since(Timetable.from_json(former.facts), now=timezone.now())


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
