"""Batches: everybody of a run who is due a certificate gets it, whatever becomes of the worker.

    request_batch → IssueBatch queued → (task) run_batch → running → done | failed

A worker that is killed anywhere leaves a state from which the next one goes on. One person whose certificate
cannot be issued keeps nobody else waiting: the batch names them with the reason.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import User
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from courses.catalogue.models import CourseRun
from courses.learning.completion import CompletionVerdict, name_sessions
from notifications.services import queue_message

from ..enums import OPEN_STATES, BatchState
from ..messages import MessageKind
from ..models import Certificate, IssueBatch
from ..printing import certificate_fonts, characters_without_glyph
from ..selectors import IssuingOverview, issuing_of_run
from ..waiting_names import REASON
from ..wording import compose_facts
from .issuing import LANGUAGE, absolute_url, issue_certificate, note_progress, print_certificate, stem_of

STALE_AFTER = timedelta(minutes=2)
"""A batch that has not moved for so long belongs to a worker that was killed, or its task was lost."""

MAX_ATTEMPTS = 5
"""After so many workers died over it, a batch is failed and a person must look."""


def request_batch(*, run: CourseRun, by: User | None) -> IssueBatch:
    """Have certificates issued to all who completed `run` and have none; return the batch.

    While a batch of the run is open, that one is returned: a second click does nothing twice. Raises
    DomainError when nobody is to get one, naming the sessions without a record or the characters without a
    glyph where these are the cause.
    """
    open_batch = _open_batch(run)
    if open_batch is not None:
        return open_batch
    overview = issuing_of_run(run)
    if not overview.to_issue:
        raise _nobody_to_issue(overview)
    samples, kept_back = _samples([candidate.verdict for candidate in overview.to_issue])
    if not samples:
        raise DomainError(
            _("Nothing can be issued. %(problems)s") % {"problems": " ".join(kept_back)}, code="missing_glyph"
        )
    with transaction.atomic():
        CourseRun.objects.select_for_update().get(pk=run.pk)
        open_batch = _open_batch(run)
        if open_batch is not None:
            return open_batch
        batch = IssueBatch.objects.create(run=run, total=len(overview.to_issue), requested_by=by)
        audit("certificate.batch_requested", obj=batch, by=by, run=run.code, total=batch.total)
        # robust: if the broker is away the row stays, and the sweep sends the task
        after_commit(current_app.send_task, "certificates.run_batch", args=[batch.pk], ignore_result=True)
    return batch


def run_batch(*, batch_id: int) -> BatchState | None:
    """Issue what a batch is to issue, one certificate per commit, and go on where an earlier worker died.

    Who is complete is judged anew. Returns the state afterwards, or None when another worker has the batch
    or it is finished. Runs outside any transaction.
    """
    if not _claim(batch_id):
        return None
    batch = IssueBatch.objects.select_related("run__course", "requested_by__person").get(pk=batch_id)
    if batch.attempts > MAX_ATTEMPTS:
        return _finish(batch, BatchState.FAILED, [_("The work was broken off too often; see the log of the worker.")])
    with override(LANGUAGE):
        overview = issuing_of_run(batch.run)
        verdicts = [candidate.verdict for candidate in overview.to_issue]
        try:
            note_progress(batch, remaining=len(verdicts))
            kept_back = _issue_all(batch, verdicts)
        except OSError as error:
            return _finish(batch, BatchState.FAILED, [_("The file could not be stored: %s") % error.strerror])
        has_failed = bool(kept_back) and not Certificate.objects.ready().filter(batch=batch).exists()
        lacking = [_not_issued(item.verdict, item.verdict.open_steps[0].detail) for item in overview.blocked]
        waiting = [_not_issued(item.verdict, str(REASON)) for item in overview.waiting_for_name]
        state = BatchState.FAILED if has_failed else BatchState.DONE
        return _finish(batch, state, [*kept_back, *waiting, *lacking])


def sweep_batches() -> list[int]:
    """Return the open batches that stand still, for the caller to send again. Safe to do any number of times."""
    still = IssueBatch.objects.filter(state__in=OPEN_STATES, changed_at__lt=timezone.now() - STALE_AFTER)
    return list(still.order_by("pk").values_list("pk", flat=True))


def _open_batch(run: CourseRun) -> IssueBatch | None:
    return IssueBatch.objects.filter(run=run, state__in=OPEN_STATES).first()


def _claim(batch_id: int) -> bool:
    now = timezone.now()
    free = Q(state=BatchState.QUEUED) | Q(state=BatchState.RUNNING, changed_at__lt=now - STALE_AFTER)
    claimed = IssueBatch.objects.filter(free, pk=batch_id).update(
        state=BatchState.RUNNING, attempts=F("attempts") + 1, changed_at=now
    )
    return bool(claimed)


def _issue_all(batch: IssueBatch, verdicts: list[CompletionVerdict]) -> list[str]:
    """Issue and print to each of `verdicts`; return who was kept back, and why."""
    samples, kept_back = _samples(verdicts)
    if not samples:
        return kept_back
    issued_at = timezone.now()
    # what a killed worker left without its PDF has facts of its own
    left = Certificate.objects.valid().filter(run=batch.run, file="")
    texts = [facts for _verdict, facts in samples]
    with certificate_fonts([*texts, *(certificate.facts for certificate in left)]) as fonts:
        for verdict, _facts in samples:
            try:
                certificate = issue_certificate(
                    enrolment=verdict.enrolment, verdict=verdict, batch=batch, issued_at=issued_at
                )
                print_certificate(certificate=certificate, fonts=fonts)
            except DomainError as error:  # withdrawn a moment ago, a page that cannot be drawn
                kept_back.append(_not_issued(verdict, str(error)))
    return kept_back


def _finish(batch: IssueBatch, state: BatchState, problems: list[str]) -> BatchState:
    with transaction.atomic():
        batch.done = Certificate.objects.ready().filter(batch=batch).count()
        batch.state, batch.problems, batch.finished_at = state, problems, timezone.now()
        batch.save(update_fields=["done", "state", "problems", "finished_at", "changed_at"])
        audit(
            "certificate.batch_done" if state == BatchState.DONE else "certificate.batch_failed",
            obj=batch, by=batch.requested_by, done=batch.done, total=batch.total,
        )  # fmt: skip
        requester = batch.requested_by
        if requester is not None:
            queue_message(
                kind=MessageKind.BATCH_FINISHED,
                to=requester.email,
                person=requester.person,
                template="batch_finished",
                context={"batch": batch, "run": batch.run, "url": absolute_url("certificates:batch", batch.pk)},
                language=LANGUAGE,
            )
    return state


def _nobody_to_issue(overview: IssuingOverview) -> DomainError:
    sessions = {
        session.pk: session
        for candidate in overview.blocked
        for session in candidate.verdict.ledger.unrecorded_sessions
    }
    if sessions:
        ordered = sorted(sessions.values(), key=lambda session: (session.starts_at, session.number))
        return DomainError(
            ngettext(
                "Nothing can be issued: %(count)d session has no complete record: %(sessions)s.",
                "Nothing can be issued: %(count)d sessions have no complete record: %(sessions)s.",
                len(ordered),
            )
            % {"count": len(ordered), "sessions": name_sessions(ordered)},
            code="unrecorded_sessions",
        )
    if overview.waiting_for_name:
        return DomainError(REASON, code="name_waits")
    if overview.issued and not overview.incomplete:
        return DomainError(_("Everybody of this run already has a certificate."), code="all_issued")
    return DomainError(_("Nobody of this run has completed it without having a certificate."), code="nobody")


def _not_issued(verdict: CompletionVerdict, reason: str) -> str:
    enrolment = verdict.enrolment
    return _("%(number)d %(name)s: not issued. %(reason)s") % {
        "number": enrolment.number,
        "name": enrolment.person.name,
        "reason": reason,
    }


def _samples(verdicts: list[CompletionVerdict]) -> tuple[list[tuple[CompletionVerdict, dict[str, Any]]], list[str]]:
    """Return the facts as printed, but for the numbers not given yet; and who cannot be printed, with the reason."""
    samples: list[tuple[CompletionVerdict, dict[str, Any]]] = []
    kept_back: list[str] = []
    now = timezone.now()
    serial = f"{stem_of(verdicts[0].enrolment.run.course, now)}-0000" if verdicts else ""
    for verdict in verdicts:
        facts = compose_facts(verdict, serial=serial, public_id="", issued_at=now)
        missing = characters_without_glyph(facts)
        if missing:
            characters = " ".join(f"{character} (U+{ord(character):04X})" for character in missing)
            reason = _(
                "No installed font has %(characters)s. Install a font that has it, or correct the name if it is"
                " mistyped, then issue again."
            )
            kept_back.append(_not_issued(verdict, reason % {"characters": characters}))
        else:
            samples.append((verdict, facts))
    return samples, kept_back
