"""The entries of the main menu that belong to the site itself."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import is_administrator, is_agency_contact, is_instructor, is_report_viewer
from reports.permissions import can_view_reports

from . import people_panels  # noqa: F401  what the apps below show here
from .navigation import add_entry
from .permissions import can_open_back_office, can_open_desk, can_open_today
from .start_pages import add_start_page

add_entry(order=10, label=_("Home"), url_name="website:home", predicate=lambda user: True)
add_entry(order=70, label=_("Today’s classes"), url_name="website:today", predicate=can_open_today)
add_entry(order=80, label=_("Desk"), url_name="website:desk", predicate=can_open_desk)
add_entry(order=90, label=_("Reports"), url_name="reports:index", predicate=can_view_reports)
add_entry(order=95, label=_("Back office"), url_name="wagtailadmin_home", predicate=can_open_back_office)

add_start_page(order=10, url_name="website:desk", predicate=is_administrator)
add_start_page(order=30, url_name="website:today", predicate=is_instructor)
add_start_page(order=40, url_name="accounts:my_agency", predicate=is_agency_contact)
add_start_page(order=50, url_name="reports:index", predicate=is_report_viewer)
