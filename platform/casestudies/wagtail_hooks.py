"""Failed tenders in Wagtail's admin: one menu, to which `hooks` add their entries (`register_tenders_menu_item`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from .hooks import cases, meetings, review, studies  # noqa: F401  registering is all they are imported for

tenders_menu = Menu(register_hook_name="register_tenders_menu_item")


@hooks.register("register_admin_menu_item")
def register_tenders_menu() -> MenuItem:
    """Show the menu to whom any of its entries is open."""
    return SubmenuMenuItem(_("Failed tenders"), tenders_menu, name="tenders", icon_name="warning", order=125)
