"""Roll calls in Wagtail's admin: an administrator finds a session and corrects what was recorded."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from common.errors import DomainError
from courses.catalogue.models import Session

from .forms import RollCallForm, with_others_seen
from .permissions import can_correct_attendance
from .selectors import enrolments_to_call, sessions_without_roll_call, with_roll_call_counts
from .services import RollCallConflictError, record_roll_call

SESSIONS_PER_PAGE = 50


class _CorrectionView(WagtailAdminTemplateMixin, TemplateView):
    """A screen of corrections; administrators only."""

    header_icon = "tasks"
    page_title = gettext_lazy("Roll calls")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_correct_attendance(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("roll_calls:index"), "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]


class SessionListView(_CorrectionView):
    """Sessions that have begun, the latest first; `q` is the code of a run, `gaps` shows only what is missing."""

    template_name = "attendance/backoffice/session_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Find the sessions asked for."""
        query, gaps = self.request.GET.get("q", "").strip(), bool(self.request.GET.get("gaps"))
        sessions = (
            sessions_without_roll_call()
            if gaps
            else with_roll_call_counts(Session.objects.filter(starts_at__lte=timezone.now()))
        )
        if query:
            sessions = sessions.filter(run__code__icontains=query)
        sessions = sessions.select_related("run__course", "subject", "instructor__person")
        page = Paginator(sessions.order_by("-starts_at", "-number"), SESSIONS_PER_PAGE)
        return super().get_context_data(
            page_obj=page.get_page(self.request.GET.get("p")), query=query, gaps=gaps, **kwargs
        )


class CorrectView(_CorrectionView):
    """One roll call as a table; every change is audited with what stood there before."""

    template_name = "attendance/backoffice/correct.html"

    @cached_property
    def session(self) -> Session:
        """The session to correct."""
        return get_object_or_404(Session.objects.select_related("run__course", "subject"), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the session."""
        return f"{self.session.run.code} {timezone.localtime(self.session.starts_at):%Y-%m-%d %H:%M}"

    def _form(self, data: Any = None) -> RollCallForm:
        return RollCallForm(data, session=self.session, enrolments=enrolments_to_call(self.session), as_menus=True)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what is recorded."""
        return self._show(self._form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save the corrections; what was typed stays where something is wrong."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            outcome = record_roll_call(session=self.session, entries=form.entries, seen=form.seen, by=request.user)  # type: ignore[arg-type]  # signed in
        except RollCallConflictError as conflict:
            return self._show(
                self._form(with_others_seen(request.POST, conflict.records)), status=409, conflict=conflict
            )
        except DomainError as error:
            form.add_error(None, str(error.message))
            return self._show(form, status=422)
        written = len(outcome.made) + len(outcome.changed)
        text = ngettext("Saved: %(count)d person.", "Saved: %(count)d people.", written) % {"count": written}
        messages.success(request, text if written else _("Nothing had changed."))
        return redirect("roll_calls:correct", self.session.pk)

    def _show(self, form: RollCallForm, *, status: int = 200, **context: Any) -> HttpResponse:
        data = self.get_context_data(session=self.session, form=form, rows=list(form.rows), **context)
        return self.render_to_response(data, status=status)


class _RollCallMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_correct_attendance(request.user)


class RollCallViewSet(ViewSet):
    """Finding and correcting roll calls."""

    name = "roll_calls"
    url_prefix = "roll-calls"
    icon = "tasks"
    menu_label = gettext_lazy("Roll calls")
    menu_hook = "register_classes_menu_item"
    menu_order = 40
    menu_item_class = _RollCallMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, and one roll call."""
        return [
            path("", SessionListView.as_view(), name="index"),
            path("<int:pk>/", CorrectView.as_view(), name="correct"),
        ]
