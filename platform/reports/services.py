"""Writes of reports: the yearly targets."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from accounts.models import User
from common.audit import audit

from .models import Target


@transaction.atomic
def set_target(
    *, report: str, measure: str, scope: str, roc_year: int, value: Decimal, source: str, by: User | None
) -> Target:
    """Set the target of one figure for one year, in percent, with the document it comes from. Idempotent."""
    known = Target.objects.filter(report=report, measure=measure, scope=scope, roc_year=roc_year).first()
    if known is not None and (known.value, known.source) == (value, source):
        return known
    before = None if known is None else str(known.value)
    target = known or Target(report=report, measure=measure, scope=scope, roc_year=roc_year)
    target.value, target.source = value, source
    target.full_clean()
    target.save()
    audit("reports.target_set", obj=target, by=by, before=before, after=str(value), source=source)
    return target
