"""How two records of one person become one: each app says in its `merging` module what becomes of its rows.

    people = MergeRules("accounts.Person")          # here; `courses.enrolment.merging` has one of enrolments
    people.register("qualifications.QualificationRecord.person")            # the rows move, nothing else
    people.register("enrolment.Enrolment.person", merge_enrolments)         # a rule of its own

A rule gets the record that stays, the one that goes, and who does it; it lets nothing hang on the one that goes. It
returns sentences worth knowing, and raises DomainError for what only a person can decide. Every foreign key to the
model needs a rule: a test fails for a new one without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError

from .models import NameChange, User

Rule = Callable[[Any, Any, User], Iterable[str]]


@dataclass
class MergeReport:
    """What moved, by the label of its field; sentences for the reader; what only a person can decide."""

    counts: dict[str, int] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


class MergeRules:
    """The rules for all foreign keys to one model, in the order in which they were registered."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._rules: dict[str, Rule | None] = {}

    def register(self, key: str, rule: Rule | None = None) -> None:
        """Register the rule for the foreign key `app.Model.field`. Without one, the rows simply move."""
        self._rules[key] = rule

    def missing(self) -> set[str]:
        """Return the foreign keys to the model that have no rule."""
        return {_label(relation.field) for relation in _relations(apps.get_model(self.label))} - self._rules.keys()

    def apply(self, kept: models.Model, gone: models.Model, by: User) -> MergeReport:
        """Let all rows hang on `kept`, and report. What conflicts is left as it is and named."""
        report = MergeReport()
        for label, rule in self._rules.items():
            app, model_name, name = label.split(".")
            model = apps.get_model(app, model_name)
            rows = model._default_manager.filter(**{name: gone})
            count = rows.count()
            if not count:
                continue
            report.counts[label] = count
            report.moved.append(f"{model._meta.verbose_name} × {count}")
            try:
                with transaction.atomic():
                    if rule is None:
                        rows.update(**{name: kept})
                    else:
                        report.notes += rule(kept, gone, by)
            except DomainError as conflict:
                report.conflicts.append(str(conflict))
            except IntegrityError:
                report.conflicts.append(_both_have(model))
        return report


def join_rows(kept: models.Model, gone: models.Model) -> None:
    """Let everything that hangs on the row `gone` hang on `kept`, and delete `gone`.

    For rows that a person has once. Raises DomainError where both rows have what only one can have.
    """
    for relation in _relations(type(gone)):
        model, name = relation.related_model, relation.field.name
        for row in model._base_manager.filter(**{name: gone}):
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=row.pk).update(**{name: kept})
            except IntegrityError:
                if not model._meta.auto_created:
                    raise DomainError(_both_have(model), code="both") from None
                row.delete()  # a mere tie that `kept` has as well
    gone.delete()


def join_profiles(model: type[models.Model]) -> Rule:
    """Return the rule for rows that each person has at most once: the only one moves, two are joined."""

    def join(kept: Any, gone: Any, by: User) -> list[str]:
        own, other = (model._default_manager.filter(person=person).first() for person in (kept, gone))
        if own is None:
            model._default_manager.filter(person=gone).update(person=kept)
        elif other is not None:
            join_rows(own, other)
        return []

    return join


def _relations(model: type[models.Model]) -> list[Any]:
    found = model._meta.get_fields(include_hidden=True)
    return [each for each in found if each.auto_created and not each.concrete and (each.one_to_many or each.one_to_one)]


def _label(key: models.Field[Any, Any]) -> str:
    return f"{key.model._meta.label}.{key.name}"


def _both_have(model: type[models.Model]) -> str:
    return _("Both have what one person can have only once: %(what)s. Decide which one is right first.") % {
        "what": model._meta.verbose_name
    }


def merge_accounts(kept: Any, gone: Any, by: User) -> list[str]:
    """Let the only account go on with the person that stays. Raises DomainError where both have one."""
    both = User.objects.filter(person__in=[kept, gone])
    if len(emails := list(both.order_by("pk").values_list("email", flat=True))) > 1:
        raise DomainError(
            _(
                "Both have an account (%(emails)s). Ask which one is used, and take the person out of the other one"
                " under “Accounts and roles”."
            )
            % {"emails": "、".join(emails)},
            code="two-accounts",
        )
    both.update(person=kept)
    return []


def merge_name_changes(kept: Any, gone: Any, by: User) -> list[str]:
    """Keep the former names; a change of `gone` that waits is decided by whoever says which record stays."""
    waiting = NameChange.objects.filter(person=gone, decided_at=None)
    waiting.update(decided_at=timezone.now(), decided_by=by)
    NameChange.objects.filter(person=gone).update(person=kept)
    return []


people = MergeRules("accounts.Person")
people.register("accounts.User.person", merge_accounts)
people.register("accounts.NameChange.person", merge_name_changes)
