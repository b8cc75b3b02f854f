"""The hotline in Wagtail's admin: one menu, to which each screen adds its entry."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import LogActionRegistry

from .permissions import can_view_statistics, can_view_trends
from .services import history
from .viewsets import log_viewset
from .viewsets.importing import ConsultationImportViewSet
from .viewsets.officers import OfficerViewSet
from .viewsets.patterns import ErrorPatternViewSet
from .viewsets.publishing import PublishingViewSet
from .viewsets.roster import RosterViewSet

hotline_menu = Menu(register_hook_name="register_hotline_menu_item")


@hooks.register("register_admin_menu_item")
def register_hotline_menu() -> MenuItem:
    """Show the menu to whom any of its entries is open."""
    return SubmenuMenuItem(_("Hotline"), hotline_menu, name="hotline", icon_name="comment", order=120)


@hooks.register("register_log_actions")
def register_history_lines(actions: LogActionRegistry) -> None:
    """Name what the history of a case tells beside Wagtail's own creating and editing."""
    actions.register_action(history.REGISTERED, _("Register"), pgettext_lazy("of a case", "Registered with a number"))
    actions.register_action(
        history.ANSWERED, pgettext_lazy("of a case", "Answer"), pgettext_lazy("of a case", "Answered")
    )
    actions.register_action(history.REOPENED, _("Reopen"), pgettext_lazy("of a case", "Reopened"))
    actions.register_action(history.TAKEN_OVER, _("Take over"), pgettext_lazy("of a case", "Taken over"))
    actions.register_action(history.HANDED_OVER, _("Hand over"), pgettext_lazy("of a case", "Handed over"))


@hooks.register("register_admin_viewset")
def register_roster() -> list[ViewSet]:
    """Register the roster and the officers."""
    return [RosterViewSet(), OfficerViewSet()]


@hooks.register("register_admin_viewset")
def register_log() -> ViewSet:
    """Register the log and the cases."""
    return log_viewset.LogViewSet()


@hooks.register("register_hotline_menu_item")
def log_menu_item() -> MenuItem:
    """Lead to a blank entry."""
    return log_viewset.menu_items()[0]


@hooks.register("register_hotline_menu_item")
def cases_menu_item() -> MenuItem:
    """Lead to all cases."""
    return log_viewset.menu_items()[1]


@hooks.register("register_admin_viewset")
def register_import() -> ViewSet:
    """Register the import of old spreadsheets."""
    return ConsultationImportViewSet()


@hooks.register("register_admin_viewset")
def register_publishing() -> ViewSet:
    """Register the screens from a case to a question for everybody."""
    return PublishingViewSet()


@hooks.register("register_admin_viewset")
def register_error_patterns() -> ViewSet:
    """Register the list of error patterns."""
    return ErrorPatternViewSet()


class _StatisticsMenuItem(MenuItem):
    """Leads to the figures, for those who may see them."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the same question as the page."""
        return can_view_statistics(request.user)


class _TrendsMenuItem(MenuItem):
    """Leads to the trends, for those who may see them."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the same question as the page."""
        return can_view_trends(request.user)


@hooks.register("register_hotline_menu_item")
def statistics_menu_item() -> MenuItem:
    """Lead to the statistics."""
    url = reverse_lazy("reports:report", args=["consultations"])
    return _StatisticsMenuItem(_("Statistics"), url, name="hotline-statistics", icon_name="table", order=80)


@hooks.register("register_hotline_menu_item")
def trends_menu_item() -> MenuItem:
    """Lead to what rises."""
    url = reverse_lazy("consultations:trends")
    return _TrendsMenuItem(_("What rises"), url, name="hotline-trends", icon_name="arrow-up", order=81)
