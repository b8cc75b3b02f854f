"""What to say when something fails: what happened, what was kept, what to do."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template import loader
from django_ratelimit.exceptions import Ratelimited

# never sent back, not even to the one who typed them
_SECRET_FIELD = re.compile(r"pass(word|wd|code)|secret|otp|^code$|credential", re.IGNORECASE)
_MOST_KEPT = 200_000  # characters of typed text that the page carries


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400: what was sent cannot be understood. A foreign host gets a line: a page would ask for it."""
    if isinstance(exception, DisallowedHost):
        return HttpResponse("400: no such host here. 本站沒有這個主機名稱。", content_type="text/plain", status=400)
    return render(request, "errors/bad_request.html", status=400)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403: signed in, but not entitled; 429 where the limit of attempts was the reason."""
    if isinstance(exception, Ratelimited):
        return too_many_requests(request, exception)
    return render(request, "errors/forbidden.html", status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: there is nothing at this address."""
    return render(request, "errors/not_found.html", status=404)


@login_not_required
def too_large(request: HttpRequest) -> HttpResponse:
    """Answer 413: more was sent than this reader may send, and nothing of it was read."""
    response = render(request, "errors/too_large.html", status=413)
    response["Connection"] = "close"
    return response


@login_not_required
def too_many_requests(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 429: too many attempts in a short time."""
    response = render(request, "errors/too_many_requests.html", status=429)
    response["Retry-After"] = "60"
    return response


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a page that needs neither the database nor the reader's account."""
    return HttpResponse(loader.get_template("errors/server_error.html").render({}), status=500)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form that has expired, and offer it again with what was typed and a fresh token."""
    return expired_form(request)


def expired_form(request: HttpRequest, *, sign_in_url: str = "") -> HttpResponse:
    """Return the page that says a form has expired and carries what was typed, ready to be sent again.

    `sign_in_url` is given where the sign-in has expired too: it opens in another tab. Passwords, one-time
    codes and files are not sent back; `has_secrets` and `has_files` say that they must be given again.
    A form that did not come from our own pages is not offered again: it may be a trap.
    """
    typed = typed_values(request)
    context = {
        "fields": [(name, value) for name, value in typed if not _SECRET_FIELD.search(name)],
        "action": request.get_full_path(),
        "may_send_again": _comes_from_us(request) and sum(len(value) for _, value in typed) <= _MOST_KEPT,
        "has_files": bool(request.FILES),
        "has_secrets": any(_SECRET_FIELD.search(name) for name, _ in typed),
        "sign_in_url": sign_in_url,
    }
    return render(request, "errors/expired.html", context, status=403)


def typed_values(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the names and values of the form that was sent, but for the token and files."""
    try:
        lists = request.POST.lists()
    except (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent):
        return []
    return [(name, value) for name, values in lists for value in values if name != "csrfmiddlewaretoken"]


def _comes_from_us(request: HttpRequest) -> bool:
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.get_host()
