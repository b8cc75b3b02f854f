"""Who may do what with people and agencies. Small predicates, used by views, templates and the back office."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from .enums import Role
from .models import Agency, Person, User

AnyUser = Any
"""A `User` or Django's `AnonymousUser`."""


def signed_in(request: HttpRequest) -> User:
    """Return the account behind a request that only signed-in people may make. Raises PermissionDenied otherwise."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def roles_of(user: AnyUser) -> frozenset[str]:
    """Return the roles that `user` was given."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    return user.role_names & frozenset(Role.values)


def has_role(user: AnyUser, role: Role) -> bool:
    """Whether `user` holds `role`; a superuser holds them all."""
    if isinstance(user, User) and user.is_active and user.is_superuser:
        return True
    return role.value in roles_of(user)


def is_administrator(user: AnyUser) -> bool:
    """Whether `user` runs the platform (the Secretariat)."""
    return has_role(user, Role.ADMINISTRATOR)


def is_instructor(user: AnyUser) -> bool:
    """Whether `user` teaches."""
    return has_role(user, Role.INSTRUCTOR)


def is_hotline_officer(user: AnyUser) -> bool:
    """Whether `user` answers the hotline."""
    return has_role(user, Role.HOTLINE_OFFICER)


def is_committee_member(user: AnyUser) -> bool:
    """Whether `user` sits in the review group on failed tenders."""
    return has_role(user, Role.COMMITTEE_MEMBER)


def is_report_viewer(user: AnyUser) -> bool:
    """Whether `user` reads the reports."""
    return has_role(user, Role.REPORT_VIEWER)


def is_agency_contact(user: AnyUser) -> bool:
    """Whether `user` speaks for an agency: has the role and a confirmed agency of their own."""
    return has_role(user, Role.AGENCY_CONTACT) and agency_of_contact(user) is not None


def agency_of_contact(user: AnyUser) -> Agency | None:
    """Return the agency that `user` may look after as its contact.

    It is the agency of their own person, and only once it is confirmed: otherwise whoever has the role
    could declare a foreign agency and read its people.
    """
    if not has_role(user, Role.AGENCY_CONTACT) or user.person is None or not user.person.has_confirmed_agency:
        return None
    agency: Agency | None = user.person.agency
    return agency


def can_view_agency(user: AnyUser, agency: Agency) -> bool:
    """Whether `user` may see the people of `agency`: its own contact, or an administrator."""
    if is_administrator(user):
        return True
    own = agency_of_contact(user)
    return own is not None and own.pk == agency.pk


def can_view_person(user: AnyUser, person: Person) -> bool:
    """Whether `user` may see the data of `person`.

    One's own; those of the confirmed people of one's agency for its contact; everybody's for an
    administrator. A trainee never sees another trainee's.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    if is_administrator(user) or (user.person_id is not None and user.person_id == person.pk):
        return True
    own = agency_of_contact(user)
    return own is not None and person.has_confirmed_agency and person.agency_id == own.pk


def can_confirm_membership(user: AnyUser, person: Person) -> bool:
    """Whether `user` may say if `person` works where they declared: that agency's contact or an administrator.

    Nobody confirms themselves, but an administrator's word stands for everybody.
    """
    if person.agency_id is None:
        return False
    if is_administrator(user):
        return True
    own = agency_of_contact(user)
    return own is not None and own.pk == person.agency_id and user.person_id != person.pk


def can_decide_name(user: AnyUser, person: Person) -> bool:
    """Whether `user` may say that `person` bears the name they gave themselves: who may see them, but not themselves.

    An administrator's word stands for everybody.
    """
    return is_administrator(user) or (can_view_person(user, person) and user.person_id != person.pk)


def can_manage_accounts(user: AnyUser) -> bool:
    """Whether `user` may give and take roles, and read the audit trail and the outbox."""
    return is_administrator(user)


def can_merge_people(user: AnyUser) -> bool:
    """Whether `user` may make one record of two of the same person."""
    return is_administrator(user)


def can_import_agencies(user: AnyUser) -> bool:
    """Whether `user` may import agencies."""
    return is_administrator(user)


def can_keep_office_calendar(user: AnyUser) -> bool:
    """Whether `user` may import the office calendar and set single days."""
    return is_administrator(user)


def needs_second_factor(user: AnyUser) -> bool:
    """Whether `user` has a role that sees other people's data and so must sign in with two factors."""
    if not isinstance(user, User):
        return False
    return user.is_superuser or bool(roles_of(user) - {Role.TRAINEE.value})


def can_open_my_agency(user: AnyUser) -> bool:
    """Whether `user` has a page My agency; it may still say that their own agency waits to be confirmed."""
    return Role.AGENCY_CONTACT.value in roles_of(user)
