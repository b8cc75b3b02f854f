"""The roll call on a phone, and the attendance of a whole run."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import is_administrator
from common.errors import DomainError
from common.spreadsheets import CONTENT_TYPES, write
from courses.catalogue.models import CourseRun, Session
from courses.catalogue.permissions import sessions_taught_by

from .forms import RollCallForm, with_others_seen, with_unmarked_present
from .permissions import can_record_roll_call, can_view_attendance_of_run
from .selectors import attendance_ledger, enrolments_to_call, with_roll_call_counts
from .services import RollCall, RollCallConflictError, record_roll_call
from .sheets import attendance_sheet


def _session_or_refuse(request: HttpRequest, pk: int) -> Session:
    """Return the session: 404 where there is none, 403 where it is somebody else's."""
    session: Session = get_object_or_404(
        Session.objects.select_related("run__course", "subject", "instructor__person"), pk=pk
    )
    if not can_record_roll_call(request.user, session):
        raise PermissionDenied
    return session


@require_http_methods(["GET", "HEAD", "POST"])
def roll_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save the roll call of one session. What was chosen stays, whatever is wrong."""
    session = _session_or_refuse(request, pk)
    enrolments = enrolments_to_call(session)
    if request.method != "POST":
        return _page(request, RollCallForm(session=session, enrolments=enrolments))
    if "fill" in request.POST:
        data = with_unmarked_present(request.POST, enrolments)
        messages.info(request, _("Everybody without a mark is now marked present. Not saved yet."))
        return _page(request, RollCallForm(data, session=session, enrolments=enrolments))
    form = RollCallForm(request.POST, session=session, enrolments=enrolments)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        outcome = record_roll_call(session=session, entries=form.entries, seen=form.seen, by=request.user)  # type: ignore[arg-type]  # signed in
    except RollCallConflictError as conflict:
        data = with_others_seen(request.POST, conflict.records)
        form = RollCallForm(data, session=session, enrolments=enrolments)
        return _page(request, form, status=409, conflict=conflict)
    except DomainError as error:
        form.add_error(None, str(error.message))
        return _page(request, form, status=422)
    _say_what_happened(request, outcome)
    return redirect("attendance:roll_call", pk=session.pk)


def _page(request: HttpRequest, form: RollCallForm, *, status: int = 200, **context: Any) -> HttpResponse:
    """Draw the roll call."""
    rows = list(form.rows)
    chosen = [str(row.status.value() or "") for row in rows]
    return render(
        request,
        "attendance/roll_call.html",
        {
            "session": form.session,
            "run": form.session.run,
            "form": form,
            "rows": rows,
            "present_count": sum(1 for status in chosen if status in ("present", "late", "left_early")),
            "away_count": sum(1 for status in chosen if status in ("absent", "excused")),
            "unmarked_count": chosen.count(""),
            **context,
        },
        status=status,
    )


def _say_what_happened(request: HttpRequest, outcome: RollCall) -> None:
    """Tell what was saved, and what somebody else wrote meanwhile."""
    written = len(outcome.made) + len(outcome.changed)
    if written:
        text = ngettext("Saved: %(count)d person.", "Saved: %(count)d people.", written) % {"count": written}
        messages.success(request, text)
    else:
        messages.success(request, _("Nothing had changed; everything is as it was saved before."))
    for record in outcome.kept:
        messages.info(
            request,
            _("%(name)s was marked “%(status)s” by %(by)s meanwhile; that stands.")
            % {"name": record.enrolment.person, "status": record.get_status_display(), "by": record.recorded_by or "–"},
        )


def _run_or_refuse(request: HttpRequest, code: str) -> CourseRun:
    run: CourseRun = get_object_or_404(
        CourseRun.objects.select_related("course", "curriculum").prefetch_related("curriculum__subjects"), code=code
    )
    if not can_view_attendance_of_run(request.user, run):
        raise PermissionDenied
    return run


@require_safe
def run_attendance(request: HttpRequest, code: str) -> HttpResponse:
    """Show the roll calls of a run and where each trainee stands."""
    run = _run_or_refuse(request, code)
    sessions = with_roll_call_counts(Session.objects.filter(run=run)).select_related("subject", "instructor__person")
    ledgers = attendance_ledger(run)
    enrolments = run.enrolments.filter(pk__in=ledgers).select_related("person", "agency").order_by("number")
    session_list = list(sessions.order_by("starts_at", "number"))
    stands_in = is_administrator(request.user)
    taught = set(sessions_taught_by(request.user).filter(run=run).values_list("pk", flat=True))
    for session in session_list:
        session.may_call = stands_in or session.pk in taught  # type: ignore[attr-defined]  # for the list
    return render(
        request,
        "attendance/run.html",
        {
            "run": run,
            "sessions": session_list,
            "rows": [(enrolment, ledgers[enrolment.pk]) for enrolment in enrolments],
        },
    )


@require_safe
def sheet(request: HttpRequest, code: str, document_format: str) -> StreamingHttpResponse:
    """Send the attendance of a whole run as one file."""
    run = _run_or_refuse(request, code)
    if document_format not in CONTENT_TYPES:
        raise Http404
    response = StreamingHttpResponse(
        write(document_format, attendance_sheet(run)), content_type=CONTENT_TYPES[document_format]
    )
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"attendance-{run.code}.{document_format}"
    )
    response["Cache-Control"] = "private, no-store"
    return response
