"""Files of notices on their way into the records.

    receive_file → uploaded (⇄ map_columns) → start_reading → reading → (task) run_reading → read
    → apply_import → queued → (task) run_import → running → done | failed

Reading judges every row and keeps the verdicts beside the file (`verdict_pages`). Applying goes through the file once
more and writes it in one commit: all rows, or only the accepted ones where that was asked for, or nothing. Its progress
stands in the cache, since what it writes to the row is seen by nobody before that commit. A worker that is killed
leaves a state from which the next one goes on: nothing of its commit is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from posixpath import dirname
from typing import IO, cast
from uuid import uuid4

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError
from common.file_types import extension_of
from common.imports import Outcome, RowVerdict
from notifications.services import queue_message

from ..enums import CaseSource, NoticeImportState
from ..messages import ImportMessage
from ..models import NoticeImport
from ..reading.entries import Entry
from ..reading.files import check_upload, open_entries, refuse_unmapped
from ..reading.sheets import FIELDS, SheetField, guess_mapping, read_table_of, reading_notes
from ..reading.streams import check_beginning
from .applying import Tally, apply_entries, judge_entries
from .intake import Verdict
from .verdict_pages import VerdictPages, drop_pages, read_page

STALE_AFTER = timedelta(minutes=5)
"""An import that has not moved for so long belongs to a worker that was killed, or its task was lost."""

MAX_ATTEMPTS = 5
"""After so many workers died over it, an import is failed and a person must look."""

KEPT_FOR = timedelta(days=30)
"""A file that nobody applied is thrown away after so long: it holds names and phones, which we do not keep."""

LANGUAGE = "zh-hant"
"""What verdicts and messages are written in: nobody is at the screen while the worker reads."""

_FOLDER = "casestudies/imports"
_State = NoticeImportState
_FREE = {_State.UPLOADED, _State.READ, _State.FAILED}
_UNDER_WAY_OR_DONE = {_State.QUEUED, _State.RUNNING, _State.DONE}


def sheet_fields() -> Sequence[SheetField]:
    """Return what a column of a spreadsheet may hold."""
    return FIELDS


def receive_file(*, upload: File, by: User | None) -> NoticeImport:
    """Keep an upload (.json, .ods, .xlsx, .csv) where no address leads; nothing is imported yet.

    Of a spreadsheet the headings are read and its columns guessed; of JSON the beginning is looked at. Raises
    DomainError: `file_*` as `check_upload` says (a file of 200 MB is refused by its size, unread), what is wrong with
    the beginning of JSON (NoticeFileError) or with a spreadsheet (SpreadsheetError, `unit_unclear`).
    """
    name = upload.name or ""
    source = check_upload(upload)
    kept = NoticeImport(file_name=name[-200:], source=source, created_by=by)
    upload.seek(0)
    if source == CaseSource.SHEET:
        table = read_table_of(cast(IO[bytes], upload.file), name=name)
        kept.headings, kept.header_row = list(table.headings), table.header_row
        kept.mapping = guess_mapping(table.headings)
        kept.notes = reading_notes(table, kept.mapping)
    else:
        check_beginning(cast(IO[bytes], upload.file))
    upload.seek(0)
    # may take long: before the transaction, not in it
    kept.file = default_storage.save(f"{_FOLDER}/{uuid4().hex}/notices.{extension_of(name)}", upload)
    try:
        with transaction.atomic():
            kept.save()
            audit("notice_import.uploaded", obj=kept, by=by, bytes=upload.size)
    except BaseException:
        default_storage.delete(kept.file)  # no file without its row
        raise
    return kept


@transaction.atomic
def map_columns(*, notice_import: NoticeImport, mapping: Mapping[str, int], by: User | None) -> NoticeImport:
    """Say by our field which column (from 0) of a spreadsheet it comes from. The file has to be read again then.

    Raises DomainError: `applied` (too late), `under_way`, `column_missing`, `column_twice`, `no_such_column`.
    """
    kept = _locked(notice_import)
    refuse_unmapped(mapping)
    if len(set(mapping.values())) < len(mapping):
        raise DomainError(_("Two of the fields come from the same column."), code="column_twice")
    known = {field.key for field in FIELDS}
    if mapping.keys() - known or not all(0 <= column < len(kept.headings) for column in mapping.values()):
        raise DomainError(_("The file has no such column."), code="no_such_column")
    kept.mapping, kept.state = dict(mapping), _State.UPLOADED
    kept.save(update_fields=["mapping", "state", "changed_at"])
    audit("notice_import.mapped", obj=kept, by=by, fields=sorted(kept.mapping))
    return kept


@transaction.atomic
def start_reading(*, notice_import: NoticeImport) -> NoticeImport:
    """Have the worker judge every row of the file. Asked for while it is being read, nothing more happens.

    Raises DomainError: `applied`, `under_way`, `column_missing`.
    """
    kept = NoticeImport.objects.select_for_update(of=("self",)).get(pk=notice_import.pk)
    if kept.state == _State.READING:
        return kept
    _refuse_busy(kept)
    if kept.source == CaseSource.SHEET:
        refuse_unmapped(kept.mapping)
    kept.state, kept.attempts, kept.problem, kept.done, kept.total = _State.READING, 0, "", 0, 0
    kept.counts, kept.problems = {}, []
    kept.save(
        update_fields=["state", "attempts", "problem", "done", "total", "counts", "problems", "changed_at"]
    )  # fmt: skip
    # robust: if the broker is away the row stays, and the sweep sends the task
    after_commit(current_app.send_task, "casestudies.read_import", args=[kept.pk], ignore_result=True)
    return kept


def run_reading(*, import_id: int) -> NoticeImportState | None:
    """Judge every row of the file and keep the verdicts. Return the state afterwards; None where another worker has it.

    Runs outside any transaction; how far it is stands in the row.
    """
    if not _claim(import_id, Q(state=_State.READING, attempts=0), _State.READING):
        return None
    kept = NoticeImport.objects.get(pk=import_id)
    with override(LANGUAGE):
        if kept.attempts > MAX_ATTEMPTS:
            return _fail(kept, _("The work was broken off too often; see the log of the worker."))
        drop_pages(kept.file)
        pages = VerdictPages(kept.file)

        def watch(verdicts: Sequence[Verdict]) -> None:
            pages.add(verdicts)
            kept.done += len(verdicts)
            NoticeImport.objects.filter(pk=kept.pk).update(done=kept.done, changed_at=timezone.now())

        notes: list[str] = []
        try:
            with _entries(kept, notes.extend) as entries:
                tally = judge_entries(entries, source=CaseSource(kept.source), watch=watch)
        except DomainError as refusal:
            return _fail(kept, str(refusal))
        pages.close()
    with transaction.atomic():
        kept = NoticeImport.objects.select_for_update(of=("self",)).get(pk=import_id)
        if kept.state == _State.READING:
            kept.state, kept.counts, kept.problems = _State.READ, tally.counts, tally.problems
            kept.done, kept.total, kept.notes = tally.rows, tally.rows, notes
            kept.save(update_fields=["state", "counts", "problems", "done", "total", "notes", "changed_at"])
    return NoticeImportState(kept.state)


def verdicts_page(notice_import: NoticeImport, page: int, outcome: str = "") -> list[RowVerdict[None]]:
    """Return a page of 50 verdicts (from 1) as they were when the file was read, of those with `outcome` or of all.

    It opens one or two portions of 500 verdicts, however long the file is.
    """
    return read_page(notice_import.file, page, outcome) if notice_import.file else []


def apply_import(*, notice_import: NoticeImport, by: User | None, is_partial: bool = False) -> NoticeImport:
    """Have the worker write the file into the records; return the import. Asked for twice, it is done once.

    Raises DomainError: `refused_rows` when a row is refused and the rest alone was not asked for, `nothing_new` when
    no notice would be new or changed, `not_read` before the verdicts are there.
    """
    with transaction.atomic():
        kept = NoticeImport.objects.select_for_update(of=("self",)).get(pk=notice_import.pk)
        if kept.state in _UNDER_WAY_OR_DONE:
            return kept
        if kept.state != _State.READ:
            raise DomainError(_("The file has not been read to its end yet."), code="not_read")
        refused = kept.counts[Outcome.REFUSED.value]
        if refused and not is_partial:
            message = _("%(count)d rows are refused. Correct the file, or take only the accepted rows.")
            raise DomainError(message % {"count": refused}, code="refused_rows")
        if not kept.counts[Outcome.NEW.value] + kept.counts[Outcome.CHANGED.value]:
            raise DomainError(_("No notice of the file is new or changed."), code="nothing_new")
        kept.state, kept.attempts, kept.problem, kept.done = _State.QUEUED, 0, "", 0
        kept.is_partial, kept.applied_by = is_partial, by
        kept.save(
            update_fields=["state", "attempts", "problem", "done", "is_partial", "applied_by", "changed_at"]
        )  # fmt: skip
        audit("notice_import.requested", obj=kept, by=by, notices=kept.total - refused, refused=refused)
        after_commit(current_app.send_task, "casestudies.run_import", args=[kept.pk], ignore_result=True)
    return kept


def run_import(*, import_id: int) -> NoticeImportState | None:
    """Write the notices in one commit, unless that was done; return the state afterwards.

    None when another worker has the import or it is finished. The rows are judged anew. Runs outside any transaction.
    """
    if not _claim(import_id, Q(state=_State.QUEUED), _State.RUNNING):
        return None
    kept = NoticeImport.objects.select_related("applied_by__person").get(pk=import_id)
    with override(LANGUAGE):
        if kept.attempts > MAX_ATTEMPTS:
            return _fail(kept, _("The work was broken off too often; see the log of the worker."))
        try:
            try:
                _write_once(kept)
            except IntegrityError:
                # somebody else recorded one of the cases a moment ago: judged anew, it is on record
                _write_once(kept)
        except DomainError as refusal:
            return _fail(kept, str(refusal))
        finally:
            cache.delete(_progress_key(import_id))
    _drop_file(kept)
    return NoticeImportState(kept.state)


def _write_once(kept: NoticeImport) -> None:
    """Write the file. The lock on the import's row tells other workers that this one is alive."""
    done = 0

    def watch(verdicts: Sequence[Verdict]) -> None:
        nonlocal done
        done += len(verdicts)
        cache.set(_progress_key(kept.pk), done, STALE_AFTER.total_seconds())

    with transaction.atomic():
        NoticeImport.objects.select_for_update(of=("self",)).get(pk=kept.pk)
        with _entries(kept) as entries:
            tally = apply_entries(
                entries,
                source=CaseSource(kept.source),
                by=kept.applied_by,
                is_partial=kept.is_partial,
                watch=watch,
            )
        _finish(kept, tally)


