"""What this app does when something happens: after a migrate, and when an e-mail has been verified."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed, email_confirmed, user_logged_in
from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from .models import AgencyNameRule, SignUp, User
from .roles import sync_roles
from .services import complete_sign_up, ensure_name_rules, follow_address


@receiver(post_migrate)
def lay_roles_and_rules(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Sync roles and lay the default name rules when the last app is migrated: only then all permissions exist."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if sender.label != last.label or using != DEFAULT_DB_ALIAS:
        return
    tables = set(connections[using].introspection.table_names())
    if {AgencyNameRule._meta.db_table, "wagtailcore_workflowpage"} <= tables:  # not while migrating backwards
        sync_roles()
        ensure_name_rules()


@receiver(user_logged_in)
def on_first_sign_in(sender: type, user: User, **kwargs: Any) -> None:
    """Give a person to whoever signed up by single sign-on: the provider had verified the e-mail already."""
    if user.person_id is None and SignUp.objects.filter(user=user).exists():
        verified = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary").first()
        if verified is not None:
            complete_sign_up(user=user, verified_email=verified.email)
    follow_address(user=user)  # what a lost signal would have done


@receiver(email_confirmed)
def on_email_confirmed(sender: type, email_address: EmailAddress, **kwargs: Any) -> None:
    """Give the account its person: from here on it is known whose mailbox it is."""
    user = email_address.user
    if not isinstance(user, User):
        return
    if user.person_id is None:
        complete_sign_up(user=user, verified_email=email_address.email)
    follow_address(user=user)


@receiver(email_changed)
def on_email_changed(sender: type, user: User, **kwargs: Any) -> None:
    """Write to people where they now read."""
    follow_address(user=user)
