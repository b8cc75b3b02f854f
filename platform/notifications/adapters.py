"""The way the mails of sign-in take: through the outbox, like every other."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.adapters import AccountAdapter
from accounts.models import User

from .services import queue_message

_OWN_MAILS: dict[str, tuple[str, bool]] = {
    # allauth's prefix: our template, and whether it carries a link that signs somebody in
    "account/email/email_confirmation": ("account/confirm_email", True),
    "account/email/email_confirmation_signup": ("account/confirm_sign_up", True),
    "account/email/password_reset_key": ("account/reset_password", True),
    "account/email/account_already_exists": ("account/already_exists", False),
    "account/email/unknown_account": ("account/unknown_account", False),
}

_NOTICES = {
    "account/email/email_changed": _("The e-mail address of your account was changed."),
    "account/email/email_confirm": _("An e-mail address of your account was verified."),
    "account/email/email_deleted": _("An e-mail address was removed from your account."),
    "account/email/password_changed": _("The password of your account was changed."),
    "account/email/password_reset": _("The password of your account was set anew by a link sent to your mailbox."),
    "account/email/password_set": _("A password was set for your account."),
    "mfa/email/totp_activated": _("An authenticator app was added to your account."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed from your account."),
    "mfa/email/webauthn_added": _("A passkey or security key was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey or security key was removed from your account."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account; the old ones are void."),
    "socialaccount/email/account_connected": _("Single sign-on was tied to your account."),
    "socialaccount/email/account_disconnected": _("Single sign-on was taken off your account."),
}


class OutboxAccountAdapter(AccountAdapter):
    """Sign-in whose mails are rows before they are sent."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail in the language of the page. Raises KeyError for a kind that nobody has written."""
        notice = _NOTICES.get(template_prefix)
        template, is_secret = ("account/security_notice", False) if notice else _OWN_MAILS[template_prefix]
        user = context.get("user") or User.objects.filter(email__iexact=email).select_related("person").first()
        queue_message(
            kind=template_prefix.replace("/email/", "."),
            to=email,
            template=template,
            context={**context, "email": email, "user": user, "what": notice},
            person=user.person if isinstance(user, User) else None,
            language=translation.get_language() or "zh-hant",
            is_secret=is_secret,
        )
