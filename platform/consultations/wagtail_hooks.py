"""The hotline in Wagtail's admin: one menu, to which each screen adds its entry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

hotline_menu = Menu(register_hook_name="register_hotline_menu_item")


@hooks.register("register_admin_menu_item")
def register_hotline_menu() -> MenuItem:
    """Show the menu to whom any of its entries is open."""
    return SubmenuMenuItem(_("Hotline"), hotline_menu, name="hotline", icon_name="comment", order=120)
