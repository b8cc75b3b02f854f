"""Writes of hotline officers: who takes turns, and in which order."""

from __future__ import annotations

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from common.audit import audit
from common.errors import DomainError
from qualifications.enums import Level
from qualifications.models import QualificationRecord
from qualifications.selectors import holds_level

from ..models import HotlineOfficer


@transaction.atomic
def add_officer(*, person: Person, by: User | None) -> HotlineOfficer:
    """Let `person` take turns at the hotline, last in the rotation; who does so already is returned as they are.

    Raises DomainError `no_qualification` when the person holds no valid certificate, basic or advanced, saying what
    is missing.
    """
    officers = _locked()
    known = next((officer for officer in officers if officer.person_id == person.pk), None)
    if known is not None and known.is_active:
        return known
    refuse_unqualified(person)
    if known is not None:
        return _switch(known, is_active=True, by=by)
    last = max((officer.order for officer in officers), default=0)
    officer = HotlineOfficer.objects.create(person=person, order=last + 1)
    audit("officer.added", obj=officer, by=by)
    return officer


@transaction.atomic
def set_active(*, officer: HotlineOfficer, is_active: bool, by: User | None) -> HotlineOfficer:
    """Take `officer` out of the rotation or back into it; shifts that are planned stay until they are reassigned.

    Raises DomainError `no_qualification` when somebody without a valid certificate is to come back.
    """
    officer = HotlineOfficer.objects.select_for_update(of=("self",)).select_related("person").get(pk=officer.pk)
    if officer.is_active == is_active:
        return officer
    if is_active:
        refuse_unqualified(officer.person)
    return _switch(officer, is_active=is_active, by=by)


@transaction.atomic
def move_officer(*, officer: HotlineOfficer, up: bool, by: User | None) -> None:
    """Move `officer` one place up or down in the rotation; at the end of the list nothing happens."""
    officers = _locked()
    place = [row.pk for row in officers].index(officer.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(officers):
        return
    officers[place], officers[other] = officers[other], officers[place]
    for number, row in enumerate(officers, start=1):
        row.order = number
    HotlineOfficer.objects.bulk_update(officers, ["order"])
    audit("officer.moved", obj=officers[other], by=by, place=other + 1)


def refuse_unqualified(person: Person) -> None:
    """Raise DomainError `no_qualification` when `person` may not answer the hotline, saying what is missing."""
    if holds_level(person, Level.BASIC):
        return
    last = QualificationRecord.objects.filter(person=person).order_by("-issued_on", "-pk").first()
    if last is None:
        message = format_lazy(
            _("{name} has no certificate of the basic or advanced qualification on record."), name=person.name
        )
    else:
        message = format_lazy(
            _("The certificate {number} of {name} is {state}; a valid one, basic or advanced, is needed."),
            number=last.number,
            name=person.name,
            state=last.get_state_display(),
        )
    raise DomainError(message, code="no_qualification")


def _switch(officer: HotlineOfficer, *, is_active: bool, by: User | None) -> HotlineOfficer:
    officer.is_active = is_active
    officer.save(update_fields=["is_active"])
    audit("officer.activated" if is_active else "officer.deactivated", obj=officer, by=by)
    return officer


def _locked() -> list[HotlineOfficer]:
    """Return all officers in their order, locked: the one lock of the rotation."""
    officers = HotlineOfficer.objects.select_for_update(of=("self",)).select_related("person")
    return sorted(officers.order_by("pk"), key=lambda officer: (officer.order, officer.pk))
