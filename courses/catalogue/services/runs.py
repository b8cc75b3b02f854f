"""Opening, revising and cancelling runs."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from common.rocdates import roc_year

from ..enums import Delivery
from ..models import Course, CourseRun, Curriculum, FormerTimetable, Session
from ..selectors import current_curriculum, next_term, run_code
from ..session_followers import SessionCorrection, session_followers
from ..signals import run_cancelled, timetable_changed
from ..timetables import Timetable

if TYPE_CHECKING:
    from accounts.models import District, User


_NEVER_REVISED = (
    "code", "course_id", "roc_year", "term", "seats", "cancelled_at", "cancellation_reason", "timetable_version",
    "timetable_changed_at",
)  # fmt: skip


@transaction.atomic
def open_run(
    *,
    course: Course,
    starts_on: date,
    ends_on: date,
    seats: int,
    enrol_from: datetime,
    enrol_until: datetime,
    withdraw_until: datetime,
    by: User | None,
    term: int | None = None,
    title: str = "",
    title_en: str = "",
    delivery: str = Delivery.ON_SITE,
    place: str = "",
    district: District | None = None,
) -> CourseRun:
    """Open a run of `course`: its code is year, kind and term; its rules are those of its first day.

    Without `term` the next one is given. The curriculum in force on `starts_on` is kept for good (資格辦法
    §11 附表). Raises DomainError `no_curriculum`, `term_taken`, or `invalid` with the sentence that says
    what does not fit.
    """
    Course.objects.select_for_update().get(pk=course.pk)  # two people opening at once get two terms
    curriculum = _curriculum_for(course, starts_on)
    term = term or next_term(course, starts_on)
    code = run_code(course, starts_on, term)
    if CourseRun.objects.filter(code=code).exists():
        raise DomainError(_("There is already a run %(code)s.") % {"code": code}, code="term_taken")
    run = CourseRun(
        code=code, course=course, curriculum=curriculum, roc_year=roc_year(starts_on), term=term,
        title=title, title_en=title_en, starts_on=starts_on, ends_on=ends_on, seats=seats, delivery=delivery,
        place=place, district=district, enrol_from=enrol_from, enrol_until=enrol_until,
        withdraw_until=withdraw_until, timetable_version=1,
    )  # fmt: skip
    _check(run)
    run.save()
    audit("run.opened", obj=run, by=by, seats=seats, curriculum=curriculum.pk)
    return run


@transaction.atomic
def revise_run(*, run: CourseRun, by: User | None) -> CourseRun:
    """Save an edited run with its sessions, as the form left them in memory.

    Code, course, term, seats and cancellation are not revised here: they are read again from the locked
    row (seats change only by `enrolment.services.change_seats`). While the run has not begun, its
    curriculum follows its first day. A changed timetable gets a new version and is announced on commit.
    What the apps above keep about corrected sessions follows (attendance records); `foresee_revision` says
    beforehand how.
    Raises DomainError `invalid`, `no_curriculum`, or `session_in_use` when a session that has records
    was taken away.
    """
    before = CourseRun.objects.select_for_update().get(pk=run.pk)
    for fixed in _NEVER_REVISED:
        setattr(run, fixed, getattr(before, fixed))
    run.curriculum_id = before.curriculum_id
    if before.starts_on > timezone.localdate() and run.starts_on != before.starts_on:
        run.curriculum = _curriculum_for(run.course, run.starts_on)
    _check(run)
    _check_sessions(run)
    _number_new_sessions(run)
    corrections = _corrections(run)
    old_timetable = Timetable.of(before)
    try:
        run.save()
    except ProtectedError as error:
        raise DomainError(
            _("A session with attendance records cannot be taken away."), code="session_in_use"
        ) from error
    for follower in session_followers():
        follower.follow(corrections, by)
    is_changed = bool(Timetable.of(run).changes_since(old_timetable, now=timezone.now()))
    audit("run.revised", obj=run, by=by, changes=_changes(before, run), timetable_changed=is_changed)
    if is_changed:
        note_timetable_change(run, before=old_timetable)
    return run


def foresee_revision(*, run: CourseRun) -> list[str]:
    """Return in sentences what saving an edited run would do to the records of its sessions; writes nothing.

    Raises DomainError `invalid` as saving would: nobody is asked about what cannot be saved.
    """
    _check(run)
    _check_sessions(run)
    corrections = _corrections(run)
    return [sentence for follower in session_followers() for sentence in follower.foresee(corrections)]


def _corrections(run: CourseRun) -> list[SessionCorrection]:
    """Return the sessions on record that the form left in memory with other minutes or another time."""
    on_record = {session.pk: session for session in Session.objects.filter(run=run.pk).select_related("subject")}
    return [
        SessionCorrection(before, after)
        for after in run.sessions.all()
        if (before := on_record.get(after.pk)) is not None
        and (before.minutes, before.starts_at, before.ends_at) != (after.minutes, after.starts_at, after.ends_at)
    ]


@transaction.atomic
def cancel_run(*, run: CourseRun, reason: str, by: User | None) -> CourseRun:
    """Cancel a run; the enrolled and the waiting are told on commit, by the apps above. Idempotent.

    Raises DomainError `reason_missing`, or `run_over` when its last day has passed.
    """
    if not reason.strip():
        raise DomainError(_("Please say why: the reason is sent to everybody enrolled."), code="reason_missing")
    run = CourseRun.objects.select_for_update().get(pk=run.pk)
    if run.cancelled_at:
        return run
    if run.ends_on < timezone.localdate():
        raise DomainError(_("This run is over; it cannot be cancelled any more."), code="run_over")
    run.cancelled_at = run.timetable_changed_at = timezone.now()
    run.cancellation_reason = reason.strip()[:250]
    run.timetable_version += 1
    run.save(update_fields=["cancelled_at", "cancellation_reason", "timetable_version", "timetable_changed_at"])
    audit("run.cancelled", obj=run, by=by, reason=run.cancellation_reason)
    after_commit(run_cancelled.send_robust, sender=CourseRun, run_id=run.pk)
    return run


def _number_new_sessions(run: CourseRun) -> None:
    """Number sessions added in the form after the last one: numbers that stand on printed lists never move."""
    sessions = list(run.sessions.all())
    last = max((row.number for row in sessions if row.number), default=0)
    for row in sorted((row for row in sessions if not row.number), key=lambda row: row.starts_at):
        last += 1
        row.number = last


def note_timetable_change(run: CourseRun, *, before: Timetable | None = None) -> None:
    """Give the timetable its next version, which calendars compare, and tell the apps above on commit.

    `before` is kept, so that people can be told what changed and calendars can take back what was dropped.
    """
    now = timezone.now()
    if before is not None:
        FormerTimetable.objects.update_or_create(
            run=run, version=run.timetable_version, defaults={"replaced_at": now, "facts": before.as_json()}
        )
    run.timetable_version += 1
    run.timetable_changed_at = now
    CourseRun.objects.filter(pk=run.pk).update(
        timetable_version=run.timetable_version, timetable_changed_at=run.timetable_changed_at
    )
    after_commit(timetable_changed.send_robust, sender=CourseRun, run_id=run.pk)


def _curriculum_for(course: Course, day: date) -> Curriculum:
    curriculum = current_curriculum(course, day)
    if curriculum is None:
        raise DomainError(
            _("%(course)s has no curriculum in force on %(day)s.") % {"course": course, "day": day.isoformat()},
            code="no_curriculum",
        )
    return curriculum


def _check(run: CourseRun) -> None:
    last_day = run.ends_on
    problems = [
        (run.enrol_until.astimezone(timezone.get_current_timezone()).date() > last_day,
         _("Enrolment closes after the last day.")),
        (run.withdraw_until.astimezone(timezone.get_current_timezone()).date() > last_day,
         _("Withdrawal ends after the last day.")),
        (run.withdraw_until < run.enrol_from, _("Withdrawal ends before enrolment opens.")),
    ]  # fmt: skip
    for is_wrong, sentence in problems:
        if is_wrong:
            raise DomainError(sentence, code="invalid")
    try:
        run.full_clean(exclude=["course", "curriculum", "district"])
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), code="invalid") from error


def _check_sessions(run: CourseRun) -> None:
    for session in run.sessions.all():
        if session.ends_at <= session.starts_at:
            sentence = _("A session ends before it starts: %(session)s.")
        elif not run.starts_on <= timezone.localdate(session.starts_at) <= run.ends_on:
            sentence = _("A session lies outside the days of the run: %(session)s.")
        elif session.minutes * 60 > (session.ends_at - session.starts_at).total_seconds():
            sentence = _("A session has more minutes of teaching than it lasts: %(session)s.")
        else:
            continue
        start = timezone.localtime(session.starts_at).strftime("%Y-%m-%d %H:%M")
        raise DomainError(sentence % {"session": f"{start} {session.display_title}".strip()}, code="invalid")


def _changes(before: CourseRun, after: CourseRun) -> dict[str, list[str]]:
    names = (
        "title", "title_en", "starts_on", "ends_on", "delivery", "place", "district_id", "enrol_from",
        "enrol_until", "withdraw_until", "curriculum_id",
    )  # fmt: skip
    return {
        name: [str(getattr(before, name)), str(getattr(after, name))]
        for name in names
        if getattr(before, name) != getattr(after, name)
    }
