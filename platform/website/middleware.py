"""Every view demands sign-in; a form whose sign-in has expired keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from .views.errors import expired_form, typed_values


class SignInMiddleware(LoginRequiredMiddleware):
    """Ask to sign in; somebody who was sending a form gets it back instead of losing it."""

    def handle_no_permission(  # type: ignore[override]  # Django's stubs know only its own redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Answer an anonymous request to a view that demands sign-in."""
        if not request.path_info.startswith("/cms/") and typed_values(request):
            return expired_form(request, sign_in_url=reverse("account_login"))
        return super().handle_no_permission(request, view_func)
