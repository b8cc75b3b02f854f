"""The kinds of messages in words: those about accounts, which this app sends, and where the other apps' stand."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AccountMessage(models.TextChoices):
    """Kinds of messages about accounts: allauth's, by the names of its templates, and ours."""

    CONFIRM_AT_SIGN_UP = "account.email_confirmation_signup", _("address to be confirmed, at sign-up")
    CONFIRM = "account.email_confirmation", _("address to be confirmed")
    EXISTS = "account.account_already_exists", _("sign-up with a known address")
    UNKNOWN = "account.unknown_account", _("new password asked for at an unknown address")
    NEW_PASSWORD = "account.password_reset_key", _("new password asked for")
    PASSWORD_RESET = "account.password_reset", _("password set anew")
    PASSWORD_CHANGED = "account.password_changed", _("password changed")
    PASSWORD_SET = "account.password_set", _("password set")
    ADDRESS_CHANGED = "account.email_changed", _("address changed")
    ADDRESS_CONFIRMED = "account.email_confirm", _("address confirmed")
    ADDRESS_DELETED = "account.email_deleted", _("address removed")
    TOTP_ON = "mfa.totp_activated", _("authenticator app added")
    TOTP_OFF = "mfa.totp_deactivated", _("authenticator app removed")
    PASSKEY_ON = "mfa.webauthn_added", _("passkey added")
    PASSKEY_OFF = "mfa.webauthn_removed", _("passkey removed")
    RECOVERY_CODES = "mfa.recovery_codes_generated", _("new recovery codes")
    CONNECTED = "socialaccount.account_connected", _("single sign-on connected")
    DISCONNECTED = "socialaccount.account_disconnected", _("single sign-on disconnected")
    AGENCY_DECLARED = "accounts.agency_declared", _("membership to be confirmed")
    MEMBERSHIP_CONFIRMED = "accounts.membership_confirmed", _("membership confirmed")
    INVITED = "accounts.invited", _("invitation")
    OTHER = "website.mail", _("mail of the back office")


def kind_in_words(kind: str) -> str | Promise:
    """Return the words of a kind; a kind that no app declares (of a version before) stays as it is."""
    return _kinds().get(kind, kind)


@cache
def _kinds() -> dict[str, str | Promise]:
    """Return all kinds: each app declares its own in `<app>/messages.py`."""
    found: dict[str, str | Promise] = {}
    for app in apps.get_app_configs():
        if app.name.startswith(("django.", "wagtail.", "allauth.")) or find_spec(f"{app.name}.messages") is None:
            continue
        for declared in vars(import_module(f"{app.name}.messages")).values():
            if isinstance(declared, type) and issubclass(declared, models.TextChoices):
                found |= {member.value: member.label for member in declared}
    return found
