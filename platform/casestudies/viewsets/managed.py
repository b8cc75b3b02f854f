"""What the screens of listing, taxonomy and diagnosing share: they are for those who manage cases."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from ..permissions import can_manage_cases


class ManagedScreen(WagtailAdminTemplateMixin):
    """A screen for those who manage cases. `parents` are (url name, label) of what stands above it."""

    parents: tuple[tuple[str, Any], ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_manage_cases(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to what stands above, and name the screen."""
        above = [{"url": reverse(name), "label": label} for name, label in self.parents]
        return [*self.breadcrumbs_items, *above, {"url": "", "label": self.breadcrumb_label}]

    @property
    def breadcrumb_label(self) -> Any:
        """What the screen is called at the end of the path to it."""
        return self.get_page_subtitle() or self.page_title


class ManagersOnlyMenuItem(MenuItem):
    """An entry for those who manage cases."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the same question as the pages behind it."""
        return can_manage_cases(request.user)


LISTING = ("casestudies_listing:index", gettext_lazy("Listed cases"))
TAXONOMY = ("casestudies_taxonomy:index", gettext_lazy("Causes and measures"))
