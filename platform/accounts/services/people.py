"""Writes to the records of people."""

from __future__ import annotations

import unicodedata

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.audit import audit
from common.errors import DomainError
from common.names import Likeness, compare_names

from ..models import Agency, NameChange, Person, User
from ..selectors import address_of_account
from ..signals import agency_declared, membership_confirmed, membership_refused


@transaction.atomic
def register_person(
    *,
    name: str,
    email: str = "",
    job_title: str = "",
    agency: Agency | None = None,
    is_confirmed: bool = False,
    by: User | None = None,
) -> Person:
    """Create the record of somebody who is taught, listed or quoted; no account comes with it.

    `is_confirmed`: the agency is known from the agency itself or the administrator, not from the person.
    """
    person = Person.objects.create(
        name=_tidy(name),
        email=email.strip().lower(),
        job_title=_tidy(job_title),
        agency=agency,
        agency_confirmed_at=timezone.now() if agency is not None and is_confirmed else None,
    )
    audit("person.registered", obj=person, by=by, agency=agency.name if agency else None)
    if agency is not None and not is_confirmed:
        _announce_declaration(person)
    return person


@transaction.atomic
def declare_agency(*, person: Person, agency: Agency, by: User | None) -> Person:
    """Note that `person` says they work at `agency`; it stays unconfirmed until its contact confirms it.

    Declaring the agency that one already has changes nothing and keeps its confirmation. Raises DomainError
    for an agency that has ceased.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.agency_id == agency.pk:
        return person
    if agency.ceased_on is not None and agency.ceased_on <= timezone.localdate():
        raise DomainError(_("%(agency)s exists no more. Choose another agency.") % {"agency": agency}, code="ceased")
    former = person.agency.name if person.agency else None
    person.agency = agency
    person.agency_confirmed_at = None
    person.save(update_fields=["agency", "agency_confirmed_at"])
    audit("person.agency_declared", obj=person, by=by, agency=agency.name, former_agency=former)
    _announce_declaration(person)
    return person


@transaction.atomic
def confirm_membership(*, person: Person, by: User) -> Person:
    """Confirm that `person` works at the agency they declared. Confirming twice changes nothing.

    Raises DomainError when they have declared none.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.agency_id is None:
        raise DomainError(_("%(name)s has not named an agency.") % {"name": person.name}, code="no-agency")
    if person.agency_confirmed_at is None:
        person.agency_confirmed_at = timezone.now()
        person.save(update_fields=["agency_confirmed_at"])
        audit("person.agency_confirmed", obj=person, by=by, agency=str(person.agency))
        transaction.on_commit(lambda: membership_confirmed.send(sender=Person, person=person), robust=True)
    return person


@transaction.atomic
def refuse_membership(*, person: Person, by: User) -> Person:
    """Note that `person` does not work at the agency they declared; they have none then.

    Refusing twice changes nothing. Raises DomainError for a confirmed membership: that is ended by an
    administrator or by the person, who declares another agency.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.agency_id is None:
        return person
    if person.agency_confirmed_at is not None:
        raise DomainError(
            _("%(name)s has already been confirmed. Ask the administrator to change it.") % {"name": person.name},
            code="already-confirmed",
        )
    refused = str(person.agency)
    person.agency = None
    person.save(update_fields=["agency"])
    audit("person.agency_refused", obj=person, by=by, agency=refused)
    transaction.on_commit(lambda: membership_refused.send(sender=Person, person=person), robust=True)
    return person


@transaction.atomic
def change_details(*, person: Person, name: str, job_title: str, by: User) -> Person:
    """Change the name and job title of a person. What was issued before keeps what it says.

    Another name than before waits for a word (`NameChange`) when the person themselves changed it.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    former_name = person.name
    changes = _changes(person, name=_tidy(name), job_title=_tidy(job_title))
    if changes:
        person.save(update_fields=list(changes))
        audit("person.changed", obj=person, by=by, changes=changes)
        _note_name_change(person, former_name, by)
    return person


@transaction.atomic
def accept_name_change(*, change: NameChange, by: User) -> NameChange:
    """Give the word that the person bears the new name. Doing it twice changes nothing."""
    change = _waiting_change(change)
    if change.decided_at is None:
        _decide(change, by)
        audit("person.name_accepted", obj=change.person, by=by, name=change.new_name, former_name=change.former_name)
    return change


@transaction.atomic
def refuse_name_change(*, change: NameChange, by: User) -> NameChange:
    """Give the person the former name back. Refusing what is decided already changes nothing."""
    change = _waiting_change(change)
    if change.decided_at is None:
        _decide(change, by)
        person = change.person
        person.name = change.former_name
        person.save(update_fields=["name"])
        audit("person.name_refused", obj=person, by=by, name=change.new_name, former_name=change.former_name)
    return change


@transaction.atomic
def record_person_edit(*, person: Person, is_confirmed: bool, by: User) -> Person:
    """Save what an administrator entered about a person, new or old, with its audit entry.

    A new name needs no other word, and decides over one that waited. Raises DomainError `follows_account` for another
    e-mail than the verified one of the person's account.
    """
    is_new = person.pk is None
    former = Person() if is_new else Person.objects.select_for_update().get(pk=person.pk)
    entered = {
        "name": _tidy(person.name), "email": person.email.strip().lower(), "job_title": _tidy(person.job_title),
    }  # fmt: skip
    changes = _changes(former, **entered)
    if not is_new and "email" in changes and (address := address_of_account(former)) not in {"", entered["email"]}:
        raise DomainError(
            _("Messages follow the verified address of the account, %(email)s. Change it there.") % {"email": address},
            code="follows_account",
        )
    for field, value in entered.items():
        setattr(person, field, value)
    if person.agency_id is None or not is_confirmed:
        person.agency_confirmed_at = None
    elif person.agency_confirmed_at is None:
        person.agency_confirmed_at = timezone.now()
    person.save()
    if is_new:
        audit("person.registered", obj=person, by=by)
    else:
        audit("person.changed", obj=person, by=by, changes=changes)
        if "name" in changes:
            _note_name_change(person, changes["name"][0], by)
    return person


def _changes(person: Person, **values: str) -> dict[str, list[str]]:
    """Set the values that differ; return, by field, what stood there before and what stands there now."""
    changes = {field: [getattr(person, field), new] for field, new in values.items() if getattr(person, field) != new}
    for field, (_former, new) in changes.items():
        setattr(person, field, new)
    return changes


def _note_name_change(person: Person, former_name: str, by: User | None) -> None:
    """Keep the former name; the person's own change waits, anybody else's is decided and decides what waited."""
    waiting = NameChange.objects.select_for_update().filter(person=person, decided_at=None).first()
    is_own = by is not None and by.person_id == person.pk
    first_name = waiting.former_name if waiting is not None else former_name
    if compare_names(first_name, person.name) is Likeness.SAME:
        if waiting is not None:
            waiting.delete()
        return
    change = waiting or NameChange(person=person, former_name=former_name)
    change.new_name, change.changed_by, change.changed_at = person.name, by, timezone.now()
    if not is_own:
        change.decided_by, change.decided_at = by, change.changed_at
    change.save()


def _waiting_change(change: NameChange) -> NameChange:
    return NameChange.objects.select_for_update(of=("self",)).select_related("person").get(pk=change.pk)


def _decide(change: NameChange, by: User) -> None:
    change.decided_by, change.decided_at = by, timezone.now()
    change.save(update_fields=["decided_by", "decided_at"])


def _announce_declaration(person: Person) -> None:
    transaction.on_commit(lambda: agency_declared.send(sender=Person, person=person), robust=True)


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
