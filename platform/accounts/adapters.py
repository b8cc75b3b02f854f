"""Where allauth asks what this platform wants of sign-in."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail. `notifications.adapters` adds the way its mails take."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again only when the sign-in itself is not recent.

        allauth would ask seconds after a sign-in, since it counts only repeated ones; whoever has just typed
        a password and wants to add a second factor has shown who they are.
        """
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        records = get_authentication_records(context.request, context.request.user)
        latest = max((record.get("at", 0) for record in records), default=0)
        return time.time() - latest >= account_settings.REAUTHENTICATION_TIMEOUT


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """The city's single sign-on: it signs in known people, found by an e-mail that both sides have verified."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie a first sign-in to the account with the same verified e-mail, or turn the stranger away."""
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        user = _account_for(sociallogin)
        if user is not None:
            sociallogin.connect(request, user)
        elif settings.SOCIALACCOUNT_ONLY_KNOWN_EMAILS:
            messages.error(
                request,
                _("No account here has this e-mail verified. Sign up with it once; afterwards this way is open."),
            )
            raise ImmediateHttpResponse(redirect("account_signup"))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whether strangers may make an account by single sign-on."""
        return not settings.SOCIALACCOUNT_ONLY_KNOWN_EMAILS

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """No account comes about without the privacy notice."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Take the e-mail; names belong to the person, not to the account."""
        user = sociallogin.user
        user.email = (data.get("email") or "").lower()
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        """Fill in what the provider told of the newcomer."""
        told = sociallogin.account.get_provider_account().get_user_data() or {}
        return {"email": sociallogin.user.email, "name": told.get("name", "")}


def _account_for(sociallogin: SocialLogin) -> User | None:
    for address in sociallogin.email_addresses:
        if address.verified:
            user = User.objects.filter(
                is_active=True, emailaddress__email__iexact=address.email, emailaddress__verified=True
            ).first()
            if user is not None:
                return user
    return None
