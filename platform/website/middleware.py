"""What stands before every view.

What no database can hold is refused; every view demands sign-in; a form whose sign-in has expired keeps what was
typed; the back office says refusals in words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.db.models import ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.permissions import needs_second_factor
from common.errors import DomainError

from .views.errors import bad_request, expired_form, too_large, typed_values

# NUL itself; in JSON also its escape, and half of a character beyond the first plane
_NUL = "\0"
_UNSTORABLE_ESCAPE = re.compile(
    r"(?<!\\)(?:\\\\)*\\u(?:0000|d[89ab]..(?!\\ud[c-f])|(?<!\\ud[89ab]..\\u)d[c-f])", re.IGNORECASE
)


class StorableValuesMiddleware:
    """Answer 400 to values that PostgreSQL cannot hold, in the address, its parameters or a form, before any view.

    Forms refuse NUL at their fields, but parameters, choices and addresses reach the database as they come. Nobody
    types such a value. (SQLite takes it, which is why only PostgreSQL shows the fault.)
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass every request on; a session that cannot be one of ours is none."""
        if _NUL in (request.session.session_key or ""):
            request.session = type(request.session)()
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        """Look at what came. Raises BadRequest. Stands behind the check of the token, which reads the form anyway."""
        sent = [request.path_info]
        for values in (request.GET, request.POST):
            for name, texts in values.lists():
                sent += [name, *texts]
        if any(_NUL in text or (text[:1] in "[{" and _UNSTORABLE_ESCAPE.search(text)) for text in sent):
            raise BadRequest("A value holds a character that cannot be stored.")


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
    """In the back office, say in words what a rule of the domain forbids, and that what is in use stays.

    Wagtail's own views publish, copy, move and delete without knowing our services and foreign keys: what these
    refuse arrives here, leads back to where the editor came from, and is said there. What asked for JSON gets it as
    Wagtail's editor reads it. Everywhere a form that lacks a field is a bad request and no fault of ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass every request on; refusals come to `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal in the back office and an incomplete form anywhere; everything else goes its way."""
        if isinstance(exception, MultiValueDictKeyError):
            return bad_request(request, exception)
        if not request.path_info.startswith("/cms/"):
            return None
        if isinstance(exception, DomainError):
            return self._refuse(request, code=exception.code, words=str(exception))
        if isinstance(exception, ProtectedError | RestrictedError):
            return self._refuse(request, code="in_use", words=_said_of(exception))
        return None

    def _refuse(self, request: HttpRequest, *, code: str, words: str) -> HttpResponse:
        if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
            return JsonResponse({"success": False, "error_code": code, "error_message": words}, status=400)
        messages.error(request, words)
        came_from = request.headers.get("referer", "")
        is_ours = url_has_allowed_host_and_scheme(
            came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return redirect(came_from if is_ours else reverse("wagtailadmin_home"))


def _said_of(exception: ProtectedError | RestrictedError) -> str:
    """Say what still needs a row that was to be deleted, by kind and number."""
    rows = exception.protected_objects if isinstance(exception, ProtectedError) else exception.restricted_objects
    kinds = Counter(str(row._meta.verbose_name_plural) for row in rows)
    users = _(", ").join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
    return _("It is in use and stays: %(users)s.") % {"users": users}
