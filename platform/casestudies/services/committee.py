"""Writes of the review group's members: who sits in it, and whether they can sign in as such."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Person, User
from accounts.services import create_account, give_role, take_role
from common.audit import audit
from common.errors import DomainError

from ..models import CommitteeMember


@transaction.atomic
def add_member(
    *,
    person: Person,
    is_external: bool = False,
    is_chair: bool = False,
    organisation: str = "",
    expertise: str = "",
    by: User | None,
) -> CommitteeMember:
    """Make `person` a member who is invited to new meetings; who is one already is returned as they are, active again.

    People from outside need no agency: `organisation` says where they come from. Raises DomainError `chair` when
    there is another chair already.
    """
    members = _locked()
    known = next((member for member in members if member.person_id == person.pk), None)
    if known is not None:
        if not known.is_active:
            _refuse_second_chair(members, known, is_chair=known.is_chair)
            known.is_active = True
            known.save(update_fields=["is_active"])
            audit("committee_member.changed", obj=known, by=by)
        return known
    member = CommitteeMember(
        person=person, is_external=is_external, is_chair=is_chair,
        organisation=organisation.strip(), expertise=expertise.strip(),
    )  # fmt: skip
    _refuse_second_chair(members, member, is_chair=is_chair)
    member.save()
    audit("committee_member.added", obj=member, by=by)
    return member


@transaction.atomic
def change_member(
    *,
    member: CommitteeMember,
    is_external: bool,
    is_chair: bool,
    organisation: str,
    expertise: str,
    is_active: bool,
    by: User | None,
) -> CommitteeMember:
    """Write what the records say of a member. Meetings that they were invited to keep what they were that day.

    Who is not active is not invited to new meetings; taking the role is `take_access`. Raises DomainError `chair`
    when there is another chair already.
    """
    members = _locked()
    member = next(row for row in members if row.pk == member.pk)
    _refuse_second_chair(members, member, is_chair=is_chair and is_active)
    member.is_external = is_external
    member.is_chair = is_chair
    member.organisation = organisation.strip()
    member.expertise = expertise.strip()
    member.is_active = is_active
    member.save()
    audit("committee_member.changed", obj=member, by=by)
    return member


@transaction.atomic
def give_access(*, member: CommitteeMember, by: User) -> User:
    """Let `member` sign in as a committee member: the role for their account, and an account where there is none.

    A new account is invited by mail to choose a password. Giving it twice changes nothing. Raises DomainError
    `no_email` for who has neither, `inactive` for an account that is switched off, and what `create_account` raises.
    """
    user = User.objects.filter(person=member.person_id).first()
    if user is None:
        if not member.person.email:
            message = _("%(name)s has no e-mail address. Enter it with the person first.")
            raise DomainError(message % {"name": member.person.name}, code="no_email")
        return create_account(
            email=member.person.email, person=member.person, roles=[Role.COMMITTEE_MEMBER], by=by
        )  # fmt: skip
    if not user.is_active:
        message = _("The account of %(name)s is switched off. Switch it on among the accounts first.")
        raise DomainError(message % {"name": member.person.name}, code="inactive")
    give_role(user=user, role=Role.COMMITTEE_MEMBER, by=by)
    return user


@transaction.atomic
def take_access(*, member: CommitteeMember, by: User) -> None:
    """Take the role of a committee member from `member`: no meeting and no case is open to them any more."""
    user = User.objects.filter(person=member.person_id).first()
    if user is not None:
        take_role(user=user, role=Role.COMMITTEE_MEMBER, by=by)


def _refuse_second_chair(members: Iterable[CommitteeMember], member: CommitteeMember, *, is_chair: bool) -> None:
    other = next((row for row in members if row.is_chair and row.is_active and row.pk != member.pk), None)
    if is_chair and other is not None:
        message = _("%(name)s is the chair. Take the chair from them first.")
        raise DomainError(message % {"name": other.person.name}, code="chair")


def _locked() -> list[CommitteeMember]:
    """Return all members, locked in the order of their keys: the one lock of the group."""
    return list(CommitteeMember.objects.select_for_update(of=("self",)).select_related("person").order_by("pk"))
