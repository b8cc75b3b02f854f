"""Each role's one page: where signing in leads, Today, the Desk."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from website.permissions import can_open_desk, can_open_today
from website.start_pages import start_page_of


def start(request: HttpRequest) -> HttpResponse:
    """Send whoever has signed in to their one page."""
    return redirect(start_page_of(request.user) or "learning:my_learning")


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
