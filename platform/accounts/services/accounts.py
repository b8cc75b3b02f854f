"""Writes to accounts and their roles."""

from __future__ import annotations

from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.audit import audit
from common.errors import DomainError

from ..enums import Role
from ..models import Agency, Person, SignUp, User
from ..selectors import person_for_verified_email
from ..signals import account_created
from .people import change_details, declare_agency, register_person


@transaction.atomic
def record_sign_up(*, user: User, name: str, job_title: str, agency: Agency | None, privacy_version: str) -> SignUp:
    """Keep what somebody said of themselves until their e-mail is verified, and their consent at once."""
    accept_privacy_notice(user=user, version=privacy_version)
    sign_up, _created = SignUp.objects.update_or_create(
        user=user, defaults={"name": name.strip(), "job_title": job_title.strip(), "agency": agency}
    )
    return sign_up


@transaction.atomic
def accept_privacy_notice(*, user: User, version: str) -> None:
    """Note that `user` has accepted this version of the privacy notice, now."""
    user.privacy_accepted_at = timezone.now()
    user.privacy_version = version
    user.save(update_fields=["privacy_accepted_at", "privacy_version"])
    audit("account.privacy_accepted", obj=user, by=user, version=version)


@transaction.atomic
def complete_sign_up(*, user: User, verified_email: str) -> Person:
    """Give a newly verified account its person and the role of a trainee. Safe to call twice.

    The person is the one of the records with the same name and this e-mail who has no account; otherwise
    a new one. The agency named at sign-up counts as declared, not as confirmed.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.person is not None:
        return user.person
    sign_up = SignUp.objects.filter(user=user).select_related("agency").first()
    name = sign_up.name if sign_up else verified_email.partition("@")[0]
    person = person_for_verified_email(email=verified_email, name=name)
    if person is None:
        person = register_person(
            name=name,
            email=verified_email,
            job_title=sign_up.job_title if sign_up else "",
            agency=sign_up.agency if sign_up else None,
            by=user,
        )
    elif sign_up is not None:
        person = change_details(
            person=person, name=person.name, job_title=sign_up.job_title or person.job_title, by=user
        )
        if sign_up.agency is not None:
            person = declare_agency(person=person, agency=sign_up.agency, by=user)
    user.person = person
    user.save(update_fields=["person"])
    user.groups.add(Group.objects.get(name=Role.TRAINEE.value))
    SignUp.objects.filter(user=user).delete()
    audit("account.verified", obj=user, by=user, person=person.pk)
    return person


@transaction.atomic
def follow_address(*, user: User) -> None:
    """Let the person's e-mail be the verified primary address of their account: that is where they read.

    Every message about classes, certificates, duties goes to the person's e-mail. An address that nobody has
    verified changes nothing, and neither does one that is the person's already. That others of the records have the
    same address is no hindrance: offices share mailboxes.
    """
    address = EmailAddress.objects.filter(user=user, primary=True, verified=True).first()
    person = Person.objects.select_for_update(of=("self",)).filter(user=user).first()
    if address is None or person is None or person.email == address.email.lower():
        return
    former, person.email = person.email, address.email.lower()
    person.save(update_fields=["email"])
    audit("person.email_followed", obj=person, by=user, email=person.email, former_email=former)


@transaction.atomic
def create_account(
    *, email: str, person: Person | None, roles: Collection[Role], by: User | None, is_active: bool = True
) -> User:
    """Create an account for somebody who then chooses a password by a link to their mailbox.

    Raises DomainError when the e-mail or the person has an account already.
    """
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise DomainError(_("There is already an account with this e-mail."), code="email-taken")
    _refuse_second_account(person, None)
    user = User.objects.create_user(email, person=person, is_active=is_active)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
    audit("account.created", obj=user, by=by)
    set_roles(user=user, roles=roles, by=by)
    transaction.on_commit(lambda: account_created.send(sender=User, user=user), robust=True)
    return user


@transaction.atomic
def change_account(
    *, user: User, email: str, person: Person | None, roles: Collection[Role], is_active: bool, by: User
) -> User:
    """Change what an administrator may change of an account, with one audit entry per change.

    A new e-mail counts as unverified until its owner has followed the link. Raises DomainError when the
    e-mail or the person has another account, or when nobody would be left as administrator.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    email = email.strip().lower()
    if email != user.email:
        if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
            raise DomainError(_("There is already an account with this e-mail."), code="email-taken")
        former, user.email = user.email, email
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
        audit("account.email_changed", obj=user, by=by, former_email=former)
    if person != user.person:
        _refuse_second_account(person, user)
        user.person = person
        audit("account.person_changed", obj=user, by=by, person=person.pk if person else None)
    if is_active != user.is_active:
        if not is_active:
            _refuse_last_administrator(user)
        user.is_active = is_active
        audit("account.activated" if is_active else "account.deactivated", obj=user, by=by)
    user.save(update_fields=["email", "person", "is_active"])
    follow_address(user=user)
    set_roles(user=user, roles=roles, by=by)
    return user


@transaction.atomic
def set_roles(*, user: User, roles: Collection[Role], by: User | None) -> None:
    """Give and take until `user` holds exactly `roles`."""
    held = set(user.groups.filter(name__in=Role.values).values_list("name", flat=True))
    for role in Role:
        if role in roles and role.value not in held:
            give_role(user=user, role=role, by=by)
        elif role not in roles and role.value in held:
            take_role(user=user, role=role, by=by)


@transaction.atomic
def give_role(*, user: User, role: Role, by: User | None) -> None:
    """Give `user` a role. Giving it twice changes nothing."""
    if user.groups.filter(name=role.value).exists():
        return
    user.groups.add(Group.objects.get(name=role.value))
    _forget_roles(user)
    audit("account.role_given", obj=user, by=by, role=role.value)


@transaction.atomic
def take_role(*, user: User, role: Role, by: User | None) -> None:
    """Take a role from `user`. Taking what is not there changes nothing.

    Raises DomainError when this would leave the platform without an administrator.
    """
    if not user.groups.filter(name=role.value).exists():
        return
    if role == Role.ADMINISTRATOR:
        _refuse_last_administrator(user)
    user.groups.remove(Group.objects.get(name=role.value))
    _forget_roles(user)
    audit("account.role_taken", obj=user, by=by, role=role.value)


def _refuse_last_administrator(user: User) -> None:
    # the group's row is the lock: two administrators cannot take the role from each other at once
    group = Group.objects.select_for_update().get(name=Role.ADMINISTRATOR.value)
    others = User.objects.filter(groups=group, is_active=True).exclude(pk=user.pk)
    if user.groups.filter(pk=group.pk).exists() and not others.exists():
        raise DomainError(
            _("This is the last administrator. Make somebody else an administrator first."), code="last-administrator"
        )


def _refuse_second_account(person: Person | None, user: User | None) -> None:
    if person is None:
        return
    other = User.objects.filter(person=person)
    if user is not None:
        other = other.exclude(pk=user.pk)
    if other.exists():
        raise DomainError(_("%(name)s already has an account.") % {"name": person.name}, code="person-has-account")


def _forget_roles(user: User) -> None:
    user.__dict__.pop("role_names", None)
    for cache in ("_perm_cache", "_group_perm_cache", "_user_perm_cache"):
        user.__dict__.pop(cache, None)
