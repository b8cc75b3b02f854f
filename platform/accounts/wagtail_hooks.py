"""This app in the back office: the menus People and System, and what of Wagtail's own gives way to ours."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.models import Page

from .choosing import pages_to_choose
from .viewsets import (
    AgencyImportViewSet,
    AgencyNameRuleViewSet,
    AgencyViewSet,
    AuditViewSet,
    MergePeopleViewSet,
    OfficeCalendarViewSet,
    PersonViewSet,
    agency_chooser,
    person_chooser,
)

people_menu = Menu(register_hook_name="register_people_menu_item")
system_menu = Menu(register_hook_name="register_system_menu_item")


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    """Register everything but the accounts, which stand in the place of Wagtail's users."""
    return [
        PersonViewSet(),
        MergePeopleViewSet(),
        AgencyViewSet(),
        AgencyImportViewSet(),
        AgencyNameRuleViewSet(),
        AuditViewSet(),
        OfficeCalendarViewSet(),
        agency_chooser,
        person_chooser,
    ]


@hooks.register("register_admin_menu_item")
def register_people_menu() -> MenuItem:
    """Show the menu People to whom any of its entries is open."""
    return SubmenuMenuItem(_("People"), people_menu, name="people", icon_name="group", order=300)


@hooks.register("register_admin_menu_item")
def register_system_menu() -> MenuItem:
    """Show the menu System to whom any of its entries is open."""
    return SubmenuMenuItem(_("System"), system_menu, name="system", icon_name="cogs", order=900)


@hooks.register("construct_settings_menu")
def hide_groups(request: HttpRequest, items: list[MenuItem]) -> None:
    """Roles are code: nobody edits groups by hand."""
    items[:] = [item for item in items if item.name != "groups"]


@hooks.register("construct_page_chooser_queryset")
def offer_pages_that_one_may_see(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Name no draft of somebody else's in the dialogue for pages."""
    return pages_to_choose(request.user, pages)


@hooks.register("before_move_page")
def refuse_to_show_a_move(request: HttpRequest, page: Page, destination: Page) -> None:
    """Ask before Wagtail shows what would be moved: it asks only when it moves. Raises PermissionDenied."""
    if not page.permissions_for_user(request.user).can_move_to(destination):
        raise PermissionDenied
