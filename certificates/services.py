"""Every write of certificates: batches, issuing, printing, revoking.

    request_batch → IssueBatch queued → (task) run_batch → running → done | failed

A certificate comes out in two short steps, so that no lock is held while a page is drawn: the row with its
serial number and frozen facts first (`issue_certificate`), then the PDF (`print_certificate`). A worker
that is killed anywhere leaves a state from which the next one goes on; the constraint of one valid
certificate per enrolment and the lock on the enrolment see to it that nobody ever gets two.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import User
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from common.fonts import FontSet
from common.rocdates import roc_year
from courses.catalogue.enums import CourseKind
from courses.catalogue.models import Course, CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.learning.completion import CompletionVerdict, name_sessions
from courses.learning.selectors import completion_of
from notifications.services import queue_message

from .enums import OPEN_STATES, BatchState
from .messages import MessageKind
from .models import Certificate, IssueBatch, SerialCounter, SerialSeries, new_public_id
from .printing import certificate_fonts, characters_without_glyph, print_facts
from .selectors import IssuingOverview, issuing_of_run
from .wording import DEFAULT_WORDS, compose_facts

STALE_AFTER = timedelta(minutes=2)
"""A batch that has not moved for so long belongs to a worker that was killed, or its task was lost."""

MAX_ATTEMPTS = 5
"""After so many workers died over it, a batch is failed and a person must look."""

LANGUAGE = "zh-hant"
"""The language of evidence and of the messages: nobody is at the screen while a batch runs."""


# --- batches -------------------------------------------------------------------------------------


def request_batch(*, run: CourseRun, by: User | None) -> IssueBatch:
    """Have certificates issued to all who completed `run` and have none; return the batch.

    While a batch of the run is open, that one is returned: a second click does nothing twice. Raises
    DomainError when nobody is to get one (naming the sessions without a record where these are the cause),
    or when a character on any of the certificates has no glyph: then nothing at all is issued.
    """
    open_batch = _open_batch(run)
    if open_batch is not None:
        return open_batch
    overview = issuing_of_run(run)
    if not overview.to_issue:
        raise _nobody_to_issue(overview)
    _refuse_missing_glyphs(_samples([candidate.verdict for candidate in overview.to_issue]))
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
            _note_progress(batch, remaining=len(verdicts))
            _issue_all(batch, verdicts)
        except DomainError as error:  # a glyph, a page that cannot be drawn
            return _finish(batch, BatchState.FAILED, [str(error)])
        except OSError as error:
            return _finish(batch, BatchState.FAILED, [_("The file could not be stored: %s") % error.strerror])
        return _finish(batch, BatchState.DONE, [_why_not(candidate.verdict) for candidate in overview.blocked])


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


def _issue_all(batch: IssueBatch, verdicts: list[CompletionVerdict]) -> None:
    if not verdicts:
        return
    issued_at = timezone.now()
    samples = _samples(verdicts)
    _refuse_missing_glyphs(samples)
    # what a killed worker left without its PDF has facts of its own
    left = Certificate.objects.valid().filter(enrolment__run=batch.run, file="")
    texts = [facts for _verdict, facts in samples]
    with certificate_fonts([*texts, *(certificate.facts for certificate in left)]) as fonts:
        for verdict in verdicts:
            certificate = issue_certificate(
                enrolment=verdict.enrolment, verdict=verdict, batch=batch, issued_at=issued_at
            )
            print_certificate(certificate=certificate, fonts=fonts)


def _note_progress(batch: IssueBatch, *, remaining: int = 0) -> None:
    """Count what is out, and show that the batch is alive."""
    batch.done = Certificate.objects.ready().filter(batch=batch).count()
    if remaining:
        batch.total = batch.done + remaining
    IssueBatch.objects.filter(pk=batch.pk).update(done=batch.done, total=batch.total, changed_at=timezone.now())


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
                context={"batch": batch, "run": batch.run, "url": _absolute("certificates:batch", batch.pk)},
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
    if overview.issued and not overview.incomplete:
        return DomainError(_("Everybody of this run already has a certificate."), code="all_issued")
    return DomainError(_("Nobody of this run has completed it without having a certificate."), code="nobody")


def _why_not(verdict: CompletionVerdict) -> str:
    enrolment = verdict.enrolment
    return _("%(number)d %(name)s: not issued. %(reason)s") % {
        "number": enrolment.number,
        "name": enrolment.person.name,
        "reason": verdict.open_steps[0].detail,  # the sessions without a record; all else waits for them
    }


def _samples(verdicts: list[CompletionVerdict]) -> list[tuple[CompletionVerdict, dict[str, Any]]]:
    """Return the facts as they will be printed, but for the numbers that are not given yet."""
    if not verdicts:
        return []
    now = timezone.now()
    serial = f"{_stem_of(verdicts[0].enrolment.run.course, now)}-0000"
    return [(verdict, compose_facts(verdict, serial=serial, public_id="", issued_at=now)) for verdict in verdicts]


def _refuse_missing_glyphs(samples: list[tuple[CompletionVerdict, dict[str, Any]]]) -> None:
    problems = []
    for verdict, facts in samples:
        characters = characters_without_glyph(facts)
        if characters:
            problems.append(
                _("%(number)d %(name)s: %(characters)s")
                % {
                    "number": verdict.enrolment.number,
                    "name": verdict.enrolment.person.name,
                    "characters": " ".join(f"{character} (U+{ord(character):04X})" for character in characters),
                }
            )
    if problems:
        raise DomainError(
            _("Nothing was issued. No installed font has these characters: %(problems)s.")
            % {"problems": _("; ").join(problems)},
            code="missing_glyph",
        )


# --- one certificate -----------------------------------------------------------------------------


def issue_certificate(
    *,
    enrolment: Enrolment,
    batch: IssueBatch | None = None,
    verdict: CompletionVerdict | None = None,
    issued_at: datetime | None = None,
    by: User | None = None,
) -> Certificate:
    """Give `enrolment` its certificate: serial number, public number, frozen facts and evidence; no PDF yet.

    The same call again returns the same certificate. Raises DomainError when the enrolment was withdrawn or
    is not complete.
    """
    moment = issued_at or timezone.now()
    verdict = verdict or completion_of(enrolment)
    with transaction.atomic():
        state = Enrolment.objects.select_for_update().values_list("state", flat=True).get(pk=enrolment.pk)
        existing = Certificate.objects.valid().filter(enrolment=enrolment).first()
        if existing is not None:
            return _adopted(existing, batch)
        if state != EnrolmentState.CONFIRMED or not verdict.is_complete:
            raise DomainError(
                _("%(name)s has not completed this run.") % {"name": enrolment.person.name}, code="incomplete"
            )
        serial = _next_serial(_stem_of(verdict.enrolment.run.course, moment))
        public_id = new_public_id()
        certificate = Certificate.objects.create(
            public_id=public_id,
            serial=serial,
            enrolment=enrolment,
            batch=batch,
            facts=compose_facts(verdict, serial=serial, public_id=public_id, issued_at=moment),
            evidence=[step.as_evidence() for step in verdict.steps],
            issued_at=moment,
        )
        audit(
            "certificate.issued",
            obj=certificate,
            by=by or (batch.requested_by if batch else None),
            enrolment=str(enrolment),
        )
    return certificate


def _adopted(certificate: Certificate, batch: IssueBatch | None) -> Certificate:
    """Return a certificate that is there; one whose PDF a failed batch still owed now belongs to `batch`."""
    if batch is not None and not certificate.file and certificate.batch_id != batch.pk:
        certificate.batch = batch
        certificate.save(update_fields=["batch"])
    return certificate


def _stem_of(course: Course, moment: datetime) -> str:
    """Return the stem of the serial number: ROC year of issue and the course's word, such as 115-基礎."""
    word = SerialSeries.objects.filter(course=course).values_list("word", flat=True).first()
    return f"{roc_year(timezone.localdate(moment))}-{word or DEFAULT_WORDS[CourseKind(course.kind)]}"


