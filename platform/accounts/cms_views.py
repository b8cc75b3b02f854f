"""Views of our own in the place of Wagtail's under /cms/."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.views.account import AccountView, NameEmailSettingsPanel
from wagtail.admin.views.chooser import ChosenMultipleView
from wagtail.models import Page

from .choosing import are_keys, pages_to_choose


class BackOfficeAccountView(AccountView):
    """Preferences of the back office. Name and e-mail belong to the person and to sign-in, not here."""

    def get_panels(self) -> list[Any]:
        """Leave out name and e-mail, which Wagtail would demand and save nowhere."""
        return [panel for panel in super().get_panels() if not isinstance(panel, NameEmailSettingsPanel)]


class BackOfficeWordsView(JavaScriptCatalog):
    """The words of Wagtail's scripts, with ours behind them: where both have a word, ours counts."""

    packages = ["wagtail.admin"]

    def get_paths(self, packages: list[str]) -> list[str]:
        """Return the folders of catalogues, ours last."""
        return [*super().get_paths(packages), str(settings.BASE_DIR / "locale" / "back_office")]


class ChosenPagesView(ChosenMultipleView):
    """What the dialogue for pages hands back for several: only pages that it would have shown."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Hand back the pages. Raises Http404 and PermissionDenied."""
        keys = request.GET.getlist("id")
        if not are_keys(Page, keys):
            raise Http404
        asked = Page.objects.filter(pk__in=keys)
        if pages_to_choose(request.user, asked).count() < asked.count():
            raise PermissionDenied
        response: HttpResponse = super().get(request)
        return response


def not_here(request: HttpRequest) -> HttpResponse:
    """Answer that there is no such page. Raises Http404."""
    raise Http404


def refusing_without(view: Callable[..., HttpResponse], *fields: str) -> Callable[..., HttpResponse]:
    """Return `view`, which answers 400 to a form that lacks one of `fields`. Raises BadRequest."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not all(field in request.POST for field in fields):
            raise BadRequest("The form lacks a field.")
        return view(request, *args, **kwargs)

    return guarded
