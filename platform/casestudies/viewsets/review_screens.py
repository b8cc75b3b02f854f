"""What the back office's screens of the review group share."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from ..permissions import can_manage_cases


class ReviewView(WagtailAdminTemplateMixin):
    """A screen of the review group; for those who manage cases. Raises PermissionDenied for everybody else."""

    header_icon = "group"
    page_title = _("Meetings of the review group")
    index_name = "casestudies_meetings:index"
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse everybody else."""
        if not can_manage_cases(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # the view stands beside this mixin
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        items = [*self.breadcrumbs_items, {"url": reverse(self.index_name), "label": type(self).page_title}]
        items += self.steps()
        subtitle = self.get_page_subtitle()
        return [*items, {"url": "", "label": subtitle}] if subtitle else items

    def steps(self) -> list[dict[str, Any]]:
        """Return what stands between the list and this screen."""
        return []


class ReviewMenuItem(MenuItem):
    """Leads to a screen of the review group, for those who manage cases."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the same question as the screens."""
        return can_manage_cases(request.user)
