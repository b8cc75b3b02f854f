"""Where the log and the cases stand in Wagtail's admin: /cms/hotline/log/ and /cms/hotline/cases/."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from ..permissions import can_log_consultations
from .cases import CaseCompareView, CaseDetailView, CaseHistoryView, CaseListView, HandOverView, ReopenView
from .log import EntryView
from .log_asides import BesideView, CallersView, HoldView, ReleaseView, TakeOverView


class _OfficersMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_log_consultations(request.user)


class LogViewSet(ViewSet):
    """The officer's screen, what it asks while it is open, and the cases."""

    name = "consultations_log"
    url_prefix = "hotline"
    icon = "comment"

    def get_urlpatterns(self) -> list[URLPattern]:
        """Every address of the log."""
        return [
            path("log/", EntryView.as_view(), name="new"),
            path("log/beside/", BesideView.as_view(), name="beside"),
            path("log/callers/", CallersView.as_view(), name="callers"),
            path("cases/", CaseListView.as_view(), name="index"),
            path("cases/hand-over/", HandOverView.as_view(), name="hand_over"),
            path("cases/<int:pk>/", EntryView.as_view(), name="edit"),
            path("cases/<int:pk>/answered/", CaseDetailView.as_view(), name="view"),
            path("cases/<int:pk>/hold/", HoldView.as_view(), name="hold"),
            path("cases/<int:pk>/release/", ReleaseView.as_view(), name="release"),
            path("cases/<int:pk>/take-over/", TakeOverView.as_view(), name="take_over"),
            path("cases/<int:pk>/reopen/", ReopenView.as_view(), name="reopen"),
            path("cases/<int:pk>/history/", CaseHistoryView.as_view(), name="history"),
            path("cases/<int:pk>/history/results/", CaseHistoryView.as_view(results_only=True), name="history_results"),
            path("cases/<int:pk>/compare/<str:revision_id_a>/<str:revision_id_b>/", CaseCompareView.as_view(),
                 name="compare"),
        ]  # fmt: skip


def menu_items() -> list[MenuItem]:
    """Return the entries of the hotline's menu that lead to the log."""
    return [
        _OfficersMenuItem(
            _("Log a case"), reverse_lazy("consultations_log:new"), name="log-a-case", icon_name="edit", order=10
        ),
        _OfficersMenuItem(
            _("Cases"), reverse_lazy("consultations_log:index"), name="cases", icon_name="list-ul", order=20
        ),
    ]
