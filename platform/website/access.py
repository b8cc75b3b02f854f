"""The one gate in front of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

if TYPE_CHECKING:
    from .models import BasePage


def refuse_or_ask_to_sign_in(page: BasePage, request: HttpRequest) -> HttpResponse | None:
    """Return None when the reader may see `page`, or the way to the sign-in page of an anonymous reader.

    Raises PermissionDenied (403) for somebody who is signed in but not entitled. An editor's preview
    passes: Wagtail has checked by then that they may edit the page.
    """
    if getattr(request, "is_preview", False) or page.may_be_viewed_by(request.user):  # type: ignore[arg-type]  # anonymous too
        return None
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.get_full_path(), login_url=reverse("account_login"))
