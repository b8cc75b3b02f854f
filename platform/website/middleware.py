"""Every view demands sign-in; a form whose sign-in has expired keeps what was typed; the back office says refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.permissions import needs_second_factor
from common.errors import DomainError

from .views.errors import expired_form, too_large, typed_values


class SignInMiddleware(LoginRequiredMiddleware):
    """Ask to sign in; somebody who was sending a form gets it back instead of losing it."""

    def handle_no_permission(  # type: ignore[override]  # Django's stubs know only its own redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Answer an anonymous request to a view that demands sign-in."""
        if not request.path_info.startswith("/cms/") and typed_values(request):
            return expired_form(request, sign_in_url=reverse("account_login"))
        return super().handle_no_permission(request, view_func)


class BodySizeMiddleware:
    """Refuse a body that is larger than this reader may send, before anything reads it (`settings.BODY_LIMITS`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Compare what the request announces; Django reads no more than that."""
        try:
            size = int(request.headers.get("Content-Length") or 0)
        except ValueError:
            size = 0
        if size > settings.BODY_LIMITS["anonymous"] and size > settings.BODY_LIMITS[_sender(request)]:
            return too_large(request)
        return self.get_response(request)


def _sender(request: HttpRequest) -> str:
    user = request.user
    if not user.is_authenticated:
        return "anonymous"
    return "uploading" if needs_second_factor(user) else "signed_in"


class PrivatePagesMiddleware:
    """Let no browser or proxy keep a page made for somebody who is signed in, unless its view says how long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and mark the answer."""
        response = self.get_response(request)
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response


class RefusalMiddleware:
    """In the back office, say in words what a rule of the domain forbids.

    Wagtail's own views publish, copy and move without knowing our services: what these refuse arrives here, leads
    back to where the editor came from, and is said there. What asked for JSON gets it as Wagtail's editor reads it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass every request on; refusals come to `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal in the back office; everything else goes its way."""
        if not isinstance(exception, DomainError) or not request.path_info.startswith("/cms/"):
            return None
        if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
            refusal = {"success": False, "error_code": exception.code, "error_message": str(exception)}
            return JsonResponse(refusal, status=400)
        messages.error(request, str(exception))
        came_from = request.headers.get("referer", "")
        is_ours = url_has_allowed_host_and_scheme(
            came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return redirect(came_from if is_ours else reverse("wagtailadmin_home"))
