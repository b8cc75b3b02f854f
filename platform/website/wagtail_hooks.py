"""The back office as this site uses it: our colours, and nothing in the menus that nobody needs."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.home import UpgradeNotificationPanel, WhatsNewInWagtailVersionPanel

from .privacy import hooks as privacy_hooks  # noqa: F401  registering its hooks is all it is imported for

# Snippets have menus of their own; Wagtail's help leads to other sites, and the platform works on an intranet.
_UNUSED = {
    "reports": {"aging-pages", "page-types-usage", "redirects"},
    "settings": {"redirects"},
    "main": {"forms", "snippets", "redirects", "help"},
}


@hooks.register("insert_global_admin_css")
def colours() -> SafeString:
    """Add the style sheet with the site's colours."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/apps/back_office.css"))


def _without(menu: str, items: list[MenuItem]) -> None:
    items[:] = [item for item in items if item.name not in _UNUSED[menu]]


@hooks.register("construct_main_menu")
def tidy_main_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Hide what this site does not use, and tell Wagtail's reports from the statistics."""
    _without("main", items)
    for item in items:
        if item.name == "reports":
            item.label = _("Editing records")


@hooks.register("construct_settings_menu")
def tidy_settings_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Hide redirects, which this site does not serve."""
    _without("settings", items)


@hooks.register("construct_reports_menu")
def tidy_reports_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Keep what reviewing needs: locked pages, workflows, the history of the site."""
    _without("reports", items)


@hooks.register("construct_homepage_panels")
def tidy_homepage(request: HttpRequest, panels: list[Any]) -> None:
    """Hide Wagtail's news about itself."""
    panels[:] = [
        panel for panel in panels if not isinstance(panel, (UpgradeNotificationPanel, WhatsNewInWagtailVersionPanel))
    ]