def _finish(kept: NoticeImport, tally: Tally) -> None:
    kept.state, kept.counts, kept.problems = _State.DONE, tally.counts, tally.problems
    kept.done = kept.total = tally.rows
    kept.applied_at = timezone.now()
    kept.save(update_fields=["state", "counts", "problems", "done", "total", "applied_at", "changed_at"])
    audit("notice_import.applied", obj=kept, by=kept.applied_by, counts=tally.counts)
    _tell(kept)


def done_so_far(notice_import: NoticeImport) -> int:
    """Return how many rows have been gone through, also those that the worker is writing just now."""
    if notice_import.state != _State.RUNNING:
        return notice_import.done
    return int(cache.get(_progress_key(notice_import.pk), notice_import.done))


@transaction.atomic
def discard_import(*, notice_import: NoticeImport, by: User | None) -> None:
    """Throw a file away with all that was read of it. Raises DomainError: `applied`, `under_way` (it is written)."""
    kept = NoticeImport.objects.select_for_update(of=("self",)).filter(pk=notice_import.pk).first()
    if kept is None:
        return
    if kept.state != _State.READING:
        _refuse_busy(kept)
    audit("notice_import.discarded", obj=kept, by=by)
    after_commit(_drop_file, kept)
    NoticeImport.objects.filter(pk=kept.pk).delete()


