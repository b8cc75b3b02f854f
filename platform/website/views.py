"""Views of the site itself."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return HttpResponse("expired", status=403)


@login_not_required
def too_many_requests(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse("too many", status=429)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse("bad_request")


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse("forbidden")


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse("not_found")


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse("error", status=500)
