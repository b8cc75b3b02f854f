"""Every write of attendance: the roll call, which is also its own correction, and records that follow their session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from common.templatetags.common_tags import clock, shortdate
from courses.catalogue.models import Session
from courses.catalogue.session_followers import SessionCorrection
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment

from .enums import AttendanceSource, AttendanceStatus
from .models import AttendanceRecord
from .permissions import can_record_roll_call
from .signals import attendance_recorded

PARTLY_MISSED = (AttendanceStatus.LATE, AttendanceStatus.LEFT_EARLY)
"""The states that need a number of minutes."""

NAMED = 12
"""So many people are named one by one when records follow; a sentence with a whole class is not read."""


@dataclass(frozen=True)
class RollCallEntry:
    """One person in a roll call.

    `minutes_missed` is demanded for late and left early (1 to the session's minutes), optional for
    excused (all of them unless given), and ignored otherwise.
    """

    enrolment_id: int
    status: AttendanceStatus
    minutes_missed: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Mark:
    """What a record says, comparable: the unit of "who changed what meanwhile"."""

    status: str
    minutes_present: int
    minutes_excused: int
    note: str

    @classmethod
    def of(cls, record: AttendanceRecord) -> Mark:
        """Return what `record` says."""
        return cls(record.status, record.minutes_present, record.minutes_excused, record.note)

    def __str__(self) -> str:
        return f"{self.status}|{self.minutes_present}|{self.minutes_excused}|{self.note}"


@dataclass(frozen=True)
class RollCall:
    """What a roll call did: records made, records changed, and how many stayed as they were.

    `kept` are records that somebody else wrote meanwhile and this roll call did not touch.
    """

    made: list[AttendanceRecord] = field(default_factory=list)
    changed: list[AttendanceRecord] = field(default_factory=list)
    unchanged: int = 0
    kept: list[AttendanceRecord] = field(default_factory=list)


class RollCallConflictError(DomainError):
    """Somebody else recorded something different since the page was opened; nothing was saved."""

    def __init__(self, records: list[AttendanceRecord]) -> None:
        super().__init__(
            _("Somebody else has saved this roll call meanwhile. Nothing of yours was saved yet."), code="conflict"
        )
        self.records = records


def record_roll_call(
    *,
    session: Session,
    entries: Sequence[RollCallEntry],
    by: User | None,
    seen: Mapping[int, str] | None = None,
    source: AttendanceSource = AttendanceSource.ROLL_CALL,
) -> RollCall:
    """Write one record per entry; people without an entry stay unrecorded. All of it or nothing.

    Calling it again with the same entries changes nothing. A record that changes is audited with what it
    said before. `by` must teach the session or be an administrator; None is the platform itself (imports).
    `seen` maps enrolment ids to `str(Mark)` as the caller last saw them ("" for no record). Where somebody
    else has written since, an entry that the caller did not touch leaves the other's record as it is, and
    one that says something different raises `RollCallConflictError`; without `seen` the entries simply win.

    Raises DomainError: `not_allowed`, `not_yet` (a session of a coming day), `cancelled`, `unknown_enrolment`,
    `twice`, `minutes_missing`, `minutes_out_of_range`.
    """
    if by is not None and not can_record_roll_call(by, session):
        raise DomainError(
            _("Only the instructor of this session or an administrator may call the roll."), code="not_allowed"
        )
    with transaction.atomic():
        # one roll call of a session at a time; the second sees what the first wrote
        session = Session.objects.select_for_update(of=("self",)).select_related("run").get(pk=session.pk)
        _check_session(session)
        marks = _marks_wanted(session, entries)
        current = {
            record.enrolment_id: record
            for record in AttendanceRecord.objects.filter(session=session, enrolment__in=list(marks)).select_related(
                "enrolment__person", "recorded_by__person"
            )
        }
        kept = _settle_with_others(marks, current, seen) if seen is not None else []
        outcome = _write(session, marks, current, by, source)
        outcome.kept.extend(kept)
        touched = [record.enrolment_id for record in [*outcome.made, *outcome.changed]]
        if touched:
            after_commit(
                attendance_recorded.send_robust, sender=AttendanceRecord, session_id=session.pk, enrolment_ids=touched
            )
    return outcome


def _check_session(session: Session) -> None:
    """Refuse a session that cannot have had anybody in it."""
    if session.run.cancelled_at:
        raise DomainError(_("This run was cancelled."), code="cancelled")
    if timezone.localdate(session.starts_at) > timezone.localdate():
        raise DomainError(_("The roll of a session can be called from its day on, not before."), code="not_yet")


def _marks_wanted(session: Session, entries: Sequence[RollCallEntry]) -> dict[int, Mark]:
    """Turn entries into marks by enrolment id, or raise."""
    marks: dict[int, Mark] = {}
    for entry in entries:
        if entry.enrolment_id in marks:
            raise DomainError(_("The same person stands in this roll call twice."), code="twice")
        marks[entry.enrolment_id] = mark_of(entry, session.minutes)
    active = Enrolment.objects.filter(run=session.run_id, state=EnrolmentState.CONFIRMED)
    if set(marks) - set(active.values_list("pk", flat=True)):
        raise DomainError(
            _("Somebody in this roll call is not enrolled in this run (any more)."), code="unknown_enrolment"
        )
    return marks


def mark_of(entry: RollCallEntry, minutes: int) -> Mark:
    """Return the mark that `entry` means in a session of `minutes`.

    Raises DomainError `minutes_missing` or `minutes_out_of_range`.
    """
    status = AttendanceStatus(entry.status)
    note = entry.note.strip()
    if status == AttendanceStatus.PRESENT:
        return Mark(status, minutes, 0, note)
    if status == AttendanceStatus.ABSENT:
        return Mark(status, 0, 0, note)
    missed = entry.minutes_missed
    if missed is None:
        if status in PARTLY_MISSED:
            raise DomainError(_("Enter the minutes missed."), code="minutes_missing")
        missed = minutes
    if not 1 <= missed <= minutes:
        raise DomainError(
            _("The minutes missed must lie between 1 and %(minutes)s.") % {"minutes": minutes},
            code="minutes_out_of_range",
        )
    excused = missed if status == AttendanceStatus.EXCUSED else 0
    return Mark(status, minutes - missed, excused, note)


def _settle_with_others(
    marks: dict[int, Mark], current: Mapping[int, AttendanceRecord], seen: Mapping[int, str]
) -> list[AttendanceRecord]:
    """Drop from `marks` what the caller did not touch and somebody else changed; return those records.

    Raises RollCallConflictError where both changed the same record to different things.
    """
    kept: list[AttendanceRecord] = []
    conflicts: list[AttendanceRecord] = []
    for enrolment_id, record in current.items():
        before, theirs, ours = seen.get(enrolment_id, ""), str(Mark.of(record)), str(marks[enrolment_id])
        if theirs in (before, ours):
            continue
        (kept if ours == before else conflicts).append(record)
    if conflicts:
        raise RollCallConflictError(conflicts)
    for record in kept:
        del marks[record.enrolment_id]
    return kept


def _write(
    session: Session,
    marks: Mapping[int, Mark],
    current: Mapping[int, AttendanceRecord],
    by: User | None,
    source: AttendanceSource,
) -> RollCall:
    """Make and change records; audit the roll call as a whole and each correction by itself."""
    outcome = RollCall()
    unchanged = 0
    now = timezone.now()
    for enrolment_id, mark in marks.items():
        record = current.get(enrolment_id)
        if record is not None and Mark.of(record) == mark:
            unchanged += 1
            continue
        if record is None:
            record = AttendanceRecord(session=session, enrolment_id=enrolment_id)
            outcome.made.append(record)
        else:
            audit(
                "attendance.corrected",
                obj=record,
                by=by,
                session=session.pk,
                enrolment=enrolment_id,
                before=str(Mark.of(record)),
                after=str(mark),
            )
            outcome.changed.append(record)
        record.status, record.note = mark.status, mark.note
        record.minutes_present, record.minutes_excused = mark.minutes_present, mark.minutes_excused
        record.source, record.recorded_by, record.recorded_at = source, by, now
    AttendanceRecord.objects.bulk_create(outcome.made)
    AttendanceRecord.objects.bulk_update(
        outcome.changed,
        ["status", "note", "minutes_present", "minutes_excused", "source", "recorded_by", "recorded_at"],
    )
    if outcome.made:
        audit("attendance.recorded", obj=session, by=by, records=len(outcome.made))
    return RollCall(outcome.made, outcome.changed, unchanged, outcome.kept)


def mark_after(mark: Mark, *, before: int, after: int) -> Mark:
    """Return what `mark` of a session of `before` minutes says once the session has `after` minutes.

    Present is all of it and absent none, however long; who came late, left early or was excused for a part
    keeps the minutes missed, up to the whole session.
    """
    missed = before - mark.minutes_present
    if mark.status == AttendanceStatus.PRESENT:
        missed = 0
    elif missed >= before:  # all of it
        missed = after
    missed = min(missed, after)
    excused = missed if mark.status == AttendanceStatus.EXCUSED else 0
    return Mark(mark.status, after - missed, excused, mark.note)


def foresee_renewal(corrections: Sequence[SessionCorrection]) -> list[str]:
    """Return in sentences, with names, what `renew_records` would do; nothing where no record changes."""
    sentences = []
    for correction in corrections:
        renewals = _renewals(correction)
        if not renewals:
            continue
        before, after = correction.before, correction.after
        names = _(", ").join(_renewal_in_words(record, mark) for record, mark in renewals[:NAMED])
        if len(renewals) > NAMED:
            names += _(" and %(count)d more") % {"count": len(renewals) - NAMED}
        what = {
            "session": f"{shortdate(before.starts_at)} {clock(before.starts_at)} {before.display_title}".strip(),
            "count": len(renewals),
            "names": names,
            "before": before.minutes,
            "after": after.minutes,
        }
        if _is_still_to_come(after):
            sentence = _(
                "%(session)s is moved to a time still to come. Attendance records taken back: %(count)d (%(names)s)."
            )
        else:
            sentence = _(
                "%(session)s has %(after)d minutes instead of %(before)d. "
                "Attendance records that follow: %(count)d (%(names)s)."
            )
        sentences.append(sentence % what)
    return sentences


def renew_records(corrections: Sequence[SessionCorrection], by: User | None) -> None:
    """Let the records of corrected sessions follow, each audited with what it said before.

    Other minutes: `mark_after`. Moved to a time still to come: nobody was there yet, so the records are taken
    back. Called inside the transaction of the revision.
    """
    for correction in corrections:
        renewals = _renewals(correction)
        for record, mark in renewals:
            before = str(Mark.of(record))
            facts = {"session": record.session_id, "enrolment": record.enrolment_id, "before": before}
            if mark is None:
                audit("attendance.taken_back", obj=record, by=by, **facts)
                record.delete()
            else:
                audit("attendance.renewed", obj=record, by=by, **facts, after=str(mark))
                record.minutes_present, record.minutes_excused = mark.minutes_present, mark.minutes_excused
                record.save(update_fields=["minutes_present", "minutes_excused", "recorded_at"])
        if renewals:
            after_commit(
                attendance_recorded.send_robust,
                sender=AttendanceRecord,
                session_id=correction.after.pk,
                enrolment_ids=[record.enrolment_id for record, _mark in renewals],
            )


def _renewals(correction: SessionCorrection) -> list[tuple[AttendanceRecord, Mark | None]]:
    """Return the records of a corrected session that do not stay as they are, with the new mark or None."""
    records = (
        AttendanceRecord.objects.filter(session=correction.before.pk)
        .select_related("enrolment__person")
        .order_by("enrolment__number")
    )
    if _is_still_to_come(correction.after):
        return [(record, None) for record in records]
    before, after = correction.before.minutes, correction.after.minutes
    wanted = [(record, mark_after(Mark.of(record), before=before, after=after)) for record in records]
    return [(record, mark) for record, mark in wanted if before != after and mark != Mark.of(record)]


def _is_still_to_come(session: Session) -> bool:
    return session.starts_at > timezone.now()


def _renewal_in_words(record: AttendanceRecord, mark: Mark | None) -> str:
    """Return a name with what was recorded and, for who was there in part, how many minutes stay missed."""
    words = f"{record.enrolment.person.name} {record.get_status_display()}"
    if mark is not None and mark.status in (*PARTLY_MISSED, AttendanceStatus.EXCUSED):
        words += _(", %(minutes)d min missed") % {"minutes": record.session.minutes - record.minutes_present}
    return words
