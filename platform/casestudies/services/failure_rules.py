"""Rules for printed reasons: kept by administrators, and applied to what is on record as soon as one changes."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from common.audit import audit

from ..models import FailureRule
from .rules import apply_rules


@transaction.atomic
def save_failure_rule(*, rule: FailureRule, by: User | None) -> int:
    """Save a new or edited rule, as its form left it in memory, and judge the notices on record anew by all rules.

    Returns how many notices are judged otherwise now; what a person decided stays.
    """
    is_new = rule.pk is None
    rule.save()
    audit("failure_rule.added" if is_new else "failure_rule.changed", obj=rule, by=by)
    return apply_rules(by=by)


@transaction.atomic
def delete_failure_rule(*, rule: FailureRule, by: User | None) -> int:
    """Delete a rule and judge the notices on record anew; returns how many are judged otherwise now."""
    audit("failure_rule.deleted", obj=rule, by=by, pattern=rule.pattern)
    rule.delete()
    return apply_rules(by=by)
