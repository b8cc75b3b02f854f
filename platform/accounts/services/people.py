"""Writes to the records of people."""

from __future__ import annotations

import unicodedata

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.audit import audit
from common.errors import DomainError

from ..models import Agency, Person, User
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
    """Change the name and job title of a person. What was issued before keeps what it says."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    name, job_title = _tidy(name), _tidy(job_title)
    changed = [field for field, new in (("name", name), ("job_title", job_title)) if getattr(person, field) != new]
    if changed:
        person.name, person.job_title = name, job_title
        person.save(update_fields=changed)
        audit("person.changed", obj=person, by=by, fields=changed)
    return person


@transaction.atomic
def record_person_edit(*, person: Person, is_confirmed: bool, by: User) -> Person:
    """Save what an administrator entered about a person, new or old, with its audit entry."""
    is_new = person.pk is None
    person.name, person.job_title = _tidy(person.name), _tidy(person.job_title)
    person.email = person.email.strip().lower()
    if person.agency_id is None or not is_confirmed:
        person.agency_confirmed_at = None
    elif person.agency_confirmed_at is None:
        person.agency_confirmed_at = timezone.now()
    person.save()
    audit("person.registered" if is_new else "person.changed", obj=person, by=by)
    return person


def _announce_declaration(person: Person) -> None:
    transaction.on_commit(lambda: agency_declared.send(sender=Person, person=person), robust=True)


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
