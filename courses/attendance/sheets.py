"""The attendance of a whole run as one table: a row per trainee, a column of minutes per session, the reckoning."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from common.spreadsheets import Kind, Sheet
from courses.catalogue.models import CourseRun, Session
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment

from .ledger import ARTICLE, Ledger
from .models import AttendanceRecord
from .selectors import attendance_ledger


def attendance_sheet(run: CourseRun) -> Sheet:
    """Return minutes present by trainee and session (blank: no record) with the ledger behind, in constant queries."""
    sessions = list(Session.objects.filter(run=run).select_related("subject").order_by("starts_at", "number"))
    enrolments = (
        Enrolment.objects.filter(run=run, state=EnrolmentState.CONFIRMED)
        .select_related("person", "agency")
        .order_by("number")
    )
    minutes: dict[int, dict[int, int]] = defaultdict(dict)
    for enrolment_id, session_id, present in AttendanceRecord.objects.filter(session__run=run).values_list(
        "enrolment_id", "session_id", "minutes_present"
    ):
        minutes[enrolment_id][session_id] = present
    ledgers = attendance_ledger(run)
    has_bar = run.curriculum.has_bar
    barred: list[tuple[str, Kind]] = [(_("Barred from the exam"), "text")] if has_bar else []
    return Sheet(
        title=f"{run.code}",
        columns=[
            (_("Number"), "number"),
            (_("Name"), "text"),
            (_("Agency"), "text"),
            *[(_heading(session), "number") for session in sessions],
            (_("Minutes attended"), "number"),
            (_("Minutes missed"), "number"),
            (_("Minutes excused"), "number"),
            (_("Minutes allowed to miss"), "number"),
            (_("Of what was held"), "percent"),
            (_("Of the whole"), "percent"),
            *barred,
            (_("Sessions without a record"), "number"),
        ],
        rows=[
            [
                enrolment.number,
                enrolment.person.name,
                enrolment.agency.name if enrolment.agency else "",
                *[minutes[enrolment.pk].get(session.pk) for session in sessions],
                *_reckoning(ledgers[enrolment.pk], has_bar=has_bar),
            ]
            for enrolment in enrolments
        ],
        notes=[
            _("Minutes of teaching; a blank cell is a session without a record, which counts as neither."),
            *(
                [_("Barred is who has missed more minutes than allowed (%(article)s).") % {"article": ARTICLE}]
                if has_bar
                else []
            ),
        ],
    )


def _heading(session: Session) -> str:
    start = timezone.localtime(session.starts_at)
    return f"{session.number} {start:%Y-%m-%d %H:%M} {session.display_title} ({session.minutes})"


def _reckoning(ledger: Ledger, *, has_bar: bool) -> list[Any]:
    shares = [None if share is None else share * 100 for share in (ledger.share_of_held, ledger.share_of_whole)]
    return [
        ledger.attended_minutes,
        ledger.missed_minutes,
        ledger.excused_minutes,
        ledger.allowed_minutes,
        *shares,
        *([_("yes") if ledger.is_barred else ""] if has_bar else []),
        len(ledger.unrecorded_sessions),
    ]
