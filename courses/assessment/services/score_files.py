"""Score files: previewed row by row, then applied as previewed, whole or not at all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from common.imports import Outcome

from ..enums import ImportState
from ..judging import Judged, judge
from ..models import ScoreImport
from ..score_sheet import ScoreRow, read_score_file
from .certifications import certify
from .results import lock_runs, write_results


def preview_scores(*, stream: IO[bytes], name: str, by: User | None) -> ScoreImport:
    """Read and judge a score file and keep the verdicts; nothing of it is applied.

    Raises `common.spreadsheets.SpreadsheetError` where the file as a whole cannot be taken; nothing is kept then.
    """
    rows, notes = read_score_file(stream, name=name)
    stream.seek(0)
    fingerprint = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a binary stream
    judged = judge(rows)
    with transaction.atomic():
        score_import = ScoreImport.objects.create(
            file_name=name[-200:],
            sha256=fingerprint,
            rows=_stored(judged),
            counts=_counts(judged),
            notes=notes,
            uploaded_by=by,
        )
        audit("assessment.scores_previewed", obj=score_import, by=by, **score_import.counts)
    return score_import


def apply_scores(*, score_import: ScoreImport, by: User | None, only_accepted: bool = False) -> ScoreImport:
    """Write what the preview announced, in one transaction. Applying twice does nothing twice.

    With refused rows nothing is written, unless `only_accepted` says to leave them out. Where anything has changed
    since the preview, the verdicts are renewed instead and nothing is written.
    Raises DomainError: `discarded`, `refused_rows`, `changed_since_preview`.
    """
    is_stale = False
    with transaction.atomic():
        score_import = ScoreImport.objects.select_for_update().get(pk=score_import.pk)
        if score_import.state == ImportState.APPLIED:
            return score_import
        if score_import.state == ImportState.DISCARDED:
            raise DomainError(_("This file was discarded; upload it again."), code="discarded")
        rows = [ScoreRow.from_json(stored["given"]) for stored in score_import.rows]
        lock_runs({row.run for row in rows})
        judged = judge(rows)
        is_stale = _stored(judged) != score_import.rows
        if is_stale:
            score_import.rows, score_import.counts = _stored(judged), _counts(judged)
            score_import.save(update_fields=["rows", "counts"])
        else:
            _apply(score_import, judged, by=by, only_accepted=only_accepted)
    if is_stale:
        raise DomainError(
            _("Something has changed since the preview. Nothing was imported; look at the renewed preview."),
            code="changed_since_preview",
        )
    return score_import


def _apply(score_import: ScoreImport, judged: Sequence[Judged], *, by: User | None, only_accepted: bool) -> None:
    accepted = [item for item in judged if not item.problems]
    if len(accepted) < len(judged) and not only_accepted:
        raise DomainError(
            _("Some rows are refused. Nothing was imported: correct the file, or import only the accepted rows."),
            code="refused_rows",
        )
    if not accepted:
        raise DomainError(_("No row of this file can be imported."), code="refused_rows")
    write_results(accepted, by=by)
    for item in accepted:
        if item.certificate_is_new and item.enrolment is not None and item.given.issued_on is not None:
            certify(
                enrolment=item.enrolment,
                number=item.given.certificate,
                issued_on=item.given.issued_on,
                source=score_import.file_name,
                by=by,
            )
    score_import.state = ImportState.APPLIED
    score_import.applied_at = timezone.now()
    score_import.save(update_fields=["state", "applied_at"])
    audit("assessment.scores_applied", obj=score_import, by=by, only_accepted=only_accepted, **score_import.counts)


def discard_scores(*, score_import: ScoreImport, by: User | None) -> ScoreImport:
    """Put a previewed file aside. Idempotent. Raises DomainError `applied` where its results are in already."""
    with transaction.atomic():
        score_import = ScoreImport.objects.select_for_update().get(pk=score_import.pk)
        if score_import.state == ImportState.APPLIED:
            raise DomainError(_("This file has been imported already."), code="applied")
        if score_import.state == ImportState.PREVIEWED:
            score_import.state = ImportState.DISCARDED
            score_import.save(update_fields=["state"])
            audit("assessment.scores_discarded", obj=score_import, by=by)
    return score_import


def _counts(judged: Sequence[Judged]) -> dict[str, int]:
    found = Counter(item.outcome for item in judged)
    warned = sum(1 for item in judged if item.warnings and not item.problems)
    return {**{outcome.value: found[outcome] for outcome in Outcome}, "warned": warned, "rows": len(judged)}


def _stored(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Return what is kept of the verdicts, as JSON gives it back."""
    return [
        {
            "given": item.given.as_json(),
            "outcome": item.outcome.value,
            "total": item.grade.total if item.grade else None,
            "passed": item.grade.passed if item.grade else False,
            "problems": [problem.as_json() for problem in item.problems],
            "warnings": [warning.as_json() for warning in item.warnings],
            "changes": [list(change) for change in item.changes],
        }
        for item in judged
    ]
