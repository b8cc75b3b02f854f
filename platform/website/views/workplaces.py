"""Each role's one page: where signing in leads, Today, the Desk."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.permissions import is_administrator, is_agency_contact, is_instructor, is_report_viewer
from website.permissions import can_open_desk, can_open_today

# the first that fits wins: who decides things first, who only learns last
_PAGES = (
    (is_administrator, "website:desk"),
    (is_instructor, "website:today"),
    (is_agency_contact, "accounts:my_agency"),
    (is_report_viewer, "reports:index"),
)


def start(request: HttpRequest) -> HttpResponse:
    """Send whoever has signed in to their one page."""
    for has_role, url_name in _PAGES:
        if has_role(request.user):
            return redirect(url_name)
    return redirect("learning:my_learning")


def today(request: HttpRequest) -> HttpResponse:
    """Show an instructor today's sessions and what follows."""
    if not can_open_today(request.user):
        raise PermissionDenied
    return render(request, "website/today.html", {"today": timezone.localdate()})


def desk(request: HttpRequest) -> HttpResponse:
    """Show an administrator what waits for a decision."""
    if not can_open_desk(request.user):
        raise PermissionDenied
    return render(request, "website/desk.html")
