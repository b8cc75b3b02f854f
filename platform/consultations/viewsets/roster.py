"""The roster in the back office, and its entry of the menu."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from ..permissions import can_log_consultations
from .my_shifts import CalendarFileView, DecideView, HandOverView, MineView
from .roster_screens import MonthView, PlanView, ShiftView


class _RosterMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_log_consultations(request.user)


class RosterViewSet(ViewSet):
    """The month, planning, one shift; my shifts, swaps, hand-over."""

    name = "hotline_roster"
    url_prefix = "hotline/roster"
    icon = "calendar-alt"
    menu_label = _("Duty roster")
    menu_hook = "register_hotline_menu_item"
    menu_order = 60
    menu_item_class = _RosterMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The screens, and the calendar file."""
        return [
            path("", MonthView.as_view(), name="index"),
            path("plan/", PlanView.as_view(), name="plan"),
            path("shifts/<int:pk>/", ShiftView.as_view(), name="shift"),
            path("mine/", MineView.as_view(), name="mine"),
            path("mine/hotline.ics", CalendarFileView.as_view(), name="calendar"),
            path("swaps/<int:pk>/", DecideView.as_view(), name="decide"),
            path("hand-over/", HandOverView.as_view(), name="hand_over"),
            path("hand-over/<int:pk>/", HandOverView.as_view(), name="hand_over_of"),
        ]