def sweep_imports() -> tuple[list[int], list[int]]:
    """Return the imports that stand still, to be read and to be written, for the caller to send again.

    Files that nobody applied for `KEPT_FOR` are thrown away. Safe to do any number of times.
    """
    now = timezone.now()
    for forgotten in NoticeImport.objects.filter(state__in=_FREE, changed_at__lt=now - KEPT_FOR).exclude(file=""):
        discard_import(notice_import=forgotten, by=None)
    still = NoticeImport.objects.filter(changed_at__lt=now - STALE_AFTER).order_by("pk")
    to_read = still.filter(state=_State.READING).values_list("pk", flat=True)
    to_write = still.filter(state__in=[_State.QUEUED, _State.RUNNING]).values_list("pk", flat=True)
    return list(to_read), [pk for pk in to_write if cache.get(_progress_key(pk)) is None]


@transaction.atomic
def _claim(import_id: int, fresh: Q, state: NoticeImportState) -> bool:
    """Take the import for this worker. One that another worker is writing is locked, and passed over."""
    now = timezone.now()
    free = fresh | Q(state=state, changed_at__lt=now - STALE_AFTER)
    rows = NoticeImport.objects.select_for_update(skip_locked=True, of=("self",)).filter(free, pk=import_id)
    if rows.first() is None:
        return False
    changes = {"state": state, "attempts": F("attempts") + 1, "changed_at": now}
    return bool(NoticeImport.objects.filter(free, pk=import_id).update(**changes))


