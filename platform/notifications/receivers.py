"""Messages about what happens to people; the apps above queue their own."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Person, User
from accounts.selectors import contacts_of
from accounts.signals import account_created, agency_declared, membership_confirmed

from .services import queue_message


@receiver(agency_declared)
def on_agency_declared(sender: type, person: Person, **kwargs: Any) -> None:
    """Ask the contacts of the agency whether it is so."""
    if person.agency is None:
        return
    for contact in contacts_of(person.agency):
        queue_message(
            kind="accounts.agency_declared",
            to=contact.email,
            template="accounts/agency_declared",
            context={"name": person.name, "agency": person.agency.name},
            person=contact.person,
        )


@receiver(membership_confirmed)
def on_membership_confirmed(sender: type, person: Person, **kwargs: Any) -> None:
    """Tell the person, where they have an e-mail."""
    if person.email and person.agency is not None:
        queue_message(
            kind="accounts.membership_confirmed",
            to=person.email,
            template="accounts/membership_confirmed",
            context={"name": person.name, "agency": person.agency.name},
            person=person,
        )


@receiver(account_created)
def on_account_created(sender: type, user: User, **kwargs: Any) -> None:
    """Tell the owner how to choose a password."""
    queue_message(
        kind="accounts.invited",
        to=user.email,
        template="accounts/invited",
        context={"email": user.email},
        person=user.person,
    )
