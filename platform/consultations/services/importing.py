"""Old spreadsheets on their way into the log.

    prepare_import → uploaded ⇄ map_columns → request_import → queued → (task) run_import → running → done | failed

The cases come into the log in one commit: all rows, or only the accepted ones where that was asked for, or nothing.
The search and the words of similar questions follow in portions; a worker that is killed anywhere leaves a state
from which the next one goes on, and the fingerprint of a row (`import_key`) sees to it that no row is taken twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import IO

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from modelsearch.backends import get_search_backends

from accounts.models import User
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from common.imports import ImportPreview
from common.rocdates import roc_year
from common.spreadsheets import RawTable, not_text, read_raw
from notifications.services import queue_message

from ..enums import ConsultationState, Fill, ImportState
from ..import_plan import CasePlan, judge, refuse_unmapped
from ..messages import ConsultationMessage
from ..models import Consultation, ConsultationImport
from ..old_logs import FIELDS, KNOWN_HEADINGS, guess_mapping
from .log import next_numbers
from .suggesting import index_cases

MAX_ROWS = 20_000

STALE_AFTER = timedelta(minutes=5)
"""An import that has not moved for so long belongs to a worker that was killed, or its task was lost."""

MAX_ATTEMPTS = 5
"""After so many workers died over it, an import is failed and a person must look."""

LANGUAGE = "zh-hant"
"""What stands in the log and in messages: nobody is at the screen while an import runs."""

_UNDER_WAY_OR_DONE = {ImportState.QUEUED, ImportState.RUNNING, ImportState.DONE}
_PORTION = 200
_BATCH = 1000


def prepare_import(*, stream: IO[bytes], name: str, by: User | None) -> ConsultationImport:
    """Read an upload (.ods, .xlsx, .csv) and keep it with a guess at its columns; nothing is imported yet.

    Raises `SpreadsheetError` with what is wrong with the file.
    """
    table = read_raw(stream, name=name, known=KNOWN_HEADINGS, max_rows=MAX_ROWS)
    with transaction.atomic():
        upload = ConsultationImport.objects.create(
            file_name=name[-200:],
            headings=list(table.headings),
            header_row=table.header_row,
            rows=[[row.number, *row.cells] for row in table.rows],
            merged=[list(area) for area in table.merged],
            doubts={f"{row}:{column}": doubt.value for (row, column), doubt in table.doubts.items()},
            held=_held(table),
            notes=list(table.notes),
            mapping=guess_mapping(table.headings),
            created_by=by,
        )
        audit("case_import.uploaded", obj=upload, by=by, rows=len(table.rows))
    return upload


def _held(table: RawTable) -> dict[str, str]:
    """By "row:column" what the cells held that were no text and no plain number."""
    return {
        f"{row.number}:{column}": held
        for row in table.rows
        for column, held in enumerate(row.held)
        if not_text(held) is not None
    }


@transaction.atomic
def map_columns(
    *, upload: ConsultationImport, mapping: Mapping[str, int], fills: Mapping[str, str], by: User | None
) -> ConsultationImport:
    """Say by our field which column (from 0) it comes from, and what its blank cells mean (`Fill`).

    Raises DomainError: `applied` (too late), `column_missing`, `column_twice`, `no_such_column`.
    """
    kept = ConsultationImport.objects.select_for_update().get(pk=upload.pk)
    if kept.state not in {ImportState.UPLOADED, ImportState.FAILED} or kept.applied_at:
        raise DomainError(_("This file has been imported, or is being imported."), code="applied")
    fields = {field.key: field for field in FIELDS}
    refuse_unmapped(mapping)
    if len(set(mapping.values())) < len(mapping):
        raise DomainError(_("Two of the fields come from the same column."), code="column_twice")
    if mapping.keys() - fields.keys() or not all(0 <= column < len(kept.headings) for column in mapping.values()):
        raise DomainError(_("The file has no such column."), code="no_such_column")
    kept.mapping = dict(mapping)
    kept.fills = {
        key: Fill(fill).value for key, fill in fills.items() if fill and key in mapping and fields[key].may_fill
    }
    kept.save(update_fields=["mapping", "fills", "changed_at"])
    audit("case_import.mapped", obj=kept, by=by, fields=sorted(kept.mapping), fills=kept.fills)
    return kept


def request_import(*, upload: ConsultationImport, by: User | None, only_accepted: bool = False) -> ConsultationImport:
    """Have the rows written into the log; return the import. Asked for twice, it is done once.

    An import that failed after its cases were written goes on with the search. Raises DomainError: `refused_rows`
    when a row is refused and the rest alone was not asked for, `nothing_new` when no row would become a case,
    `column_missing`.
    """
    if upload.state in _UNDER_WAY_OR_DONE:
        return upload
    plan = None if upload.applied_at else judge(upload)
    if plan is not None:
        _refuse(plan, only_accepted=only_accepted)
    with transaction.atomic():
        kept = ConsultationImport.objects.select_for_update().get(pk=upload.pk)
        if kept.state in _UNDER_WAY_OR_DONE:
            return kept
        kept.state, kept.attempts, kept.problem = ImportState.QUEUED, 0, ""
        if plan is not None:
            kept.is_partial, kept.applied_by, kept.total = only_accepted, by, len(plan.to_apply)
        kept.save(update_fields=["state", "attempts", "problem", "is_partial", "applied_by", "total", "changed_at"])
        audit("case_import.requested", obj=kept, by=by, cases=kept.total, refused=len(plan.refused) if plan else 0)
        # robust: if the broker is away the row stays, and the sweep sends the task
        after_commit(current_app.send_task, "consultations.run_import", args=[kept.pk], ignore_result=True)
    return kept


def run_import(*, import_id: int) -> ImportState | None:
    """Write the cases, then put them into the search; go on where an earlier worker died.

    The rows are judged anew. Returns the state afterwards, or None when another worker has the import or it is
    finished. Runs outside any transaction.
    """
    if not _claim(import_id):
        return None
    upload = ConsultationImport.objects.select_related("applied_by__person").get(pk=import_id)
    with override(LANGUAGE):
        if upload.attempts > MAX_ATTEMPTS:
            return _finish(upload, problem=_("The work was broken off too often; see the log of the worker."))
        try:
            _write_all(upload)
        except DomainError as refusal:
            return _finish(upload, problem=str(refusal))
        _index_the_rest(upload)
        return _finish(upload)


def sweep_imports() -> list[int]:
    """Return the open imports that stand still, for the caller to send again. Safe to do any number of times."""
    still = ConsultationImport.objects.filter(
        state__in=[ImportState.QUEUED, ImportState.RUNNING], changed_at__lt=timezone.now() - STALE_AFTER
    )
    return list(still.order_by("pk").values_list("pk", flat=True))


def _refuse(plan: ImportPreview[CasePlan], *, only_accepted: bool) -> None:
    if plan.refused and not only_accepted:
        message = _("%(count)d rows are refused. Correct the file, or take only the accepted rows.")
        raise DomainError(message % {"count": len(plan.refused)}, code="refused_rows")
    if not plan.to_apply:
        raise DomainError(_("No row of the file would become a new case."), code="nothing_new")


def _claim(import_id: int) -> bool:
    now = timezone.now()
    free = Q(state=ImportState.QUEUED) | Q(state=ImportState.RUNNING, changed_at__lt=now - STALE_AFTER)
    claimed = ConsultationImport.objects.filter(free, pk=import_id).update(
        state=ImportState.RUNNING, attempts=F("attempts") + 1, changed_at=now
    )
    return bool(claimed)


def _write_all(upload: ConsultationImport) -> None:
    """Write all cases in one commit, unless an earlier worker has; the log changes by all of them or by none."""
    if upload.applied_at:
        return
    try:
        _write_once(upload)
    except IntegrityError:
        # another file with the same rows was faster: judged anew, they were imported before
        _write_once(upload)


def _write_once(upload: ConsultationImport) -> None:
    plan = judge(upload)
    _refuse(plan, only_accepted=upload.is_partial)
    rows = sorted(plan.to_apply, key=lambda verdict: (_payload(verdict.payload).asked_at, verdict.row))
    with transaction.atomic():
        cases = [_case(upload, verdict.row, _payload(verdict.payload)) for verdict in rows]
        _give_numbers(cases)
        Consultation.objects.bulk_create(cases, batch_size=_BATCH)
        through = Consultation.articles.through
        through._default_manager.bulk_create(
            [
                through(consultation_id=case.pk, article_id=article)
                for case, verdict in zip(cases, rows, strict=True)
                for article in _payload(verdict.payload).article_ids
            ],
            batch_size=_BATCH,
        )
        upload.written = [case.pk for case in cases]
        upload.total, upload.done, upload.applied_at = len(cases), 0, timezone.now()
        upload.save(update_fields=["written", "total", "done", "applied_at", "changed_at"])
        audit("case_import.applied", obj=upload, by=upload.applied_by, cases=len(cases), refused=len(plan.refused))


def _payload(payload: CasePlan | None) -> CasePlan:
    assert payload is not None  # noqa: S101  only refused and unchanged rows have none
    return payload


def _case(upload: ConsultationImport, row: int, plan: CasePlan) -> Consultation:
    source = _("%(file)s, row %(row)d") % {"file": upload.file_name, "row": row}
    is_answered = bool(plan.answer)
    return Consultation(
        state=ConsultationState.ANSWERED if is_answered else ConsultationState.OPEN,
        channel=plan.channel,
        asked_at=plan.asked_at,
        question=plan.question,
        answer=plan.answer,
        answered_at=plan.asked_at if is_answered else None,
        minutes=plan.minutes,
        subject=plan.subject,
        error_pattern=plan.error_pattern,
        articles_named=plan.articles_named,
        agency=plan.agency,
        caller_name=plan.caller_name,
        officer=plan.officer,
        follow_up=plan.follow_up,
        import_key=plan.key,
        source="; ".join([source, *plan.unresolved])[:200],
    )


def _give_numbers(cases: list[Consultation]) -> None:
    """Number the cases, which are in the order of their dates, within the ROC year of each."""
    by_year: dict[int, list[Consultation]] = {}
    for case in cases:
        by_year.setdefault(roc_year(timezone.localdate(case.asked_at)), []).append(case)
    for year, of_year in sorted(by_year.items()):
        for case, number in zip(of_year, next_numbers(year, len(of_year)), strict=True):
            case.number = number


def _index_the_rest(upload: ConsultationImport) -> None:
    """Put the cases into the search and among the similar ones, a portion per commit; show that the work is alive."""
    while upload.done < len(upload.written):
        keys = upload.written[upload.done : upload.done + _PORTION]
        with transaction.atomic():
            cases = list(Consultation.objects.filter(pk__in=keys))
            for backend in get_search_backends(with_auto_update=True):
                backend.add_bulk(Consultation, cases)
            index_cases(cases)
            upload.done += len(keys)
            upload.save(update_fields=["done", "changed_at"])


def _finish(upload: ConsultationImport, *, problem: str = "") -> ImportState:
    with transaction.atomic():
        upload.state = ImportState.FAILED if problem else ImportState.DONE
        upload.problem = problem
        upload.save(update_fields=["state", "problem", "changed_at"])
        if problem:
            audit("case_import.failed", obj=upload, by=upload.applied_by)
        _tell(upload)
    return ImportState(upload.state)


def _tell(upload: ConsultationImport) -> None:
    user = upload.applied_by
    if user is None or not user.is_active:
        return
    url = settings.SITE_URL.rstrip("/") + reverse("consultation_import:progress", args=[upload.pk])
    queue_message(
        kind=ConsultationMessage.IMPORT_FINISHED.value,
        to=user.email,
        template="import_finished",
        context={
            "upload": upload, "name": user.get_full_name(), "url": url, "is_done": upload.state == ImportState.DONE,
        },
        person=user.person,
        language=LANGUAGE,
    )  # fmt: skip