@contextmanager
def _entries(
    kept: NoticeImport, remark: Callable[[list[str]], None] = lambda _notes: None
) -> Iterator[Iterator[Entry]]:
    """Open the file and yield its rows; see `open_entries`. Raises DomainError `no_file` where it is gone."""
    if not kept.file or not default_storage.exists(kept.file):
        raise DomainError(_("The file is gone. Upload it again."), code="no_file")
    with default_storage.open(kept.file) as file:
        yield open_entries(cast(IO[bytes], file.file), name=kept.file, mapping=kept.mapping, remark=remark)


def _fail(kept: NoticeImport, problem: str) -> NoticeImportState:
    with transaction.atomic():
        kept.state, kept.problem = _State.FAILED, problem
        if NoticeImport.objects.filter(pk=kept.pk).exists():  # not thrown away meanwhile
            kept.save(update_fields=["state", "problem", "changed_at"])
            audit("notice_import.failed", obj=kept, by=kept.applied_by)
            _tell(kept)
    return NoticeImportState(kept.state)


def _tell(kept: NoticeImport) -> None:
    """Tell whoever asked for it that the file is in, or why not."""
    user = kept.applied_by
    if user is None or not user.is_active:
        return
    url = settings.SITE_URL.rstrip("/") + reverse("casestudies_imports:preview", args=[kept.pk])
    queue_message(
        kind=ImportMessage.FINISHED.value,
        to=user.email,
        template="casestudies/notice_import_finished",
        context={
            "upload": kept, "name": user.get_full_name(), "url": url, "is_done": kept.state == _State.DONE,
            "new": kept.counts.get(Outcome.NEW.value, 0), "changed": kept.counts.get(Outcome.CHANGED.value, 0),
        },
        person=user.person,
        language=LANGUAGE,
    )  # fmt: skip


def _locked(notice_import: NoticeImport) -> NoticeImport:
    kept = NoticeImport.objects.select_for_update(of=("self",)).get(pk=notice_import.pk)
    _refuse_busy(kept)
    return kept


def _refuse_busy(kept: NoticeImport) -> None:
    if kept.applied_at is not None or kept.state == _State.DONE:
        raise DomainError(_("This file has been imported."), code="applied")
    if kept.state not in _FREE:
        raise DomainError(_("The worker has this file just now. Wait until it is done."), code="under_way")


def _drop_file(kept: NoticeImport) -> None:
    """Delete the file and its verdicts: with names and phones in it, it is kept no longer than it is needed."""
    if not kept.file:
        return
    drop_pages(kept.file)
    default_storage.delete(kept.file)
    default_storage.delete(dirname(kept.file))  # a folder on a disk, nothing in an object store
    NoticeImport.objects.filter(pk=kept.pk).update(file="")


def _progress_key(import_id: int) -> str:
    return f"casestudies.import.{import_id}"