def _next_serial(stem: str) -> str:
    """Return the next serial number under `stem`; gaps appear only where a transaction is rolled back."""
    SerialCounter.objects.get_or_create(stem=stem)
    counter = SerialCounter.objects.select_for_update().get(stem=stem)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{stem}-{counter.last:04d}"


def print_certificate(*, certificate: Certificate, fonts: FontSet) -> Certificate:
    """Draw the PDF from the facts, store it with its fingerprint, and tell the holder; once.

    Raises `PdfError` when the page cannot be drawn as it must be; then nothing is stored.
    """
    if certificate.file:
        return certificate
    content = print_facts(certificate.facts, fonts=fonts)
    file = certificate.file
    file.save(f"{certificate.public_id}.pdf", ContentFile(content), save=False)
    is_ours = False
    try:
        with transaction.atomic():
            is_ours = bool(
                Certificate.objects.filter(pk=certificate.pk, file="").update(
                    file=file.name,
                    sha256=hashlib.sha256(content).hexdigest(),
                    characters="".join(sorted(fonts.characters)),
                )
            )
            if is_ours:
                if certificate.batch is not None:
                    _note_progress(certificate.batch)
                _tell_holder(certificate, MessageKind.ISSUED, "issued")
    finally:
        if not is_ours:
            file.storage.delete(str(file.name))  # another worker was first, or nothing was committed
    certificate.refresh_from_db()
    return certificate


def _tell_holder(certificate: Certificate, kind: MessageKind, template: str) -> None:
    person = certificate.enrolment.person
    if not person.email:
        return
    queue_message(
        kind=kind,
        to=person.email,
        person=person,
        template=template,
        context={
            "certificate": certificate,
            "facts": certificate.facts,
            "my_learning_url": _absolute("learning:my_learning"),
            "verify_url": certificate.facts["verify_url"],
        },
        language=LANGUAGE,
    )


def _absolute(name: str, *args: Any) -> str:
    with override(LANGUAGE):
        return settings.SITE_URL.rstrip("/") + reverse(name, args=args)


def revoke_certificate(
    *, certificate: Certificate, reason: str, by: User | None, may_be_replaced: bool = False
) -> Certificate:
    """Take a certificate back, for good or to be replaced by a corrected one; it is kept with its reason.

    Revoking again changes nothing. Raises DomainError without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Please state the reason of the revocation."), code="no_reason")
    with transaction.atomic():
        certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if certificate.is_revoked:
            return certificate
        certificate.revoked_at = timezone.now()
        certificate.revoked_reason = reason
        certificate.may_be_replaced = may_be_replaced
        certificate.save(update_fields=["revoked_at", "revoked_reason", "may_be_replaced"])
        audit("certificate.revoked", obj=certificate, by=by, reason=reason, may_be_replaced=may_be_replaced)
        if certificate.file:
            _tell_holder(certificate, MessageKind.REVOKED, "revoked")
    return certificate


def note_collected(*, certificate: Certificate, by: User) -> None:
    """Remember that the holder has downloaded the certificate for the first time; others leave no mark here."""
    if by.person_id == certificate.enrolment.person_id:
        Certificate.objects.filter(pk=certificate.pk, collected_at__isnull=True).update(collected_at=timezone.now())
