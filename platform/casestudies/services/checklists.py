"""Checklists before publishing: begun, filled, copied for the next tender, deleted.

Filling is not audited: the list is its owner's working paper, saved every few seconds, and tells of a tender that is
confidential until it is published (採購法第 34 條). What is audited names the list by its number alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import AgencyKind
from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from library.enums import ProcurementKind

from ..checklists import codes_asked
from ..enums import ChecklistAnswer
from ..models import Checklist
from ..taxonomies import current_edition

LONGEST_NOTE = 500
"""Characters of the note to one point."""

LONGEST = {"title": 200, "agency_name": 120}
"""Characters of what a list is for."""

MOST = 200
"""Checklists that one account keeps: more are a mistake or a machine."""

Answers = Mapping[str, Mapping[str, str]]
"""By the code of a point: "answer" (`ChecklistAnswer`, empty for none), "note", or only one of them."""


class Words(TypedDict, total=False):
    """What a list is for. `amount` is whole NT$ with options, None where it is not known."""

    title: str
    amount: int | None
    agency_name: str
    agency_kind: str


@transaction.atomic
def begin_checklist(*, owner: User, kind: str, answers: Answers | None = None, **words: Unpack[Words]) -> Checklist:
    """Begin a checklist of the edition in force for a purchase of `kind`, with what was answered so far.

    Raises DomainError: `no_edition`, `too_many`, and as `describe_checklist` and
    `save_answers`.
    """
    edition = current_edition()
    if edition is None:
        raise DomainError(
            _("No edition of the causes is published yet, so there is nothing to check."), code="no_edition"
        )
    if Checklist.objects.filter(owner=owner).count() >= MOST:
        raise DomainError(
            _("You have %(number)s checklists. Delete those that you no longer need.") % {"number": MOST},
            code="too_many",
        )
    if kind not in ProcurementKind.values:
        raise DomainError(_("Choose what is bought: works, goods or services."), code="kind")
    checklist = Checklist(owner=owner, kind=kind, edition=edition)
    _describe(checklist, words)
    checklist.answers = _merged(checklist, answers or {})
    checklist.save()
    audit("checklist.begun", obj=checklist, by=owner)
    return checklist


@transaction.atomic
def describe_checklist(*, checklist: Checklist, **words: Unpack[Words]) -> Checklist:
    """Keep what the list is for; what is not given stays as it is.

    Raises DomainError: `title` (too long), `amount` (not more than 0), `agency_name`, `agency_kind`.
    """
    checklist = _locked(checklist)
    _describe(checklist, words)
    checklist.save()
    return checklist


@transaction.atomic
def save_answers(*, checklist: Checklist, answers: Answers) -> Checklist:
    """Keep `answers` beside those that are there, and return the list; points not named stay as they are.

    All or nothing. Raises DomainError: `point` (not asked by this list), `answer` (none of those offered), `note`
    (longer than `LONGEST_NOTE`).
    """
    checklist = _locked(checklist)
    checklist.answers = _merged(checklist, answers)
    checklist.save(update_fields=["answers", "changed_at"])
    return checklist


@transaction.atomic
def copy_checklist(*, checklist: Checklist, by: User) -> Checklist:
    """Begin a list for the next tender of this kind with the edition in force; return it.

    Agency, notes and what does not apply are taken over. What was done, or not yet, was so for the other tender and
    is asked anew, as are title and amount. Raises DomainError as `begin_checklist`.
    """
    copy = begin_checklist(
        owner=by, kind=checklist.kind, agency_name=checklist.agency_name, agency_kind=checklist.agency_kind
    )
    asked = set(codes_asked(copy.edition, copy.kind))
    copy.answers = {
        code: kept for code, given in checklist.answers.items() if code in asked and (kept := _for_the_next(given))
    }
    copy.save(update_fields=["answers", "changed_at"])
    return copy


@transaction.atomic
def delete_checklist(*, checklist: Checklist, by: User) -> None:
    """Delete the list for good."""
    audit("checklist.deleted", obj=checklist, by=by)
    checklist.delete()


def _locked(checklist: Checklist) -> Checklist:
    """The list as it is now: two windows may fill it, and neither takes away the other's answers."""
    return Checklist.objects.select_for_update(of=("self",)).select_related("edition").get(pk=checklist.pk)


def _describe(checklist: Checklist, words: Words) -> None:
    for name, value in words.items():
        cleaned = value.strip() if isinstance(value, str) else value
        _check(name, cleaned)
        setattr(checklist, name, cleaned)


def _check(name: str, value: Any) -> None:
    if name == "amount":
        if value is not None and value <= 0:
            raise DomainError(_("The amount must be more than 0."), code=name)
    elif name == "agency_kind":
        if value and value not in AgencyKind.values:
            raise DomainError(_("Choose one of the kinds of agencies."), code=name)
    elif len(value) > LONGEST[name]:
        message = _("Please keep to %(limit_value)d characters; there are %(show_value)d now.")
        raise DomainError(message % {"limit_value": LONGEST[name], "show_value": len(value)}, code=name)


def _merged(checklist: Checklist, answers: Answers) -> dict[str, dict[str, str]]:
    asked = set(codes_asked(checklist.edition, checklist.kind))
    merged: dict[str, dict[str, str]] = {code: dict(given) for code, given in checklist.answers.items()}
    for code, given in answers.items():
        if code not in asked:
            raise DomainError(_("This checklist does not ask “%(code)s”.") % {"code": code}, code="point")
        _check_answer(given)
        point = {**merged.get(code, {}), **{name: str(given[name]).strip() for name in given}}
        merged[code] = {name: value for name, value in point.items() if value}
        if not merged[code]:
            del merged[code]
    return merged


def _check_answer(given: Mapping[str, str]) -> None:
    if set(given) - {"answer", "note"} or given.get("answer", "") not in ("", *ChecklistAnswer.values):
        raise DomainError(_("Answer with yes, not yet, or does not apply."), code="answer")
    if len(note := given.get("note", "").strip()) > LONGEST_NOTE:
        message = _("Please keep to %(limit_value)d characters; there are %(show_value)d now.")
        raise DomainError(message % {"limit_value": LONGEST_NOTE, "show_value": len(note)}, code="note")


def _for_the_next(given: Mapping[str, str]) -> dict[str, str]:
    kept = {"note": given["note"]} if given.get("note") else {}
    if given.get("answer") == ChecklistAnswer.NOT_APPLICABLE:
        kept["answer"] = ChecklistAnswer.NOT_APPLICABLE.value
    return kept
