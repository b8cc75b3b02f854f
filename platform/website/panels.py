"""The entries of the main menu that belong to the site itself."""

from django.utils.translation import gettext_lazy as _

from reports.permissions import can_view_reports

from . import people_panels  # noqa: F401  what the apps below show here
from .navigation import add_entry
from .permissions import can_open_back_office, can_open_desk, can_open_today

add_entry(order=10, label=_("Home"), url_name="website:home", predicate=lambda user: True)
add_entry(order=70, label=_("Today’s classes"), url_name="website:today", predicate=can_open_today)
add_entry(order=80, label=_("Desk"), url_name="website:desk", predicate=can_open_desk)
add_entry(order=90, label=_("Reports"), url_name="reports:index", predicate=can_view_reports)
add_entry(order=95, label=_("Back office"), url_name="wagtailadmin_home", predicate=can_open_back_office)
