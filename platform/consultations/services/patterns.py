"""Error patterns (錯誤態樣): the list that an installation begins with, and its keeping."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction

from accounts.models import User
from common.audit import audit
from library.services import ensure_subjects

from ..models import ErrorPattern

_FILE = Path(__file__).resolve().parent.parent / "data" / "error_patterns.json"


@transaction.atomic
def ensure_error_patterns() -> list[ErrorPattern]:
    """Lay the error patterns of `data/error_patterns.json` that are missing, and return all of them.

    Idempotent: a pattern is known by its code, and what was edited or retired stays so. The words are the platform's
    own, after the Act and its regulations; the official list is the Public Construction Commission's
    「政府採購錯誤行為態樣」, which `source` names.
    """
    content = json.loads(_FILE.read_text(encoding="utf-8"))
    subjects = {subject.code: subject for subject in ensure_subjects()}
    known = set(ErrorPattern.objects.values_list("code", flat=True))
    taken = set(ErrorPattern.objects.values_list("name", flat=True))
    missing = [
        ErrorPattern(
            code=pattern["code"],
            category=category["category"],
            category_en=category["category_en"],
            name=pattern["name"],
            name_en=pattern["name_en"],
            basis=pattern["basis"],
            subject=subjects[pattern["subject"]],
            source=content["source"],
        )
        for category in content["categories"]
        for pattern in category["patterns"]
        if pattern["code"] not in known and pattern["name"] not in taken
    ]
    ErrorPattern.objects.bulk_create(missing)
    if missing:
        audit("error_pattern.laid", number=len(missing))
    return list(ErrorPattern.objects.all())


@transaction.atomic
def save_error_pattern(*, pattern: ErrorPattern, by: User | None) -> ErrorPattern:
    """Save a new or edited pattern, as the form left it in memory. Cases that name it follow its new words."""
    is_new = pattern.pk is None
    pattern.save()
    audit("error_pattern.added" if is_new else "error_pattern.changed", obj=pattern, by=by)
    return pattern
