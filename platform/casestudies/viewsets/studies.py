"""From a diagnosed case to a case study, in the back office: a draft in one click, then Wagtail's own editor."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from accounts.permissions import signed_in
from common.errors import DomainError

from ..models import TenderCase
from ..permissions import can_write_studies
from ..services.studies import draft_study
from ..studies import cases_to_write_about, studies_written

ROWS_PER_PAGE = 25


class _StudyView:
    """A step on the way to a case study; for those who make them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_write_studies(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of the view beside it
        return response


class ListView(_StudyView, WagtailAdminTemplateMixin, TemplateView):
    """The case studies, drafts as well; or (`list=cases`) the diagnosed cases that have none yet."""

    template_name = "casestudies/backoffice/study_list.html"
    header_icon = "doc-full"
    page_title = gettext_lazy("Case studies")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Stand at the top."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add one page of the list asked for."""
        wanted = "cases" if self.request.GET.get("list") == "cases" else "studies"
        rows = cases_to_write_about() if wanted == "cases" else studies_written()
        page_obj = Paginator(rows, ROWS_PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(wanted=wanted, page_obj=page_obj, rows=list(page_obj), **kwargs)


class DraftView(_StudyView, View):
    """Make the draft, and go on in the editor; a case that has a page leads there."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make it, or say what is missing."""
        case = get_object_or_404(TenderCase, pk=pk)
        try:
            page = draft_study(case=case, by=signed_in(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("casestudies_cases:case", case.pk)
        if not page.live:
            messages.success(
                request,
                _("Drafted from the diagnosis. Make the words your own; nothing is published before you do."),
                buttons=[messages.button(reverse("casestudies_cases:case", args=[case.pk]), _("Back to the case"))],
            )
        return redirect("wagtailadmin_pages:edit", page.pk)


class _StudyMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_write_studies(request.user)


class StudyViewSet(ViewSet):
    """The screens of case studies."""

    name = "casestudies_studies"
    url_prefix = "tenders/studies"
    icon = "doc-full"
    menu_label = gettext_lazy("Case studies")
    menu_hook = "register_tenders_menu_item"
    menu_order = 80
    menu_item_class = _StudyMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, and the deed."""
        return [
            path("", ListView.as_view(), name="index"),
            path("draft/<int:pk>/", DraftView.as_view(), name="draft"),
        ]
